// SPDX-License-Identifier: MIT
#include "src/spec/number.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "src/spec/nearest.h"

namespace calando::spec {
namespace {

TEST(Number, ShortestText) {
  EXPECT_EQ(to_text(0.1), "0.1");
  EXPECT_EQ(to_text(1e-5), "1e-05");
  EXPECT_EQ(to_text(100), "100");
  EXPECT_EQ(to_text(-0.0), "-0");
  EXPECT_EQ(to_text(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(to_text(-std::numeric_limits<double>::quiet_NaN()), "nan");
}

TEST(Number, EveryDoubleReadsBackToItself) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const auto value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    ASSERT_EQ(to_number(to_text(value)), value);
  }
  for (const double value : {std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::max()}) {
    EXPECT_EQ(to_number(to_text(value)), value);
  }
}

TEST(Number, AWholeTextOrNothing) {
  for (const char* text : {"", "+", "-", ".", "e5", "1e", "1e+", "0x10", "1 ", " 1", "1,5", "infinit", "na",
                           "--1", "1e400", "-1e-400", "1..2", "1_0"}) {
    EXPECT_EQ(to_number(text), std::nullopt) << text;
  }
  EXPECT_EQ(to_number("+1.5E+2"), 150);
  EXPECT_EQ(to_number("-.5"), -0.5);
  EXPECT_EQ(to_number("5."), 5);
  EXPECT_EQ(to_number("0e-999"), 0);
  EXPECT_EQ(to_number("-Inf"), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(*to_number("NaN")));
}

TEST(Nearest, MisspeltWords) {
  const std::vector<std::string> names = {"adam", "adagrad", "momentum", "sgd"};
  EXPECT_EQ(nearest("adm", names), "adam");
  EXPECT_EQ(nearest("Adma", names), "adam");
  EXPECT_EQ(nearest("momentun", names), "momentum");
  EXPECT_EQ(nearest("zzz", names), "");
  EXPECT_EQ(nearest("", names), "");
  EXPECT_EQ(nearest(std::string(1'000'000, 'a'), names), "");
  EXPECT_EQ(did_you_mean("adagrd", names), "; did you mean \"adagrad\"?");
  EXPECT_EQ(did_you_mean("x", names), "");
}

}  // namespace
}  // namespace calando::spec
