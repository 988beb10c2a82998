// SPDX-License-Identifier: MIT
// What holds for every rule of the list, and the words of dialects.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "calando/error.h"
#include "calando/optimizer.h"
#include "src/optimizer/catalogue.h"
#include "src/optimizer/dialect.h"
#include "src/optimizer/rule_text.h"

namespace calando {
namespace {

using testing::HasSubstr;

std::string message_of(std::string_view text, const RunLength& run = {}) {
  try {
    parse_rule(text, run);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "nothing was refused";
}

/// Numbers just outside of a range, and those that lie in none.
std::vector<double> outside(const Interval& range) {
  std::vector<double> values = {NAN, INFINITY, -INFINITY};
  if (std::isfinite(range.low)) {
    values.push_back(range.low_end == Interval::End::closed ? std::nextafter(range.low, -INFINITY)
                                                            : range.low);
    values.push_back(range.low - 1);
  }
  if (std::isfinite(range.high)) {
    values.push_back(range.high_end == Interval::End::closed ? std::nextafter(range.high, INFINITY)
                                                             : range.high);
    values.push_back(range.high + 1);
  }
  return values;
}

struct EachNumber {
  std::string_view rule;
  int& seen;

  template <class T>
  void operator()(std::string_view name, const T&, const Interval& range, std::string_view) const {
    for (const double value : outside(range)) {
      const std::string text = fmt::format("{}({}={})", rule, name, value);
      EXPECT_THAT(message_of(text),
                  testing::AllOf(HasSubstr("column"), HasSubstr(fmt::format("{}: {} = ", rule, name))))
          << text;
      ++seen;
    }
  }
  template <class T>
  void operator()(std::string_view, const T&, std::string_view) const {}
};

TEST(EveryRule, RefusesEachNumberOutsideOfItsRangeByName) {
  int seen = 0;
  optimizer::for_each_rule([&](const auto& rule) {
    using Rule = std::remove_cvref_t<decltype(rule)>;
    Rule::fields(rule, EachNumber{Rule::kName, seen});
  });
  EXPECT_GT(seen, 400);
}

TEST(EveryRule, SaysWhatItIs) {
  for (const optimizer::RuleDescription& rule : optimizer::describe_rules()) {
    EXPECT_FALSE(rule.formula.empty()) << rule.name;
    EXPECT_FALSE(rule.source.empty()) << rule.name;
    for (const spec::FieldDescription& option : rule.options)
      EXPECT_FALSE(option.meaning.empty()) << rule.name << option.name;
  }
}

TEST(EveryRule, SuggestsTheNearestOption) {
  EXPECT_THAT(message_of("adam(beta_1=0.9)"), HasSubstr("did you mean \"beta1\""));
  EXPECT_THAT(message_of("adma"), HasSubstr("did you mean \"adam\""));
}

TEST(EveryPeer, PrintsAsANativeRuleThatReadsBack) {
  for (const std::string& peer : optimizer::peer_rule_names()) {
    for (const std::string arguments : {"", "(learning_rate=0.1)"}) {
      try {
        const std::string text = to_string(parse_rule(peer + arguments));
        EXPECT_EQ(to_string(parse_rule(text)), text) << peer;
      } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), testing::AnyOf(HasSubstr("learning_rate is missing"),
                                                 HasSubstr("unknown argument \"learning_rate\"")));
      }
    }
  }
}

TEST(Dialect, APastedLineIsRead) {
  EXPECT_EQ(to_string(parse_rule("optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)")),
            "adam(lr=constant(0.001))");
  EXPECT_EQ(to_string(parse_rule("torch.AdamW(lr=3e-4, betas=(0.9, 0.95))")),
            "adamw(beta2=0.95, lr=constant(3e-04))");
  EXPECT_EQ(to_string(parse_rule(
                "optim.SGD(net.parameters(), 0.1, 0.9, weight_decay=5e-4, nesterov=True, foreach=None)")),
            "momentum(nesterov=True, weight_decay=5e-04, lr=constant(0.1))");
  EXPECT_EQ(to_string(parse_rule("optax.adamw(1e-3)")), "adamw(weight_decay=1e-04, lr=constant(0.001))");
  EXPECT_EQ(to_string(parse_rule("keras.optimizers.SGD(0.1, momentum=0.5)")),
            "momentum(momentum=0.5, rate=inside, decay=decoupled, lr=constant(0.1))");
}

