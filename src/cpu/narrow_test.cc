// SPDX-License-Identifier: MIT
// Numbers in few bits: what rounds to what, that random rounding is right on average, and the same bits on every instruction set.
#include "src/cpu/narrow.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "src/cpu/map.h"
#include "src/cpu/random.h"
#include "src/cpu/targets_test.h"

namespace calando::cpu {
namespace {

std::uint32_t bits(float x) { return std::bit_cast<std::uint32_t>(x); }

/// Floats of any bits whatever: NaN, infinities and denormals among them.
std::vector<float> any_floats(std::size_t count) {
  const Random random(5, Purpose::test);
  std::vector<float> result(count);
  for (std::size_t i = 0; i < count; ++i) result[i] = std::bit_cast<float>(random.words(i)[0]);
  return result;
}

/// Floats around a size, of both signs.
std::vector<float> floats(std::size_t count, double spread) {
  const Random random(6, Purpose::test);
  std::vector<float> result(count);
  for (std::size_t i = 0; i < count; ++i) {
    result[i] = static_cast<float>(std::exp2(-spread * random.uniform(2 * i)) *
                                   (random.below(2 * i + 1, 2) == 0 ? 1 : -1));
  }
  return result;
}

TEST(BFloat16, RoundsToTheNearest) {
  for (const float x : any_floats(100000)) {
    BFloat16 narrow{};
    narrow_bf16(&x, &narrow, 1);
    if (std::isnan(x)) {
      EXPECT_TRUE(std::isnan(static_cast<float>(narrow)));
      continue;
    }
    const auto below = std::bit_cast<float>(bits(x) & 0xFFFF0000U);
    const auto above = std::bit_cast<float>((bits(x) & 0xFFFF0000U) + 0x10000U);
    if (std::isinf(above) || std::isinf(x)) continue;
    const double down = std::abs(static_cast<double>(x) - below);
    const double up = std::abs(static_cast<double>(above) - x);
    const bool even = (bits(below) >> 16 & 1U) == 0;
    EXPECT_EQ(bits(narrow), bits(down < up || (down == up && even) ? below : above)) << x;
  }
}

TEST(BFloat16, SplitsIntoSixteenBits) {
  for (const float x : floats(10000, 30)) {
    BFloat16 high{}, low{};
    float back = 0;
    split_bf16(&x, &high, &low, 1);
    join_bf16(&high, &low, &back, 1);
    EXPECT_LE(std::abs(back - x), std::abs(x) * 0x1p-17F);
  }
}

TEST(BFloat16, RandomRoundingIsRightOnAverageAndKeepsWhatItHolds) {
  constexpr std::size_t kCount = 1 << 16;
  const std::vector<float> x(kCount, 1 + 0x1p-7F * 0.3F);
  std::vector<BFloat16> narrow(kCount);
  narrow_bf16_randomly(x.data(), narrow.data(), kCount, {7, 0});
  double ups = 0;
  for (const BFloat16 y : narrow) {
    EXPECT_TRUE(y == 1.0F || y == 1 + 0x1p-7F);
    ups += y == 1.0F ? 0 : 1;
  }
  EXPECT_NEAR(ups / kCount, 0.3,
              4 * std::sqrt(0.3 * 0.7 / kCount));  // four standard deviations, of one fixed draw

  std::vector<float> held(kCount);
  for (std::size_t i = 0; i < kCount; ++i) held[i] = BFloat16{static_cast<std::uint16_t>(i)};
  narrow_bf16_randomly(held.data(), narrow.data(), kCount, {8, 0});
  for (std::size_t i = 0; i < kCount; ++i) {
    if (!std::isnan(held[i])) {
      EXPECT_EQ(narrow[i].bits, i);
    }
  }
}

TEST(BFloat16, RandomBitsDependOnThePlaceInTheTensorAlone) {
  const std::vector<float> x = floats(3000, 3);
  std::vector<BFloat16> whole(x.size()), parts(x.size());
  narrow_bf16_randomly(x.data(), whole.data(), x.size(), {7, 100});
  narrow_bf16_randomly(x.data(), parts.data(), 1000, {7, 100});
  narrow_bf16_randomly(x.data() + 1000, parts.data() + 1000, 2000, {7, 1100});
  EXPECT_EQ(std::memcmp(whole.data(), parts.data(), 2 * x.size()), 0);
  std::vector<BFloat16> far(x.size());
  narrow_bf16_randomly(x.data(), far.data(), x.size(), {7, 100 + (std::uint64_t{1} << 32)});
  EXPECT_NE(std::memcmp(whole.data(), far.data(), 2 * x.size()), 0);
}

/// The numbers that a kind of codes has below a scale, in a block that may hold NaN.
template <class Widen>
std::vector<float> all_codes(float scale, const Widen& widen) {
  Block8 block{{}, bits(scale) | 1};
  for (std::size_t code = 0; code < kBlock8; ++code)
    block.codes[code / 64 * 64 + code % 16 * 4 + code / 16 % 4] = static_cast<std::uint8_t>(code);
  std::vector<float> numbers(kBlock8);
  widen(&block, numbers.data(), kBlock8);
  return numbers;
}

TEST(Bits8, MeanWhatTheHeaderSays) {
  const std::vector<float> of_sign = all_codes(4.0F, widen_signed8);
  const std::vector<float> positive = all_codes(4.0F, widen_unsigned8);
  for (unsigned code = 1; code < kBlock8; ++code) {
    const float low = 1 + static_cast<float>(code % 8) / 8;
    const float size = 4 * std::ldexp(low, static_cast<int>(code % 128 / 8) - 15);
    if (code != 128) {
      const float number = code % 128 < 8 ? 4 * std::ldexp(static_cast<float>(code % 8) / 8, -14) : size;
      EXPECT_EQ(of_sign[code], code > 128 ? -number : number);
    }
    if (code != 255) {
      EXPECT_EQ(positive[code], 4 * std::ldexp(low, static_cast<int>(code / 8) - 31));
    }
  }
  EXPECT_EQ(of_sign[0], 0);
  EXPECT_TRUE(std::isnan(of_sign[128]));
  EXPECT_TRUE(std::isnan(positive[255]));
}

TEST(Bits8, AllBitsZeroAreZeros) {
  const Block8 block{};
  for (const auto widen : {widen_signed8, widen_unsigned8}) {
    std::vector<float> numbers(kBlock8, 1.0F);
    widen(&block, numbers.data(), kBlock8);
    for (const float x : numbers) EXPECT_EQ(bits(x), 0U);
  }
}

TEST(Bits8, WhatIsHeldStaysAsItIs) {
  const auto check = [](std::vector<float> numbers, auto narrow, auto widen) {
    Block8 block{};
    std::vector<float> back(kBlock8);
    narrow(numbers.data(), &block, kBlock8, RoundingStream{3, 0});
    widen(&block, back.data(), kBlock8);
    for (std::size_t i = 0; i < kBlock8; ++i) {
      if (std::isnan(numbers[i])) {
        EXPECT_TRUE(std::isnan(back[i]));
      } else {
        EXPECT_EQ(bits(back[i]), bits(numbers[i])) << i;
      }
    }
  };
  for (const float scale : {0x1p-80F, 1.0F, 0x1p100F}) {
    check(all_codes(scale, widen_signed8), narrow_signed8, widen_signed8);
    check(all_codes(scale, widen_unsigned8), narrow_unsigned8, widen_unsigned8);
  }
}

TEST(Bits8, AnEighthAtMostAndRightOnAverage) {
  constexpr int kTimes = 4000;
  std::vector<float> x = floats(kBlock8, 14);
  for (const bool of_sign : {true, false}) {
    if (!of_sign) {
      for (float& y : x) y = std::abs(y);
    }
    std::vector<double> mean(kBlock8);
    for (int time = 0; time < kTimes; ++time) {
      Block8 block{};
      std::vector<float> back(kBlock8);
      const RoundingStream stream{static_cast<std::uint32_t>(time) * 1000, 0};
      of_sign ? narrow_signed8(x.data(), &block, kBlock8, stream)
              : narrow_unsigned8(x.data(), &block, kBlock8, stream);
      of_sign ? widen_signed8(&block, back.data(), kBlock8) : widen_unsigned8(&block, back.data(), kBlock8);
      for (std::size_t i = 0; i < kBlock8; ++i) {
        EXPECT_LE(std::abs(back[i] - x[i]), std::abs(x[i]) / 8);
        mean[i] += back[i] / kTimes;
      }
    }
    // The distance of two codes is at most x / 8, so the mean of kTimes has at most this standard deviation.
    for (std::size_t i = 0; i < kBlock8; ++i)
      EXPECT_NEAR(mean[i], x[i], 5 * std::abs(x[i]) / 16 / std::sqrt(kTimes)) << i;
  }
}

TEST(Bits8, SmallNumbersAreRightOnAverageTooAndSquaresNeverVanish) {
  constexpr std::size_t kCount = 1 << 16;
  std::vector<float> x(kCount, 0x1p-19F);  // a quarter of the least code under a scale of 1
  for (std::size_t i = 0; i < kCount; i += kBlock8) x[i] = 1;
  std::vector<Block8> blocks(kCount / kBlock8);
  std::vector<float> back(kCount);
  narrow_signed8(x.data(), blocks.data(), kCount, {9, 0});
  widen_signed8(blocks.data(), back.data(), kCount);
  double sum = 0;
  for (std::size_t i = 0; i < kCount; ++i) sum += i % kBlock8 == 0 ? 0 : back[i];
  const double n = kCount - kCount / kBlock8, least = 0x1p-17, p = 0x1p-19 / least;
  EXPECT_NEAR(sum / n, 0x1p-19, 4 * least * std::sqrt(p * (1 - p) / n));

  const NoDenormals mode;
  for (const float largest : {1.0F, 1e-30F, 1e-37F, 1e38F}) {
    for (std::size_t i = 0; i < kCount; ++i) x[i] = i % kBlock8 == 0 ? largest : i % 2 == 0 ? 1.2e-38F : 0;
    narrow_unsigned8(x.data(), blocks.data(), kCount, {10, 0});
    widen_unsigned8(blocks.data(), back.data(), kCount);
    for (std::size_t i = 0; i < kCount; ++i) EXPECT_EQ(back[i] > 0, x[i] > 0) << i;
  }
}

TEST(Bits8, ANumberThatIsNoneSpoilsNoOther) {
  std::vector<float> x(kBlock8, 0.75F);
  x[3] = std::numeric_limits<float>::quiet_NaN();
  x[5] = -std::numeric_limits<float>::infinity();
  for (const bool of_sign : {true, false}) {
    Block8 block{};
    std::vector<float> back(kBlock8);
    of_sign ? narrow_signed8(x.data(), &block, kBlock8, {1, 0})
            : narrow_unsigned8(x.data(), &block, kBlock8, {1, 0});
    of_sign ? widen_signed8(&block, back.data(), kBlock8) : widen_unsigned8(&block, back.data(), kBlock8);
    for (std::size_t i = 0; i < kBlock8; ++i) {
      if (i == 3 || i == 5) {
        EXPECT_TRUE(std::isnan(back[i]));
      } else {
        EXPECT_EQ(back[i], 0.75F);
      }
    }
  }
}

TEST(Narrow, TheSameBitsOnEveryInstructionSet) {
  std::vector<float> x = any_floats(2000);
  const std::vector<float> usual = floats(2000, 20);
  x.insert(x.end(), usual.begin(), usual.end());
  const std::size_t n = x.size() - 3;
  std::vector<std::vector<char>> expected;
  on_every_target([&] {
    const NoDenormals mode;
    std::vector<std::vector<char>> got;
    const auto keep = [&](const auto& numbers) {
      const auto* start = reinterpret_cast<const char*>(numbers.data());
      got.emplace_back(start, start + numbers.size() * sizeof(numbers[0]));
    };
    std::vector<BFloat16> high(n), low(n);
    std::vector<Block8> blocks((n + kBlock8 - 1) / kBlock8);
    std::vector<float> wide(n);
    for (const std::size_t shift : {0, 1, 3}) {
      const float* from = x.data() + shift;
      narrow_bf16(from, high.data(), n);
      keep(high);
      narrow_bf16_randomly(from, high.data(), n, {11, 5});
      keep(high);
      split_bf16(from, high.data(), low.data(), n);
      keep(high), keep(low);
      join_bf16(high.data(), low.data(), wide.data(), n);
      for (float& y : wide) y = std::isnan(y) ? 0 : y;
      keep(wide);
      narrow_signed8(from, blocks.data(), n, {12, 0});
      keep(blocks);
      widen_signed8(blocks.data(), wide.data(), n);
      keep(wide);
      narrow_unsigned8(from, blocks.data(), n, {13, 0});
      keep(blocks);
      widen_unsigned8(blocks.data(), wide.data(), n);
      keep(wide);
      scale_and_clamp(from, 0.5F, 0.01F, wide.data(), n);
      for (float& y : wide) y = std::isnan(y) ? 0 : y;
      keep(wide);
    }
    if (expected.empty()) expected = got;
    EXPECT_EQ(got, expected);
  });
}

}  // namespace
}  // namespace calando::cpu
