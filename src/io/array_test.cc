// SPDX-License-Identifier: MIT
#include "src/io/array.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "calando/error.h"

namespace calando::io {
namespace {

TEST(Array, ElementsAsStoredAndAsFloats) {
  const std::vector<std::int16_t> elements = {-1, 2, 300};
  const Array array = view_of<std::int16_t>(elements, {3});
  EXPECT_EQ(array.count(), 3);
  EXPECT_THAT(array.as<std::int16_t>(), testing::ElementsAre(-1, 2, 300));
  std::array<float, 2> floats{};
  array.copy_to(1, floats);
  EXPECT_THAT(floats, testing::ElementsAre(2.0F, 300.0F));
  EXPECT_THROW(array.as<std::uint16_t>(), UsageError);
  EXPECT_THROW(array.copy_to(2, floats), UsageError);
  EXPECT_THROW(array.copy_to(std::numeric_limits<std::size_t>::max(), floats), UsageError);
}

TEST(Array, LargeIntegersAreRoundedOnce) {
  const std::vector<std::uint64_t> elements = {(1ULL << 54) + (1ULL << 30) + 1, ~0ULL};
  std::array<float, 2> floats{};
  view_of<std::uint64_t>(elements, {2}).copy_to(0, floats);
  EXPECT_EQ(floats[0], 0x1.000002p54F);  // the double between would round to even, downwards
  EXPECT_EQ(floats[1], 0x1p64F);
}

/// The value of a binary16 by its definition.
double half_value(std::uint16_t bits) {
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  const int exponent = (bits >> 10) & 31;
  const double fraction = bits & 1023;
  if (exponent == 31) return fraction != 0 ? std::nan("") : sign * HUGE_VAL;
  return exponent == 0 ? sign * std::ldexp(fraction, -24) : sign * std::ldexp(1024 + fraction, exponent - 25);
}

TEST(Array, EveryBinary16) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const double expected = half_value(half);
    const float value = Float16{half};
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(value)) << bits;
    } else {
      ASSERT_EQ(value, expected) << bits;
      ASSERT_EQ(std::signbit(value), std::signbit(expected)) << bits;
    }
  }
}

TEST(Array, BFloat16IsTheUpperHalfOfAFloat) {
  EXPECT_EQ(static_cast<float>(BFloat16{0x3F80}), 1.0F);
  EXPECT_EQ(static_cast<float>(BFloat16{0xC049}), -3.140625F);
}

TEST(Array, BuffersAreAligned) {
  for (const std::size_t size : {0U, 1U, 63U, 4097U}) {
    const Buffer buffer = make_buffer(size);
    EXPECT_EQ(std::bit_cast<std::uintptr_t>(buffer.data) % 64, 0);
    EXPECT_EQ(buffer.bytes.view.size(), size);
  }
}

}  // namespace
}  // namespace calando::io
