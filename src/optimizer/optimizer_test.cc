// SPDX-License-Identifier: MIT
// What an optimizer does around its rule: schedules, groups, clipping, skipping, state, wrong input.
#include "calando/optimizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "calando/error.h"

namespace calando {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// The message of what f throws.
template <class F>
std::string refused(const F& f) {
  try {
    f();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "(not refused)";
}

/// Two parameters in double.
struct Two {
  std::vector<double> w{1, 2, 3}, b{4};
  std::vector<double> gw{1, 2, 2}, gb{4};  // norms 3 and 4, together 5

  std::vector<Parameter> parameters() {
    return {{.name = "w", .values = w, .gradients = gw}, {.name = "b", .values = b, .gradients = gb}};
  }
};

TEST(Step, GradientDescent) {
  Two m;
  Optimizer sgd(Sgd{}, m.parameters());
  const StepReport report = sgd.step(0.5);
  EXPECT_THAT(m.w, ElementsAre(0.5, 1, 2));
  EXPECT_THAT(m.b, ElementsAre(2));
  EXPECT_EQ(report.gradient_norm, 5);
  EXPECT_FALSE(report.clipped || report.skipped);
  EXPECT_EQ(sgd.steps(), 1);
}

/// Where twenty steps on p^2 / 2, from 1, lead.
double after_steps(const RuleOptions& rule, double lr = 0.1) {
  std::vector<double> p{1}, g{0};
  Optimizer optimizer(rule, {{.name = "p", .values = p, .gradients = g}});
  for (int t = 0; t < 20; ++t) {
    g[0] = p[0];
    optimizer.step(lr);
  }
  return p[0];
}

TEST(Qhm, WithoutMomentumIsGradientDescent) {
  EXPECT_EQ(after_steps(Qhm{.beta = 0.9, .nu = 0}), after_steps(Sgd{}));
  EXPECT_EQ(after_steps(Qhm{.beta = 0, .nu = 0.3}), after_steps(Sgd{}));
}

TEST(Qhm, IsNesterovsMomentumAtASmallerRate) {
  const double nesterov = after_steps(parse_rule("momentum(momentum=0.75, nesterov=True)"), 0.125);
  // The mean is worked out in another way, so rounding alone tells them apart: a few units of 2^-53 at each of 20 steps.
  EXPECT_NEAR(after_steps(Qhm{.beta = 0.75, .nu = 0.75}, 0.5), nesterov, 20 * 8 * 0x1p-53);
}

TEST(Qhm, TwoStepsByHand) {
  std::vector<double> p{1}, g{4};
  Optimizer qhm(Qhm{.beta = 0.75, .nu = 0.5}, {{.name = "p", .values = p, .gradients = g}});
  qhm.step(0.5);  // m = 1: p = 1 - (0.5 4 + 0.5 1) / 2
  EXPECT_EQ(p[0], -0.25);
  g[0] = -8;
  qhm.step(0.5);  // m = 0.75 - 2 = -1.25: p = -0.25 + (0.5 8 + 0.5 1.25) / 2
  EXPECT_EQ(p[0], 2.0625);
}

TEST(Step, GoesUphill) {
  Two m;
  Optimizer(Sgd{}, m.parameters(), {.maximise = true}).step(0.5);
  EXPECT_THAT(m.w, ElementsAre(1.5, 3, 4));
}

TEST(Step, AnOptionFollowsItsSchedule) {
  Two m;
  Optimizer sgd(parse_rule("sgd(weight_decay=linear(0, 1, 1))"), m.parameters());
  sgd.step(0.5);
  EXPECT_THAT(m.b, ElementsAre(2));
  sgd.step(0.5);
  EXPECT_THAT(m.b, ElementsAre(2 - 0.5 * (4 + 2)));
}

TEST(Step, GroupsHaveOptionsAndRatesOfTheirOwn) {
  Two m;
  Optimizer sgd(Sgd{.weight_decay = 1}, m.parameters(), {.groups = {{"b*", "weight_decay=0, lr_scale=0.5"}}});
  sgd.step(0.5);
  EXPECT_THAT(m.b, ElementsAre(3));
  EXPECT_THAT(m.w, ElementsAre(0, 0, 0.5));

  Two n;
  Optimizer scheduled(Sgd{}, n.parameters(), {.groups = {{"b", "lr=linear(1, 0, 1)"}}});
  scheduled.step(0.5);
  EXPECT_THAT(n.b, ElementsAre(0));
  scheduled.step(0.5);
  EXPECT_THAT(n.b, ElementsAre(0));
}

TEST(Step, ParametersWithoutDecay) {
  Two m;
  std::vector<Parameter> parameters = m.parameters();
  parameters[1].decay = false;
  Optimizer(Sgd{.weight_decay = 1}, parameters).step(0.5);
  EXPECT_THAT(m.b, ElementsAre(2));
  EXPECT_THAT(m.w, ElementsAre(0, 0, 0.5));
}

TEST(Clipping, ByTheGlobalNorm) {
  Two m;
  const StepReport report = Optimizer(Sgd{}, m.parameters(), {.clip = 2.5}).step(1);
  EXPECT_TRUE(report.clipped);
  EXPECT_EQ(report.gradient_norm, 5);
  EXPECT_THAT(m.w, ElementsAre(0.5, 1, 2));
  EXPECT_THAT(m.b, ElementsAre(2));
}

TEST(Step, FtrlRefusesARateOf0) {
  std::vector<double> p = {1, -2}, g = {3, 4};
  Optimizer made(Ftrl{}, {{"p", p, g}});
  try {
    made.step(0);
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_EQ(std::string(error.what()),
              "step 0: ftrl: learning rate 0, expected a number above 0: it divides by the rate");
  }
  EXPECT_EQ(p, (std::vector<double>{1, -2}));
}

TEST(Clipping, NormsWhoseSquaresDoNotFitADouble) {
  for (const double size : {0x1p600, 0x1p-600}) {
    std::vector<double> p(2), q(1), g = {3 * size, 4 * size}, h = {12 * size};
    Optimizer made(Sgd{}, {{"p", p, g}, {"q", q, h}}, {.clip = 13 * size / 4, .skip_not_finite = true});
    const StepReport report = made.step(1);
    EXPECT_FALSE(report.skipped);
    EXPECT_EQ(report.gradient_norm, 13 * size);
    EXPECT_EQ(p, (std::vector<double>{-0.75 * size, -size}));
    EXPECT_EQ(q[0], -3 * size);
    std::vector<double> r(2);
    EXPECT_EQ(Optimizer(Sgd{}, {{"r", r, g}}, {.clip_tensor = 2.5 * size}).step(1).gradient_norm, 5 * size);
    EXPECT_EQ(r, (std::vector<double>{-1.5 * size, -2 * size}));
  }
}

TEST(Clipping, ByTheNormOfATensor) {
  Two m;
  EXPECT_TRUE(Optimizer(Sgd{}, m.parameters(), {.clip_tensor = 3.5}).step(1).clipped);
  EXPECT_THAT(m.w, ElementsAre(0, 0, 1));
  EXPECT_THAT(m.b, ElementsAre(DoubleEq(0.5)));
}

TEST(LossScale, IsTakenOutBeforeClipping) {
  Two m;
  for (double& g : m.gw) g *= 1024;
  m.gb[0] *= 1024;
  const StepReport report = Optimizer(Sgd{}, m.parameters(), {.clip = 2.5}).step(1, 1024);
  EXPECT_EQ(report.gradient_norm, 5);
  EXPECT_THAT(m.w, ElementsAre(0.5, 1, 2));
}

TEST(LossScale, AStepThatIsNotFiniteIsSkipped) {
  for (const double bad : {HUGE_VAL, -HUGE_VAL, std::nan("")}) {
    Two m;
    m.gw[1] = bad;
    Optimizer adam(Adam{}, m.parameters(), {.skip_not_finite = true});
    const OptimizerState before = adam.state();
    const StepReport report = adam.step(0.1, 65536);
    EXPECT_TRUE(report.skipped);
    EXPECT_THAT(m.w, ElementsAre(1, 2, 3));
    EXPECT_EQ(adam.steps(), 0);
    EXPECT_EQ(adam.state().doubles, before.doubles);
    m.gw[1] = 1;
    EXPECT_FALSE(adam.step(0.1, 65536).skipped);
    EXPECT_EQ(adam.steps(), 1);
  }
}

TEST(Binding, OtherGradientsAndNone) {
  Two m;
  Optimizer sgd(Sgd{}, m.parameters());
  sgd.bind(1, m.b, {});
  EXPECT_EQ(sgd.step(1).gradient_norm, 3);
  EXPECT_THAT(m.b, ElementsAre(4));
  const std::vector<double> other{1};
  sgd.bind(1, m.b, other);
  sgd.step(1);
  EXPECT_THAT(m.b, ElementsAre(3));
  EXPECT_EQ(refused([&] { sgd.bind(0, m.b, m.gb); }),
            "parameter \"w\": 1 values in float64, expected 3 in float64 as before");
  EXPECT_EQ(refused([&] { sgd.bind(0, m.w, m.gb); }),
            "parameter \"w\": 1 gradients in float64, expected 3 in float64 as before");
  EXPECT_EQ(refused([&] { sgd.bind(2, m.w, m.gb); }), "parameter 2: there are 2");
}

TEST(State, ResumedIsUninterrupted) {
  Two whole;
  Optimizer uninterrupted(Adam{}, whole.parameters());
  Two m;
  OptimizerState state;
  {
    Optimizer first(Adam{}, m.parameters());
    for (int i = 0; i < 3; ++i) first.step(0.1);
    state = first.state();
  }
  std::vector<Parameter> reversed = m.parameters();
  std::swap(reversed[0], reversed[1]);
  Optimizer second(Adam{}, reversed);
  second.restore(state);
  for (int i = 0; i < 3; ++i) second.step(0.1);
  for (int i = 0; i < 6; ++i) uninterrupted.step(0.1);
  EXPECT_EQ(m.w, whole.w);
  EXPECT_EQ(m.b, whole.b);
}

TEST(State, WhatDoesNotFitIsNamedAndChangesNothing) {
  Two m;
  Optimizer adam(Adam{}, m.parameters());
  adam.step(0.1);
  const OptimizerState good = adam.state();
  const auto with = [&](auto change) {
    OptimizerState bad = good;
    change(bad);
    return refused([&] { adam.restore(bad); });
  };
  EXPECT_EQ(with([](auto& s) { s.rule = "sgd"; }),
            "optimizer state: it is of rule \"sgd\", expected \"adam\"");
  EXPECT_EQ(with([](auto& s) { s.doubles.erase("w/m"); }), "optimizer state: tensor \"w/m\" is missing");
  EXPECT_EQ(with([](auto& s) { s.doubles["w/x"]; }), "optimizer state: no tensor \"w/x\" is expected");
  EXPECT_EQ(with([](auto& s) { s.doubles["w/m"].pop_back(); }),
            "optimizer state: tensor \"w/m\" has 2 values, expected 3");
  EXPECT_EQ(with([](auto& s) { s.scalars["0/mu"] = 1; }), "optimizer state: no number \"0/mu\" is expected");
  EXPECT_EQ(with([](auto& s) { s.steps = -1; }), "optimizer state: -1 steps, expected 0 or more");
  EXPECT_EQ(adam.state().doubles, good.doubles);
}

TEST(WrongInput, IsNamed) {
  Two m;
  const auto with = [&](auto change) {
    std::vector<Parameter> parameters = m.parameters();
    OptimizerOptions options;
    change(parameters, options);
    return refused([&] { Optimizer(Adam{}, parameters, options); });
  };
  EXPECT_EQ(with([](auto& p, auto&) { p[1].name = "w"; }), "parameter \"w\": the name is given twice");
  EXPECT_EQ(with([&](auto& p, auto&) { p[1].gradients = m.gw; }),
            "parameter \"b\": 3 gradients, expected 1 as it has values");
  EXPECT_EQ(with([](auto& p, auto&) {
              p[0].shape = {2, 2};
            }),
            "parameter \"w\": 3 values, its shape has not as many: 2 x 2");
  EXPECT_EQ(with([](auto& p, auto&) {
              p[0].shape = {std::size_t{1} << 60, std::size_t{1} << 60};
            }).find("parameter \"w\""),
            0U);
  const std::vector<float> floats(3);
  EXPECT_EQ(with([&](auto& p, auto&) { p[0].gradients = floats; }),
            "parameter \"w\": values in float64, gradients in float32: float64 goes with float64 only");
  EXPECT_EQ(with([](auto&, auto& o) { o.clip = -1; }), "clip = -1, expected a norm above 0, or 0 for none");
  EXPECT_EQ(with([](auto&, auto& o) { o.clip = o.clip_tensor = 1; }),
            "clip = 1, clip_tensor = 1, clip_value = 0: expected at most one of them");
  EXPECT_EQ(with([](auto&, auto& o) {
              o.groups = {{"v*", "beta1=0"}};
            }),
            "group \"v*\": it fits no parameter that an earlier group leaves");
  EXPECT_THAT(with([](auto&, auto& o) { o.groups = {{"w", "beta3=0"}}; }), HasSubstr("beta3"));
  EXPECT_EQ(refused([&] { Optimizer(Adam{.beta1 = 1}, m.parameters()); }),
            "adam: beta1 = 1, expected 0 <= beta1 < 1");

  Optimizer adam(parse_rule("adam(beta1=linear(0.5, 1, 1))"), m.parameters());
  EXPECT_THAT(refused([&] { adam.step(-1); }), HasSubstr("learning rate -1"));
  EXPECT_THAT(refused([&] { adam.step(1, 0); }), HasSubstr("loss scale 0"));
  adam.step(0.1);
  const auto before = m.w;
  EXPECT_EQ(refused([&] { adam.step(0.1); }), "adam: beta1 = 1, expected 0 <= beta1 < 1");
  EXPECT_EQ(m.w, before);
}

}  // namespace
}  // namespace calando
