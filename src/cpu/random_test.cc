// SPDX-License-Identifier: MIT
// Random numbers: the published known answers, their distribution, and that nothing depends on order.
#include "src/cpu/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

namespace calando::cpu {
namespace {

using Words = std::array<std::uint32_t, 4>;

// Source:  Random123 1.14, tests/kat_vectors, philox4x32 with 10 rounds.
TEST(Philox, KnownAnswers) {
  constexpr std::uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({ones, ones, ones, ones}, {ones, ones}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, IsAFunctionOfItsIndex) {
  const Random random(7, Purpose::test, 3);
  std::vector<std::uint64_t> forward;
  for (std::uint64_t i = 0; i < 100; ++i) forward.push_back(random.bits(i));
  for (std::uint64_t i = 100; i-- > 0;) EXPECT_EQ(Random(7, Purpose::test, 3).bits(i), forward[i]);
}

TEST(Random, StreamsDiffer) {
  std::set<std::uint64_t> seen;
  const std::uint64_t seeds[] = {0, 1, std::uint64_t{1} << 32};  // both halves of the seed count
  for (std::uint64_t seed : seeds)
    for (Purpose purpose : {Purpose::split, Purpose::shuffle, Purpose::dropout})
      for (std::uint32_t part : {0u, 1u, 2u})
        for (std::uint64_t index : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 32})
          seen.insert(Random(seed, purpose, part).bits(index));
  EXPECT_EQ(seen.size(), 3u * 3 * 3 * 3);
}

// Pearson's statistic of 100 cells has mean 99 and standard deviation 14: the bounds are 4 of those, both ways.
void expect_uniform(const std::vector<double>& cells, double draws) {
  double statistic = 0;
  const double expected = draws / static_cast<double>(cells.size());
  for (double cell : cells) statistic += (cell - expected) * (cell - expected) / expected;
  EXPECT_GT(statistic, 99 - 4 * std::sqrt(2.0 * 99));
  EXPECT_LT(statistic, 99 + 4 * std::sqrt(2.0 * 99));
}

TEST(Random, UniformIsUniform) {
  const Random random(1, Purpose::test);
  std::vector<double> cells(100);
  double sum = 0;
  constexpr int draws = 100'000;
  for (int i = 0; i < draws; ++i) {
    const double u = random.uniform(i);
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    ++cells[static_cast<std::size_t>(u * 100)];
    sum += u;
  }
  expect_uniform(cells, draws);
  EXPECT_NEAR(sum / draws, 0.5, 4 * std::sqrt(1.0 / 12 / draws));
}

TEST(Random, BelowReachesEveryNumberEvenly) {
  const Random random(2, Purpose::test);
  std::vector<double> cells(100);
  for (int i = 0; i < 100'000; ++i) ++cells[random.below(i, 100)];
  expect_uniform(cells, 100'000);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(random.below(i, 1), 0u);
}

TEST(Random, UniformIsAMultipleOfTwoToMinus53) {
  const Random random(3, Purpose::test);
  for (int i = 0; i < 100; ++i) {
    const double scaled = random.uniform(i) * 0x1p53;
    EXPECT_EQ(scaled, std::floor(scaled));
    EXPECT_EQ(static_cast<std::uint64_t>(scaled), random.bits(i) >> 11);
  }
}

}  // namespace
}  // namespace calando::cpu
