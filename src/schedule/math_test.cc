// SPDX-License-Identifier: MIT
#include "src/schedule/math.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

namespace calando::schedule {
namespace {

using Wide = long double;

constexpr Wide kPiWide = 3.14159265358979323846264338327950288L;

Wide wide(DoubleDouble a) { return static_cast<Wide>(a.high) + static_cast<Wide>(a.low); }

Wide relative_error(DoubleDouble is, Wide should) { return std::fabs(wide(is) - should) / std::fabs(should); }

template <class Check>
void at_random(double low, double high, Check check) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> uniform(low, high);
  for (int i = 0; i < 100'000; ++i) check(uniform(random));
}

TEST(Math, HalfCosine) {
  at_random(0, 1, [](double u) {
    const Wide truth = std::sin(kPiWide / 2 * u) * std::sin(kPiWide / 2 * u);
    ASSERT_LE(std::fabs(wide(half_cosine(u)) - truth), 5e-19L) << u;
  });
  for (const double exact : {0.0, 0.5, 1.0}) {
    EXPECT_EQ(half_cosine(exact).high, exact);
    EXPECT_EQ(half_cosine(exact).low, 0);
  }
}

TEST(Math, Exp) {
  at_random(-700, 700, [](double x) { ASSERT_LE(relative_error(exp(x), std::exp(Wide{x})), 5e-19L) << x; });
  EXPECT_EQ(exp(0).high, 1);
  EXPECT_EQ(exp(-1000).high, 0);
  EXPECT_EQ(exp(1000).high, std::numeric_limits<double>::infinity());
}

TEST(Math, LogNearOneToo) {
  at_random(-700, 700, [](double x) {
    const double y = std::exp(x);
    ASSERT_LE(relative_error(log(y), std::log(Wide{y})), 3e-19L) << y;
  });
  at_random(-12, -1, [](double x) {
    for (const double y : {1 + std::pow(10, x), 1 - std::pow(10, x)}) {
      ASSERT_LE(relative_error(log(y), std::log1p(Wide{y} - 1)), 3e-19L) << y;
    }
  });
  EXPECT_EQ(log(1).high, 0);
}

TEST(Math, LogAtTheEndsOfTheRange) {
  for (const double y : {5e-324, 1e-310, 2.2250738585072014e-308, 1e-300, 1.7e308})
    EXPECT_LE(relative_error(log(y), std::log(Wide{y})), 3e-19L) << y;
  EXPECT_TRUE(std::isnan(log(std::nan("")).high));
  EXPECT_TRUE(std::isnan(log(-1.0).high));
  EXPECT_EQ(log(std::numeric_limits<double>::infinity()).high, std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(exp(std::nan("")).high));
  EXPECT_TRUE(std::isnan(pow(std::nan(""), 3.0).high));
}

TEST(Math, Pow) {
  at_random(0, 1, [](double x) {
    for (const double power : {0.5, 0.9, 1.0, 2.0, 3.5, 100.0}) {
      ASSERT_LE(std::fabs(wide(pow(x, power)) - std::pow(Wide{x}, Wide{power})), 3e-19L) << x << "^" << power;
    }
  });
  EXPECT_EQ(pow(0, 0.3).high, 0);
  EXPECT_EQ(pow(1, 0.3).high, 1);
}

TEST(Math, Tanh) {
  at_random(-20, 20, [](double x) { ASSERT_LE(std::fabs(wide(tanh(x)) - std::tanh(Wide{x})), 3e-19L) << x; });
}

TEST(Math, Cospi) {
  at_random(-10, 10, [](double x) {
    ASSERT_LE(std::fabs(cospi(x) - static_cast<double>(std::cos(kPiWide * Wide{x}))), 1.2e-16) << x;
  });
  EXPECT_EQ(cospi(1e18 + 0.0), 1);
  EXPECT_EQ(cospi(0.5), 0);
  EXPECT_EQ(cospi(-1), -1);
}

/// Known bits: whatever processor and compiler this is, they are these.
TEST(Math, SameBitsEverywhere) {
  std::uint64_t mix = 0;
  at_random(0, 1, [&mix](double u) {
    const DoubleDouble values[] = {half_cosine(u), exp(u), log(u), pow(u, 0.3), tanh(u)};
    for (const DoubleDouble& value : values) {
      mix = std::rotl(mix, 7) ^ std::bit_cast<std::uint64_t>(value.high) ^
            std::bit_cast<std::uint64_t>(value.low);
    }
  });
  EXPECT_EQ(mix, 8649451143134415581u);
}

TEST(DoubleDouble, StepsBeyond53BitsAreExact) {
  for (const std::int64_t step : {INT64_MAX, INT64_MAX - 1, (std::int64_t{1} << 53) + 1, std::int64_t{7}}) {
    const DoubleDouble t = from_step(step);
    EXPECT_EQ(static_cast<Wide>(t.high) + static_cast<Wide>(t.low), static_cast<Wide>(step));
  }
}

}  // namespace
}  // namespace calando::schedule
