// SPDX-License-Identifier: MIT
#include "src/plot/scale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "src/spec/number.h"

namespace calando::plot {
namespace {

using testing::ElementsAre;

std::vector<std::string> texts(const Scale& scale, int about) {
  std::vector<std::string> result;
  for (const Tick& tick : ticks(scale, about)) result.push_back(tick.text);
  return result;
}

TEST(Scale, PlacesItsBoundsAtZeroAndOne) {
  const Scale linear{Mapping::linear, -3, 7};
  EXPECT_EQ(linear.place(-3), 0);
  EXPECT_EQ(linear.place(7), 1);
  EXPECT_EQ(linear.place(2), 0.5);
  const Scale logarithmic{Mapping::logarithmic, 1e-4, 1};
  EXPECT_EQ(logarithmic.place(1e-4), 0);
  EXPECT_EQ(logarithmic.place(1), 1);
  EXPECT_NEAR(logarithmic.place(1e-2), 0.5, 1e-15);
}

TEST(Scale, HasNoPlaceForWhatCannotBeDrawn) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const Mapping mapping : {Mapping::linear, Mapping::logarithmic}) {
    const Scale scale{mapping, 1, 10};
    EXPECT_TRUE(std::isnan(scale.place(std::nan(""))));
    EXPECT_TRUE(std::isnan(scale.place(infinity)));
    EXPECT_TRUE(std::isnan(scale.place(-infinity)));
  }
  EXPECT_TRUE(std::isnan((Scale{Mapping::logarithmic, 1, 10}.place(0))));
  EXPECT_TRUE(std::isnan((Scale{Mapping::logarithmic, 1, 10}.place(-1))));
}

TEST(Scale, TurnsRoundWhereLowIsAboveHigh) {
  const Scale scale{Mapping::linear, 5, 0};
  EXPECT_EQ(scale.place(5), 0);
  EXPECT_EQ(scale.place(0), 1);
}

TEST(Ticks, AreRoundAndExact) {
  const std::vector<Tick> result = ticks({Mapping::linear, 0, 1}, 5);
  EXPECT_THAT(result, ElementsAre(Tick{0, "0"}, Tick{0.2, "0.2"}, Tick{0.4, "0.4"}, Tick{0.6, "0.6"},
                                  Tick{0.8, "0.8"}, Tick{1, "1.0"}));
}

TEST(Ticks, HaveOneNotation) {
  EXPECT_THAT(texts({Mapping::linear, 0, 0.1}, 6), ElementsAre("0", "0.02", "0.04", "0.06", "0.08", "0.10"));
  EXPECT_THAT(texts({Mapping::linear, -1, 1}, 4), ElementsAre("-1.0", "-0.5", "0", "0.5", "1.0"));
  EXPECT_THAT(texts({Mapping::linear, 0, 3e-5}, 4), ElementsAre("0", "1e-5", "2e-5", "3e-5"));
  EXPECT_THAT(texts({Mapping::linear, 0, 25e6}, 6), ElementsAre("0", "5e6", "1e7", "1.5e7", "2e7", "2.5e7"));
  EXPECT_THAT(texts({Mapping::linear, 0, 60000}, 3), ElementsAre("0", "20000", "40000", "60000"));
}

TEST(Ticks, OfALogarithmicScaleArePowersOfTen) {
  EXPECT_THAT(texts({Mapping::logarithmic, 1e-6, 1}, 7),
              ElementsAre("1e-6", "1e-5", "1e-4", "0.001", "0.01", "0.1", "1"));
  EXPECT_THAT(texts({Mapping::logarithmic, 1e-12, 1}, 4), ElementsAre("1e-12", "1e-9", "1e-6", "0.001", "1"));
  EXPECT_THAT(texts({Mapping::logarithmic, 1, 100}, 6), ElementsAre("1", "2", "5", "10", "20", "50", "100"));
  EXPECT_THAT(texts({Mapping::logarithmic, 2.1, 2.9}, 4), ElementsAre("2.2", "2.4", "2.6", "2.8"));
}

TEST(Ticks, OfAnyScaleAreFewWithinItAndReadBack) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> mantissa(-1, 1), exponent(-250, 250);
  for (int round = 0; round < 2000; ++round) {
    const double size = std::pow(10, exponent(random));
    const double a = size * mantissa(random), b = size * mantissa(random);
    const Mapping mapping = round % 2 == 0 ? Mapping::linear : Mapping::logarithmic;
    const Scale scale = sane({mapping, std::min(a, b), std::max(a, b)});
    ASSERT_LT(scale.low, scale.high);
    for (const Scale& shown : {scale, widened(scale, 6)}) {
      ASSERT_LE(shown.low, scale.low);
      ASSERT_GE(shown.high, scale.high);
      const std::vector<Tick> result = ticks(shown, 6);
      ASSERT_GE(result.size(), 2u) << shown.low << " to " << shown.high;
      ASSERT_LE(result.size(), 7u) << shown.low << " to " << shown.high;
      for (std::size_t i = 0; i < result.size(); ++i) {
        ASSERT_EQ(spec::to_number(result[i].text), result[i].value);
        ASSERT_GE(shown.place(result[i].value), -1e-6);
        ASSERT_LE(shown.place(result[i].value), 1 + 1e-6);
        ASSERT_TRUE(i == 0 || result[i].value > result[i - 1].value);
      }
    }
  }
}

TEST(Sane, MakesAnyRangeDrawable) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const Mapping mapping : {Mapping::linear, Mapping::logarithmic}) {
    for (const auto& [low, high] : std::vector<std::pair<double, double>>{{infinity, -infinity},
                                                                          {0, 0},
                                                                          {0.1, 0.1},
                                                                          {-5, -5},
                                                                          {1e308, 1.7e308},
                                                                          {-1.7e308, 1.7e308},
                                                                          {5e-324, 5e-324},
                                                                          {0.1, std::nextafter(0.1, 1)}}) {
      const Scale scale = sane({mapping, low, high});
      EXPECT_LT(scale.low, scale.high);
      EXPECT_TRUE(std::isfinite(scale.place((scale.low + scale.high) / 2)));
      EXPECT_GE(ticks(scale, 5).size(), 2u) << low << " to " << high;
    }
  }
}

TEST(Widened, MovesBoundsToRoundNumbersAndNoFarther) {
  EXPECT_EQ(widened({Mapping::linear, 0.013, 0.97}, 5), (Scale{Mapping::linear, 0, 1}));
  EXPECT_EQ(widened({Mapping::linear, 0, 1}, 5), (Scale{Mapping::linear, 0, 1}));
  EXPECT_EQ(widened({Mapping::linear, -0.1, 0.3}, 5), (Scale{Mapping::linear, -0.1, 0.3}));
  EXPECT_EQ(widened({Mapping::logarithmic, 0.002, 30}, 5), (Scale{Mapping::logarithmic, 0.001, 100}));
}

}  // namespace
}  // namespace calando::plot
