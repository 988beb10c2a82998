// SPDX-License-Identifier: MIT
#include "src/io/decimal.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "src/cpu/random.h"

namespace calando::io {
namespace {

/// As the readers of rows do it: quickly, and carefully where that cannot tell. False where the text is no
/// number.
bool read(const std::string& text, float& out) {
  const std::string padded = text + "\n" + std::string(kDecimalPadding, '9');
  Decimal number;
  const char* const stop = scan_decimal(padded.data(), number);
  if (stop == padded.data() + text.size() && to_float32(number, out)) return true;
  return to_float32(padded.data(), padded.data() + text.size(), out);
}

void expect_correct(const std::string& text) {
  float value = -1;
  ASSERT_TRUE(read(text, value)) << text;
  EXPECT_EQ(std::bit_cast<std::uint32_t>(value),
            std::bit_cast<std::uint32_t>(std::strtof(text.c_str(), nullptr)))
      << text;
}

TEST(Decimal, EveryFormOfANumber) {
  for (const char* text : {"0",
                           "-0",
                           "0.0",
                           "-0.000",
                           "1",
                           "+1",
                           "-1",
                           ".5",
                           "5.",
                           "-.5",
                           "1e5",
                           "1E+5",
                           "1.5e-3",
                           "00012",
                           "123456789",
                           "12345678",
                           "1234567890123456789",
                           "12345678901234567890",
                           "0.12345678901234567890123",
                           "1e-45",
                           "1e-46",
                           "7e-46",
                           "-7.1e-46",
                           "3.4028235e38",
                           "3.4028236e38",
                           "1e39",
                           "-1e400",
                           "1e-400",
                           "1e99999999999999999999",
                           "0e99999999999",
                           "1e-99999999999999999999",
                           "1.1754944e-38",
                           "1.17549429e-38",
                           "16777217",
                           "33554434.5"}) {
    expect_correct(text);
  }
  expect_correct("0." + std::string(400, '0') + "1");
  expect_correct("0." + std::string(400, '0') + "1e401");
  expect_correct("1" + std::string(400, '0'));
  expect_correct("1" + std::string(400, '0') + "e-400");
}

TEST(Decimal, WhatIsNoNumber) {
  float value = 0;
  for (const char* text : {"", ".", "-", "+", "e5", "1e", "1e+", "1.2.3", "1-2", "--1", "+-1", "-+1", "0x10",
                           "1_0", "nan", "inf", "1 ", " 1", "1f"}) {
    EXPECT_FALSE(read(text, value)) << text;
  }
}

TEST(Decimal, RandomTextsOfAllLengthsAreCorrectlyRounded) {
  const cpu::Random random(1, cpu::Purpose::test);
  for (std::uint64_t i = 0; i < 200000; ++i) {
    const auto words = random.words(i);
    const std::uint64_t digits = random.bits(i) >> words[2] % 64;
    std::string text = std::to_string(digits);
    text.insert(words[3] % (text.size() + 1), 1, '.');
    if (words[2] % 3 == 0) text += fmt::format("e{}", static_cast<int>(words[3] % 90) - 45);
    expect_correct(text);
  }
}

// Where rounding to double and then to float goes wrong: just beside the middle of two floats.
TEST(Decimal, BesideTheMiddleOfTwoFloats) {
  const cpu::Random random(2, cpu::Purpose::test);
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const auto low =
        std::bit_cast<float>(static_cast<std::uint32_t>(0x3C000000 + random.below(i, 0x08000000)));
    const double middle = (static_cast<double>(low) + static_cast<double>(std::nextafter(low, 1e30F))) / 2;
    const std::string exact = fmt::format("{:.40f}", middle);
    for (const std::size_t size : {12U, 17U, 18U, 19U, 20U, 21U, 30U, 42U}) {
      std::string text = exact.substr(0, size);
      expect_correct(text);
      text.back() = text.back() == '9' ? '8' : static_cast<char>(text.back() + 1);
      expect_correct(text);
    }
  }
}

// The end of the text may be the end of the memory.
TEST(Decimal, NothingBehindTheTextIsLookedAt) {
  for (const std::string text : {"1e999", "1e-999", "12345678", "1e+", "-"}) {
    const std::vector<char> exact(text.begin(), text.end());
    float value = -1;
    EXPECT_EQ(to_float32(exact.data(), exact.data() + exact.size(), value), text.size() > 3) << text;
  }
}

TEST(Decimal, DoublesToo) {
  double value = 0;
  const std::string text = "-0.1";
  ASSERT_TRUE(to_float64(text.data(), text.data() + text.size(), value));
  EXPECT_EQ(value, -0.1);
}

}  // namespace
}  // namespace calando::io
