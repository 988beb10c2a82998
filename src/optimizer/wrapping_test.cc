// SPDX-License-Identifier: MIT
// What stands around a rule, and rules that evaluate the loss by themselves.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "calando/error.h"
#include "calando/optimizer.h"
#include "src/optimizer/descent.h"
#include "src/optimizer/golden_testing.h"

namespace calando {
namespace {

using namespace golden;
using optimizer::descend;
using optimizer::make_surface;
using optimizer::Precision;

struct Refused : testing::Test {
  static std::string from(const std::string& text, const OptimizerOptions& options = {},
                          bool with_step = false) {
    std::vector<float> p(2, 1), g(2, 1);
    try {
      Optimizer made(parse_rule(text), {{"p", p, g}}, options);
      if (with_step) made.step(0.1);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "(not refused)";
  }
};

TEST(Descents, SameAsThePeer) {
  std::ifstream file(folder() / "descent.json");
  ASSERT_TRUE(file);
  const nlohmann::json all = nlohmann::json::parse(file);
  Summaries rows;
  std::map<std::pair<std::string, std::string>, std::pair<double, double>>
      errors;  // in float, ours and the peer's: of one case they are luck
  for (const nlohmann::json& one : all.at("cases")) {
    const auto text = one.at("text").get<std::string>();
    const RuleOptions rule = parse_rule(text);
    const auto surface = make_surface(one.at("function").get<std::string>());
    const auto points = one.at("points").get<std::vector<std::vector<double>>>();
    optimizer::DescentOptions how{one.at("start").get<std::vector<double>>(),
                                  static_cast<Step>(points.size()), Precision::f64};
    const auto wide = descend(surface, text, rule, *rule.rate, how).points;
    how.precision = Precision::f32;
    const auto narrow = descend(surface, text, rule, *rule.rate, how).points;
    double difference = 0, error = 0, most = largest(how.from);
    for (std::size_t i = 0; i < points.size(); ++i) {
      most = std::max(most, largest(points[i]));
      difference = std::max(difference, distance(wide.at(i + 1).point, points[i]));
      error = std::max(error, distance(narrow.at(i + 1).point, points[i]));
    }
    difference /= most;
    EXPECT_LE(difference, 1e-9) << text << " on " << one.at("function");
    auto& [ours, theirs] = errors[row_of(one)];
    ours += error;
    theirs += one.at("float_error").get<double>();
    rows[row_of(one)].add(difference, ours / theirs);
  }
  for (const auto& [name, pair] : errors) {
    EXPECT_LE(pair.first, 2 * pair.second) << name.first;
    rows[name].ratio = pair.first / pair.second;
  }
  print(rows);
}

TEST(Wrappers, TextsAreReadBack) {
  for (const char* text :
       {"lookahead(adam(beta1=0.5, lr=constant(0.01)), k=7, alpha=0.25)",
        "sam(sgd(lr=constant(0.1)), rho=0.5, adaptive=True)", "ema(lookahead(sgd, k=2), decay=0.5)",
        "swa(adam, start=10, every=2)", "cautious(adamw(lr=constant(0.1)))", "adam(clip_norm=1)",
        "sgd(lr=constant(0.1), clip_value=0.5, maximise=True)", "lbfgs(history=5)"}) {
    EXPECT_EQ(to_string(parse_rule(text)), text);
  }
}

TEST(Wrappers, PastedLinesSayWhatGradientsAre) {
  EXPECT_EQ(to_string(parse_rule("optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, "
                                 "0.95), weight_decay=0.1, maximize=True)")),
            "adamw(beta2=0.95, weight_decay=0.1, lr=constant(0.001), maximise=True)");
  EXPECT_EQ(to_string(parse_rule("keras.Adam(0.1, clipnorm=0.5)")),
            "adam(epsilon=1e-07, decay=decoupled, epsilon_place=hat, lr=constant(0.1), clip_tensor=0.5)");
}

/// p = 4 with gradients of 1 at a rate of 1: the fast weights go down by 1 a step.
TEST(Wrappers, LookaheadGoesBackHalfWay) {
  std::vector<double> p = {4}, g = {1};
  Optimizer made(parse_rule("lookahead(sgd, k=2, alpha=0.5)"), {{"p", p, g}});
  std::vector<double> fast, slow(1);
  for (int i = 0; i < 4; ++i) {
    made.step(1);
    fast.push_back(p[0]);
  }
  EXPECT_EQ(fast, (std::vector<double>{3, 3, 2, 2}));
  made.step(1);
  made.evaluated(0, std::span(slow));
  EXPECT_EQ(p[0], 1);
  EXPECT_EQ(slow[0], 2);
  EXPECT_TRUE(made.averages());
}

TEST(Wrappers, SwaIsTheMeanOfWhatItSaw) {
  std::vector<double> p = {4}, g = {1}, mean(1);
  Optimizer made(parse_rule("swa(sgd, start=1, every=2)"), {{"p", p, g}});
  made.step(1);
  made.evaluated(0, std::span(mean));
  EXPECT_EQ(mean[0], 3);  // none seen yet: the weights
  for (int i = 0; i < 4; ++i) made.step(1);
  made.evaluated(0, std::span(mean));
  EXPECT_EQ(mean[0], (1.0 + -1.0) / 2);  // after steps 3 and 5
}

TEST(Wrappers, SamsNormIsRightWhereSquaresDoNotFitADouble) {
  for (const double size : {1.0, 0x1p600, 0x1p-600}) {
    std::vector<double> p = {1, 1}, g(2), seen;
    Optimizer made(parse_rule("sam(sgd, rho=0.5)"), {{"p", p, g}});
    made.step(0, [&] {
      seen = p;
      g = {3 * size, -4 * size};
      return 0.0;
    });
    EXPECT_EQ(seen, (std::vector<double>{1 + 0.5 * 0.6, 1 - 0.5 * 0.8})) << size;
  }
}

TEST(Wrappers, StepsAreSharesOfTheRunAndEpochs) {
  const RunLength run{.run_steps = 1000, .epoch_steps = 30};
  EXPECT_EQ(to_string(parse_rule("swa(sgd, start=75%, every=1ep)", run)), "swa(sgd, start=750, every=30)");
  EXPECT_EQ(to_string(parse_rule("swa(sgd, start=33.36%)", run)), "swa(sgd, start=334)");
  const auto refused = [&](const char* text, const RunLength& length) {
    try {
      parse_rule(text, length);
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(
      refused("swa(sgd, start=75%)", {}),
      "optimizer, column 16: swa: start = 75%, expected steps: a share of a run whose length is not known");
  EXPECT_EQ(refused("swa(sgd, every=0%)", run), "optimizer, column 16: swa: every = 0%, expected every >= 1");
  EXPECT_EQ(refused("lookahead(sgd, k=5%)", run),
            "optimizer, column 18: lookahead: k = 5%, expected a whole number");
}

TEST(Wrappers, CautiousLeavesOutWhatGoesAgainstTheGradient) {
  std::vector<double> p = {0, 0}, g = {1, 1};
  Optimizer made(parse_rule("cautious(momentum(momentum=0.5))"), {{"p", p, g}});
  made.step(1);
  EXPECT_EQ(p, (std::vector<double>{-1, -1}));
  g = {
      1,
      -0.25};  // the buffer is 1.5 and 0.25: the second goes against its gradient, the first is stretched by 2
  made.step(1);
  EXPECT_EQ(p, (std::vector<double>{-1 - 3, -1}));
}

TEST(Wrappers, SamPutsTheParametersBackWhateverHappens) {
  std::vector<double> p = {1, 2}, g(2);
  Optimizer made(parse_rule("sam(sgd, rho=0.5)"), {{"p", p, g}});
  int calls = 0;
  const Evaluate evaluate = [&]() -> double {
    if (++calls == 2) throw std::runtime_error("no");
    g = {3, 4};
    return 1;
  };
  EXPECT_THROW(made.step(1, evaluate), std::runtime_error);
  EXPECT_EQ(p, (std::vector<double>{1, 2}));
  EXPECT_EQ(made.steps(), 0);
}

TEST(Wrappers, SamClimbsAlongTheGradient) {
  std::vector<double> p = {1, 2}, g(2);
  Optimizer made(parse_rule("sam(sgd, rho=0.5)"), {{"p", p, g}});
  std::vector<std::vector<double>> seen;
  const StepReport report = made.step(1, [&] {
    seen.push_back(p);
    g = {3, 4};
    return static_cast<double>(seen.size());
  });
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_NEAR(seen[1][0], 1 + 0.5 * 0.6, 1e-15);
  EXPECT_NEAR(seen[1][1], 2 + 0.5 * 0.8, 1e-15);
  EXPECT_EQ(p, (std::vector<double>{-2, -2}));
  EXPECT_EQ(report.loss, 1);
}

const std::vector<std::string> kWrapped = {"lookahead(adam, k=3)", "ema(adam, decay=0.9)",
                                           "swa(momentum, start=2)", "cautious(adamw)",
                                           "ema(cautious(lion), decay=0.5)"};

TEST(Wrappers, ResumedIsUninterrupted) {
  const Shapes shapes = {{8, 12}, {64}};
  for (const std::string& text : kWrapped) {
    Trained<float> whole(parse_rule(text), 7, shapes), first(parse_rule(text), 7, shapes),
        second(parse_rule(text), 7, shapes);
    whole.steps(8);
    first.steps(4);
    second.resume(first);
    second.steps(4);
    EXPECT_EQ(second.values(), whole.values()) << text;
    EXPECT_EQ(second.evaluated(), whole.evaluated()) << text;
  }
}

TEST(Wrappers, SameBitsForAnyNumberOfThreads) {
  const Shapes shapes = {{300, 170}, {20000}};
  for (const std::string& text : kWrapped) {
    Trained<float> one(parse_rule(text), 7, shapes, 1), three(parse_rule(text), 7, shapes, 3);
    one.steps(4);
    three.steps(4);
    EXPECT_EQ(one.evaluated(), three.evaluated()) << text;
    EXPECT_EQ(one.values(), three.values()) << text;
  }
}

/// The mean of (x - i)^4 over many x: smooth, and no line through it is a parabola.
TEST(Lbfgs, ResumedIsUninterruptedAndThreadsChangeNothing) {
  const auto run = [](int threads, int stop) {
    std::vector<float> p(30000, 0), g(p.size());
    const Evaluate evaluate = [&] {
      double sum = 0;
      for (std::size_t i = 0; i < p.size(); ++i) {
        const double d = p[i] - static_cast<double>(i % 7);
        g[i] = static_cast<float>(4 * d * d * d);
        sum += d * d * d * d;
      }
      return sum;
    };
    std::vector<Parameter> parameters = {
        {"a", std::span(p).first(10000), std::span<const float>(g).first(10000)},
        {"b", std::span(p).subspan(10000), std::span<const float>(g).subspan(10000)}};
    const RuleOptions rule = parse_rule("lbfgs(history=3)");
    Optimizer first(rule, parameters, {.threads = threads}), second(rule, parameters, {.threads = threads});
    for (int i = 0; i < stop; ++i) first.step(1, evaluate);
    second.restore(first.state());
    for (int i = stop; i < 9; ++i) second.step(1, evaluate);
    return p;
  };
  const std::vector<float> whole = run(1, 9);
  EXPECT_EQ(run(1, 5), whole);
  EXPECT_EQ(run(3, 5), whole);
  EXPECT_LT(std::abs(whole[6] - 6), 0.5F);
}

TEST(Lbfgs, StatesWithCountsThatAreNoneAreRefused) {
  std::vector<double> p = {4}, g = {1};
  Optimizer made(Lbfgs{}, {{"p", p, g}});
  OptimizerState state = made.state();
  for (const auto& [name, value] :
       {std::pair("pairs", 4.6e18), {"pairs", -1.0}, {"iterations", 0.5}, {"iterations", NAN}}) {
    OptimizerState lying = state;
    lying.scalars[name] = value;
    EXPECT_THROW(made.restore(lying), UsageError) << name << " = " << value;
  }
  made.restore(state);
}

TEST_F(Refused, StepsWithoutTheLossWhereItIsNeeded) {
  EXPECT_EQ(from("sam(sgd)", {}, true), "sam: it needs gradients at more than one place: step(lr, evaluate)");
  EXPECT_EQ(from("lbfgs", {}, true), "lbfgs: it needs gradients at more than one place: step(lr, evaluate)");
}

TEST_F(Refused, WordsThatDoNotFit) {
  EXPECT_EQ(from("lookahead(sgd, k=0)"), "optimizer, column 18: lookahead: k = 0, expected 1 <= k <= 1e+09");
  EXPECT_EQ(from("lookahead(5)"),
            "optimizer, column 11: lookahead: rule = 5, expected an optimizer, such as adam(lr=0.01)");
  EXPECT_EQ(
      from("ema(adm)"),
      "optimizer, column 5: \"adm\" is not an optimizer; did you mean \"adam\"? (calando list optimizers)");
  EXPECT_EQ(from("ema(ema(sgd))"), "ema stands around itself, expected each wrapper once");
  EXPECT_EQ(from("sam(lbfgs)"),
            "sam(lbfgs): lbfgs searches along lines of its own, expected a rule that does not");
  EXPECT_EQ(from("ema(cautious(lbfgs))"),
            "cautious(lbfgs): lbfgs searches along lines of its own, expected a rule that does not");
  EXPECT_EQ(from("swa(lbfgs)"), "(not refused)");
  EXPECT_EQ(from("lbfgs", {.clip = 1}),
            "lbfgs: clipping: a clipped gradient is not that of the loss that is searched");
  EXPECT_EQ(from("sgd(clip_norm=1)", {.clip = 2}),
            "clip is said twice: in the rule's text and in the optimizer's options");
  EXPECT_EQ(from("sgd(clip_norm=-1)"), "optimizer, column 15: sgd: clip_norm = -1, expected clip_norm >= 0");
}

}  // namespace
}  // namespace calando