TEST(Dialect, TheRateFollowsASchedule) {
  const RuleOptions options = parse_rule("torch.optim.Adam(model.parameters(), lr=cosine(0.1, 0, 100))");
  EXPECT_EQ((*options.rate)(50), 0.05);
}

TEST(Dialect, AnOptionFollowsASchedule) {
  const RuleOptions options = parse_rule("optax.adamw(1e-3, weight_decay=linear(0.1, 0, 100))");
  ASSERT_EQ(options.scheduled.size(), 1u);
  EXPECT_EQ(options.scheduled[0].first, "weight_decay");
}

TEST(Dialect, ErrorsUseThePeersNamesAndColumns) {
  EXPECT_EQ(message_of("torch.Adam(lr=0.1, beta=0.9)"),
            "optimizer, column 20: torch.Adam: unknown argument \"beta\"; did you mean \"betas\"?");
  EXPECT_EQ(message_of("torch.Adam(betas=(0.9, 1.5))"),
            "optimizer, column 24: torch.Adam: betas = 1.5, expected 0 <= betas < 1");
  EXPECT_EQ(message_of("torch.Adam(betas=0.9)"),
            "optimizer, column 18: torch.Adam: betas = 0.9, expected 2 numbers in parentheses");
  EXPECT_THAT(message_of("optax.adam()"), HasSubstr("learning_rate is missing"));
  EXPECT_THAT(message_of("torch.Adamw(lr=0.1)"), HasSubstr("did you mean \"torch.AdamW\""));
  EXPECT_THAT(message_of("torch.optim.Adm(lr=0.1)"), HasSubstr("did you mean \"torch.optim.Adam\""));
  EXPECT_THAT(message_of("swa(sgd, start=101%)"),
              HasSubstr("swa: start = 101%, expected at most 100% of the run"));
}

TEST(Swa, AMeanThatWouldBeginAfterTheLastStepIsRefused) {
  const RunLength run{.run_steps = 1000, .epoch_steps = {}};
  EXPECT_THAT(message_of("swa(sgd, start=100%)", run),
              HasSubstr("swa: start = 100%, expected start + every of at most the 1000 steps of the run"));
  EXPECT_THAT(message_of("swa(sgd, start=1000)", run), HasSubstr("swa: start = 1000"));
  EXPECT_THAT(message_of("swa(sgd, every=1001)", run), HasSubstr("swa: every = 1001"));
  EXPECT_EQ(message_of("swa(sgd, start=999)", run), "nothing was refused");
  EXPECT_EQ(message_of("swa(sgd, start=1000)"), "nothing was refused");
}

TEST(Dialect, WhatWouldChangeANumberAndIsNotOfferedIsRefusedByName) {
  EXPECT_THAT(message_of("keras.Adam(loss_scale_factor=8)"),
              HasSubstr("loss_scale_factor = 8 is not offered"));
  EXPECT_THAT(message_of("optax.lion(1e-3, mask=decayed)"), HasSubstr("mask = decayed is not offered"));
  EXPECT_EQ(to_string(parse_rule("keras.Adam(use_ema=False, name='adam')")),
            to_string(parse_rule("keras.Adam()")));
}

TEST(Elementary, CubeRootAndPower) {
  for (double x = 1e-300; x < 1e300; x *= 1.7) {
    EXPECT_NEAR(static_cast<double>(cube_root(x) / std::cbrt(static_cast<long double>(x))), 1, 0x1p-52);
    const double relative = 1e-15 * (1 + std::abs(0.3 * std::log(x)));
    EXPECT_NEAR(power(x, 0.3) / std::pow(x, 0.3), 1, relative);
  }
  for (float x = 1e-37F; x < 3e38F; x *= 1.0001F) {
    const float y = cube_root(x);
    const double ulp = std::nextafter(y, INFINITY) - static_cast<double>(y);
    EXPECT_NEAR(y, std::cbrt(static_cast<double>(x)), ulp);
  }
  EXPECT_EQ(cube_root(0.0), 0);
  EXPECT_EQ(cube_root(0.0F), 0);
  EXPECT_EQ(power(0.0, 0.5), 0);
  EXPECT_TRUE(std::isnan(cube_root(NAN)) && std::isnan(power(double{NAN}, 0.5)) &&
              std::isnan(sign(double{NAN})));
}

}  // namespace
}  // namespace calando
