// SPDX-License-Identifier: MIT
#include "src/schedule/shapes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "calando/error.h"
#include "calando/schedule.h"
#include "src/schedule/node.h"

namespace calando {
namespace {

void expect_values(const char* text, const std::vector<double>& expected) {
  const Schedule lr = parse_schedule(text);
  for (std::size_t t = 0; t < expected.size(); ++t) {
    EXPECT_NEAR(lr(static_cast<Step>(t)), expected[t], 5e-16 * std::fabs(expected[t])) << text << " at " << t;
  }
}

std::string expansion(const char* text) { return to_string(parse_schedule(text)); }

TEST(Shapes, StandForExpressions) {
  EXPECT_EQ(expansion("step(1, 0.5, 3)"), "decay(1, 0.5, steps=3, staircase=True)");
  EXPECT_EQ(expansion("multi_step(1, 0.5, [3, 6])"),
            "constant(1, length=3) then constant(0.5, length=3) then constant(0.25)");
  EXPECT_EQ(expansion("warmup(cosine(0.1, 0, 90), 10)"), "linear(0, 0.1, 10) then cosine(0.1, 0, 90)");
  EXPECT_EQ(expansion("warmup(cosine(0.1, 0, 90), 0)"), "cosine(0.1, 0, 90)");
  EXPECT_EQ(expansion("restarts(0.1, 0, 10, 5, 2, 0.5)"),
            "repeat(cosine(0.1, 0, 10), 5, stretch=2, shrink=0.5)");
  EXPECT_EQ(expansion("wave(0.1, 0.01, 10)"), "repeat(cosine(0.1, 0.01, 10) then cosine(0.01, 0.1, 10))");
  EXPECT_EQ(expansion("wsd(1, 10, 80, 10, shape=one_minus_sqrt)"),
            "linear(0, 1, 10) then constant(1, length=80) then one_minus_sqrt(1, 0, 10)");
  EXPECT_EQ(expansion("wsd(1, 0, 0, 10)"), "linear(1, 0, 10)");
  EXPECT_EQ(expansion("swa(cosine(1, 0, 100), 50, 0.25, 10, linear)"),
            "window(cosine(1, 0, 100), 0, 50) then linear(0.5, 0.25, 10)");
  EXPECT_EQ(expansion("range_test(1e-5, 1, 100)"), "exponential(1e-05, 1, 100)");
  EXPECT_EQ(expansion("tri_stage(1, 10, 20, 70)"),
            "linear(0.01, 1, 10) then constant(1, length=20) then exponential(1, 0.01, 70)");
}

TEST(Shapes, GiveThePublishedValues) {
  expect_values("cyclic(0.1, 0.5, 2, 3)", {.1, .3, .5, .1 + .4 * 2 / 3, .1 + .4 / 3, .1, .3});
  expect_values("cyclic(0.1, 0.5, 2, 3, shrink=0.5)", {.1, .3, .5, .1 + .4 * 2 / 3, .1 + .4 / 3, .1, .2, .3});
  expect_values("cyclic(0.1, 0.5, 2, 3, factor=0.9)", {.1, .28, .424, .2944, .18748, .1});
  expect_values("one_cycle(1, 10, 0.3)", {.04, .28, .76, 1});
  expect_values("one_cycle(1, 10, 0.4, shape=linear, phases=3)", {.04, .28, .52, .76, 1, .76, .52, .28, .04});
  expect_values("rex(1, 0, 10)",
                {1, 18. / 19, 16. / 18, 14. / 17, 12. / 16, 10. / 15, 8. / 14, 6. / 13, 4. / 12, 2. / 11, 0});
  expect_values("piecewise([1, 3, 5], [1, 2, 4])", {1, 1, 1.5, 2, 3, 4, 4});
  expect_values("piecewise([1, 3, 5], [1, 2, 4], constant)", {1, 1, 1, 2, 2, 4, 4});
  expect_values("piecewise([0, 2], [1, 3], cosine)", {1, 2, 3, 3});
  expect_values("restarts(1, 0.1, 2, shrink=0.5)", {1, 0.55, .5, .3, .25});
  EXPECT_EQ(parse_schedule("one_cycle(0.1, 100)")(100), 0.1 / 25 / 1e4);
}

TEST(Shapes, CurvesAsFunctions) {
  EXPECT_EQ(polynomial(1, 0, 10, 2), parse_schedule("polynomial(1, 0, 10, power=2)"));
  EXPECT_EQ(exponential(1, 0.1, 10), parse_schedule("exponential(1, 0.1, 10)"));
  EXPECT_EQ(one_minus_sqrt(1, 0, 10), parse_schedule("one_minus_sqrt(1, 0, 10)"));
  EXPECT_EQ(decay(1, 0.5, 3), parse_schedule("decay(1, 0.5, 3)"));
  EXPECT_EQ(inverse_sqrt(1, 4000), parse_schedule("inverse_sqrt(1, 4000)"));
}

TEST(Shapes, Windows) {
  const Schedule cosine_part = cosine(1, 0, 10).window(3, 4);
  EXPECT_EQ(cosine_part.length(), 4);
  for (Step t = 0; t <= 4; ++t) EXPECT_EQ(cosine_part(t), cosine(1, 0, 10)(3 + t));
  EXPECT_EQ(cosine_part(100), cosine(1, 0, 10)(7));
  EXPECT_EQ(cosine(1, 0, 10).window(3).length(), 7);
  EXPECT_EQ(cosine(1, 0, 10).window(30).length(), 0);
  EXPECT_EQ(cosine(1, 0, 10).window(30)(5), 0);
  EXPECT_EQ(cosine(1, 0, 10).window(0, 20).then(constant(1))(19), 0);
  EXPECT_EQ(cosine(1, 0, 10).window(0, 20).then(constant(1))(20), 1);
  EXPECT_EQ(constant(1).window(0, 20).then(0.5)(20), 0.5);
  EXPECT_EQ(Schedule(1).window(5).length(), kEndless);
  EXPECT_THROW(cosine(1, 0, 10).window(30).repeat(), UsageError);
  EXPECT_THROW(cosine(1, 0, 10).window(-1), UsageError);
}

TEST(Shapes, Stairs) {
  const Schedule stairs = linear(1, 0, 10).stairs(3);
  const std::vector<double> expected = {1, 1, 1, .7, .7, .7, .4, .4, .4, .1, .1, .1, 0, 0};
  for (std::size_t t = 0; t < expected.size(); ++t)
    EXPECT_NEAR(stairs(static_cast<Step>(t)), expected[t], 1e-16);
  EXPECT_EQ(stairs.length(), 12);
  EXPECT_EQ(linear(1, 0, 9).stairs(3).length(), 9);
  EXPECT_EQ(linear(0, 11, 11).stairs(1.1)(11), 11);  // 11 is ten times 1.1, which is not a double
  EXPECT_EQ(parse_schedule("decay(1, 0.5, 1.1, staircase=true)")(11), std::ldexp(1.0, -10));
}

TEST(Shapes, AStretchBelowOneHasCyclesOfSomeLength) {
  EXPECT_EQ(linear(1, 0, 16).repeat(5, 0.5).length(), 31);
  EXPECT_EQ(linear(1, 0, 16).repeat(5, 0.5)(30), 1);
  EXPECT_THROW(linear(1, 0, 16).repeat(0x1p53, 0.5), UsageError);
}

}  // namespace
}  // namespace calando
