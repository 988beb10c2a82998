// SPDX-License-Identifier: MIT
#include "src/spec/fields.h"

#include <gtest/gtest.h>

#include <limits>

#include "calando/error.h"

namespace calando {

enum class Decay { coupled, decoupled };
constexpr std::array<std::string_view, 2> enum_names(Decay) { return {"coupled", "decoupled"}; }

struct Rule {
  double beta1 = 0.9;
  double eps = 1e-8;
  int period = 10;
  Decay decay = Decay::decoupled;
  bool nesterov = false;
  std::string note;
  std::optional<double> rho;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("beta1", self.beta1, range::half_open(0, 1), "decay of the first moment");
    visit("eps", self.eps, range::positive, "keeps the division finite");
    visit("period", self.period, range::at_least(1), "steps between refreshes");
    visit("decay", self.decay, "where the weight decay acts");
    visit("nesterov", self.nesterov, "look ahead");
    visit("note", self.note, "a text");
    visit("rho", self.rho, range::closed(0, 1), "momentum, or none");
  }
};

namespace spec {
namespace {

Rule read(std::string_view text, const TakeOther& other = {}) {
  const Call call = parse_call(text, "optimizer");
  Arguments args(call, 1, "optimizer");
  Rule rule;
  read_fields(args, rule, other);
  args.finish();
  return rule;
}

std::string message(std::string_view text) {
  try {
    read(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Fields, ReadByNameAndPosition) {
  const Rule rule = read("rule(0.5, 1e-6, decay=coupled, nesterov=True, note='x', rho=1)");
  EXPECT_EQ(rule.beta1, 0.5);
  EXPECT_EQ(rule.eps, 1e-6);
  EXPECT_EQ(rule.period, 10);
  EXPECT_EQ(rule.decay, Decay::coupled);
  EXPECT_TRUE(rule.nesterov);
  EXPECT_EQ(rule.note, "x");
  EXPECT_EQ(rule.rho, 1.0);
  EXPECT_EQ(read("rule(rho=None)").rho, std::nullopt);
}

TEST(Fields, PrintOnlyWhatDiffersAndReadItBack) {
  EXPECT_EQ(print_fields("rule", Rule{}), "rule");
  Rule rule;
  rule.beta1 = 0.95;
  rule.decay = Decay::coupled;
  rule.period = 100'000;
  rule.note = "a\"b";
  rule.rho = 0;
  const std::string text = print_fields("rule", rule);
  EXPECT_EQ(text, "rule(beta1=0.95, period=100000, decay=coupled, note=\"a\\\"b\", rho=0)");
  EXPECT_EQ(print_fields("rule", read(text)), text);
}

TEST(Fields, RefusalsNameTheRange) {
  EXPECT_EQ(message("rule(beta1=1.5)"), "optimizer, column 12: rule: beta1 = 1.5, expected 0 <= beta1 < 1");
  EXPECT_EQ(message("rule(beta1=nan)"), "optimizer, column 12: rule: beta1 = nan, expected 0 <= beta1 < 1");
  EXPECT_EQ(message("rule(eps=0)"), "optimizer, column 10: rule: eps = 0, expected eps > 0");
  EXPECT_EQ(message("rule(eps=inf)"), "optimizer, column 10: rule: eps = inf, expected eps > 0, finite");
  EXPECT_EQ(message("rule(period=0)"),
            "optimizer, column 13: rule: period = 0, expected 1 <= period <= 2147483647");
  EXPECT_EQ(message("rule(period=3e9)"),
            "optimizer, column 13: rule: period = 3e+09, expected 1 <= period <= 2147483647");
  EXPECT_EQ(
      message("rule(decay=copled)"),
      "optimizer, column 12: rule: decay = copled, expected coupled or decoupled; did you mean \"coupled\"?");
  EXPECT_EQ(message("rule(nesterov=1)"), "optimizer, column 15: rule: nesterov = 1, expected true or false");
  EXPECT_EQ(message("rule(rho=2)"), "optimizer, column 10: rule: rho = 2, expected 0 <= rho <= 1, or None");
  EXPECT_EQ(message("rule(beta=0.5)"),
            "optimizer, column 6: rule: unknown argument \"beta\"; did you mean \"beta1\"?");
}

TEST(Fields, CheckOptionsThatWereNotRead) {
  Rule rule;
  EXPECT_NO_THROW(check_fields("rule", rule));
  rule.eps = std::numeric_limits<double>::quiet_NaN();
  try {
    check_fields("rule", rule);
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(), "rule: eps = nan, expected eps > 0, finite");
  }
}

TEST(Fields, WhatIsNoNumberIsOfferedElsewhere) {
  std::string taken;
  const TakeOther take = [&taken](std::string_view name, const Value& value, const Interval& range) {
    taken = std::string(name) + " " + to_string(value);
    return range == Interval(range::half_open(0, 1));
  };
  EXPECT_EQ(read("rule(beta1=linear(0.85, 0.95, 100) then 0.95)", take).beta1, 0.9);
  EXPECT_EQ(taken, "beta1 linear(0.85, 0.95, 100) then 0.95");
  EXPECT_THROW(read("rule(eps=linear(0, 1, 2))", take), UsageError);
}

TEST(Fields, Describe) {
  const std::vector<FieldDescription> fields = describe_fields<Rule>();
  ASSERT_EQ(fields.size(), 7u);
  EXPECT_EQ(fields[0].value, "0.9");
  EXPECT_EQ(fields[0].expected, "0 <= beta1 < 1");
  EXPECT_EQ(fields[3].expected, "coupled or decoupled");
  EXPECT_EQ(fields[3].value, "decoupled");
  EXPECT_EQ(fields[4].expected, "true or false");
  EXPECT_EQ(fields[6].value, "None");
}

}  // namespace
}  // namespace spec
}  // namespace calando
