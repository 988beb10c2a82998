// SPDX-License-Identifier: MIT
#include "calando/schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "calando/error.h"

namespace calando {
namespace {

constexpr Step kTrillion = 1'000'000'000'000;

TEST(Schedule, CosineIsExactAtItsEndsAndMiddle) {
  const Schedule lr = cosine(0.1, 0, 100);
  EXPECT_EQ(lr(0), 0.1);
  EXPECT_EQ(lr(50), 0.05);
  EXPECT_EQ(lr(100), 0);
  EXPECT_EQ(lr(kTrillion), 0);
  EXPECT_EQ(lr.length(), 100);
}

TEST(Schedule, WarmUpThenCosine) {
  const Schedule lr = linear(0, 3e-4, 2'000).then(cosine(3e-4, 3e-5, 98'000));
  EXPECT_EQ(lr(0), 0);
  EXPECT_EQ(lr(1'000), 1.5e-4);
  EXPECT_EQ(lr(2'000), 3e-4);
  EXPECT_EQ(lr(100'000), 3e-5);
  EXPECT_EQ(lr(900'000), 3e-5);
}

/// Every curve between two values, 50 digits replaced by the 19 of long double.
TEST(Schedule, CurvesAreWithin3e16OfTheTruth) {
  struct Case {
    const char* text;
    long double (*shape)(long double u);  // from 1 to 0
  };
  using std::cos, std::exp, std::log, std::pow, std::sqrt, std::tanh;
  constexpr long double kPi = std::numbers::pi_v<long double>;
  const std::vector<Case> cases = {
      {"linear(1, 0, 777)", [](long double u) { return 1 - u; }},
      {"cosine(1, 0, 777)", [](long double u) { return (1 + cos(kPi * u)) / 2; }},
      {"cosine(1, 0, 777, power=1.5)", [](long double u) { return pow((1 + cos(kPi * u)) / 2, 1.5L); }},
      {"cosine(1, 0, 777, k=3)", [](long double u) { return (1 + cos(kPi * u * u * u)) / 2; }},
      {"polynomial(1, 0, 777, power=0.75)", [](long double u) { return pow(1 - u, 0.75L); }},
      {"polynomial(1, 0, 777, power=9.5)", [](long double u) { return pow(1 - u, 9.5L); }},
      {"polynomial(1, 0, 777, power=2, k=1.5)", [](long double u) { return pow(1 - pow(u, 1.5L), 2); }},
      {"one_minus_sqrt(1, 0, 777)", [](long double u) { return 1 - sqrt(u); }},
      {"saturating(1, 0, 777)", [](long double u) { return 2 * pow(0.5L, u) - 1; }},
      {"logarithmic(1, 0, 777)", [](long double u) { return 1 - log(1 + 777 * u) / log(778.0L); }},
      {"rex(1, 0, 777)", [](long double u) { return (1 - u) / (1 - u / 2); }},
      {"tanh(1, 0, 777)",
       [](long double u) {
         const long double first = tanh(-7.0L);
         return 1 - (tanh(-7 + 10 * u) - first) / (tanh(3.0L) - first);
       }},
  };
  for (const Case& c : cases) {
    const Schedule falling = parse_schedule(c.text);
    const Schedule between = falling.scaled(0.5).plus(constant(0.25));
    for (Step t = 0; t <= 777; ++t) {
      const long double truth = c.shape(static_cast<long double>(t) / 777);
      ASSERT_NEAR(falling(t), static_cast<double>(truth),
                  1.2e-16 + std::fabs(static_cast<double>(truth)) * 1.1e-16)
          << c.text << " at " << t;
      ASSERT_LE(std::fabs(between(t) - (truth / 2 + 0.25L)), 0.75L * 3e-16L) << c.text << " at " << t;
    }
    EXPECT_EQ(falling(0), 1) << c.text;
    EXPECT_EQ(falling(777), 0) << c.text;
  }
}

TEST(Schedule, EndlessCurves) {
  EXPECT_EQ(parse_schedule("decay(1, 0.5)")(10), std::ldexp(1.0, -10));
  EXPECT_EQ(parse_schedule("decay(0.1, 0.1, 30)")(60), 0.1 * 0.1 * 0.1);
  EXPECT_EQ(parse_schedule("step(1, 0.5, 3)")(8), 0.25);
  EXPECT_EQ(parse_schedule("step(1, 0.5, 3)")(9), 0.125);
  EXPECT_EQ(parse_schedule("inverse_time(1, 1)")(3), 0.25);
  EXPECT_EQ(parse_schedule("inverse_time(1, 0.5, 2, staircase=true)")(5), 0.5);
  EXPECT_EQ(parse_schedule("inverse_sqrt(1, 4)")(12), 0.5);
  EXPECT_EQ(parse_schedule("growth(1e-3, 1, 10)")(10), 2e-3);
  EXPECT_EQ(parse_schedule("decay(1, 0.999999999999)")(kTrillion),
            std::exp(1e12 * std::log1p(-(1 - 0.999999999999))));
  EXPECT_EQ(parse_schedule("decay(1, 0.5, length=3)")(kTrillion), 0.125);
}

TEST(Schedule, JointsBelongToTheLaterPart) {
  const Schedule steps = constant(1, 3).then(constant(2, 0.5)).then(constant(3, 2.25)).then(constant(4));
  const std::vector<double> expected = {1, 1, 1, 2, 3, 3, 4, 4};
  for (std::size_t t = 0; t < expected.size(); ++t) EXPECT_EQ(steps(static_cast<Step>(t)), expected[t]) << t;
  EXPECT_EQ(steps.length(), kEndless);
}

TEST(Schedule, JointsOfRoundedLengthsAreWhereTheyWereMeant) {
  const Schedule thirds = constant(1, 33.3).then(constant(2, 33.3)).then(constant(3, 33.4)).then(constant(4));
  EXPECT_EQ(thirds(99), 3);
  EXPECT_EQ(thirds(100), 4);
  const Schedule equal = linear(1, 0, 100.0 / 3).repeat(3);
  EXPECT_EQ(equal(100), 0);
  EXPECT_EQ(linear(1, 0, 100.0 / 3).repeat()(100), 1);
  EXPECT_EQ(linear(1, 0, 1.1).repeat()(11), 1);
  const Schedule stretched = linear(1, 0, 10).repeat(kEndless, 1.1);
  EXPECT_EQ(stretched(10), 1);
  EXPECT_EQ(stretched(21), 1);
  EXPECT_LT(stretched(20), 0.1);
}

/// The starts of cycles by exact integer arithmetic: (stretch^i - 1) / (stretch - 1) with stretch = p / q.
void check_restarts(std::int64_t p, std::int64_t q, std::int64_t length, int most) {
  const double stretch = static_cast<double>(p) / static_cast<double>(q);
  const Schedule lr = linear(1, 0, static_cast<double>(length)).repeat(kEndless, stretch, 0.5);
  __extension__ using Integer = unsigned __int128;
  // start_i = length (p^i - q^i) / (q^(i-1) (p - q)); the first whole step of cycle i is that rounded up.
  Integer p_power = 1;
  Integer q_power = 1;
  for (int i = 0; i <= most; ++i) {
    const Integer numerator = static_cast<Integer>(length) * (p_power - q_power) * static_cast<Integer>(q);
    const Integer denominator = q_power * static_cast<Integer>(p - q);
    const auto first = static_cast<Step>((numerator + denominator - 1) / denominator);
    const double peak = std::ldexp(1.0, -i);
    const double slope =
        peak * static_cast<double>(q_power) / static_cast<double>(p_power) / static_cast<double>(length);
    EXPECT_LE(lr(first), peak);
    EXPECT_GE(lr(first), peak - slope)
        << "cycle " << i << " of stretch " << stretch << " starts at " << first;
    if (i > 0) {
      EXPECT_LE(lr(first - 1), 2 * peak * 0.2) << "before cycle " << i;
    }
    p_power *= static_cast<Integer>(p);
    q_power *= static_cast<Integer>(q);
  }
}

TEST(Schedule, RestartsAreExactForEveryStretch) {
  check_restarts(3, 2, 10, 60);
  check_restarts(2, 1, 10, 55);
  check_restarts(3, 1, 7, 35);
  check_restarts(10, 1, 10, 17);
  check_restarts(5, 4, 1000, 40);
}

TEST(Schedule, RestartsWithoutStretchDoNotDrift) {
  const Schedule lr = cosine(0.1, 0.01, 10).repeat();
  EXPECT_EQ(lr(kTrillion), 0.1);
  EXPECT_EQ(lr(kTrillion + 5), lr(5));
  EXPECT_EQ(lr(INT64_MAX), lr(INT64_MAX % 10));
  const Schedule halves = linear(1, 0, 2.5).repeat();
  EXPECT_EQ(halves(kTrillion), 1);
  EXPECT_EQ(halves(kTrillion + 3), 0.8);
  const Schedule shrinking = linear(1, 0, 10).repeat(5, 2, 0.5);
  EXPECT_EQ(shrinking.length(), 310);
  EXPECT_EQ(shrinking(150), 0.0625);
  EXPECT_EQ(shrinking(kTrillion), 0);
}

TEST(Schedule, AShortCycleInsideALongOne) {
  const Schedule triangle = linear(0, 1, 2).then(linear(1, 0, 3)).repeat(kEndless, 1, 0.5);
  EXPECT_EQ(triangle(2), 1);
  EXPECT_EQ(triangle(7), 0.5);
  EXPECT_EQ(triangle(10), 0);
  const Schedule nested = linear(1, 0, 4).repeat(2).repeat(kEndless, 3);
  EXPECT_EQ(nested(0), 1);
  EXPECT_EQ(nested(4), 1);
  EXPECT_EQ(nested(8), 1);
  EXPECT_EQ(nested(8 + 12), 1);
  EXPECT_EQ(nested(8 + 11), linear(1, 0, 12)(11));
}

TEST(Schedule, ProductsSumsScalesAndClamps) {
  const Schedule warm = linear(0, 1, 4);
  const Schedule decay = cosine(2, 0, 8);
  EXPECT_EQ(warm.times(decay)(2), 0.5 * decay(2));
  EXPECT_EQ(warm.times(decay)(6), decay(6));
  EXPECT_EQ(warm.times(decay).length(), 8);
  EXPECT_EQ(warm.plus(decay)(8), 1);
  EXPECT_EQ(decay.scaled(0.25)(0), 0.5);
  EXPECT_EQ(decay.clamped(0.5, 1)(0), 1);
  EXPECT_EQ(decay.clamped(0.5, 1)(8), 0.5);
  EXPECT_EQ(decay.clamped(0.5)(0), 2);
}

TEST(Schedule, WhatCannotBe) {
  EXPECT_THROW(constant(-1), UsageError);
  EXPECT_THROW(constant(std::nan("")), UsageError);
  EXPECT_THROW(cosine(0.1, 0, 0), UsageError);
  EXPECT_THROW(cosine(0.1, 0, -5), UsageError);
  EXPECT_THROW(cosine(0.1, 0, kEndless), UsageError);
  EXPECT_THROW(cosine(0.1, 0, 1e20), UsageError);
  EXPECT_THROW(constant(1).then(constant(2)), UsageError);
  EXPECT_THROW(constant(1).repeat(), UsageError);
  EXPECT_THROW(constant(1, 5).repeat(2.5), UsageError);
  EXPECT_THROW(constant(1, 5).repeat(0), UsageError);
  EXPECT_THROW(constant(1, 5).repeat(kEndless, 0.5), UsageError);
  EXPECT_THROW(constant(1, 5).repeat(kEndless, 1, 2), UsageError);
  EXPECT_THROW(constant(1).scaled(-1), UsageError);
  EXPECT_THROW(constant(1).clamped(1, 0.5), UsageError);
  EXPECT_THROW(constant(1)(-1), UsageError);
  Schedule deep = 1;
  EXPECT_THROW(
      {
        for (int i = 0; i < 300; ++i) deep = deep.scaled(1);
      },
      UsageError);
}

TEST(Schedule, GrowthBeyondTheRangeIsInfinite) {
  const double far = parse_schedule("times(constant(1e300), growth(1, 1))")(kTrillion);
  EXPECT_EQ(far, std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace calando
