// SPDX-License-Identifier: MIT
// Decimal numbers to float32, correctly rounded, at the speed of the memory that holds them.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace calando::io {

/// How many bytes behind the text of a number may be looked at. They are not understood.
inline constexpr std::size_t kDecimalPadding = 8;

/// The digits of a number as an integer, and the power of ten that goes with it.
struct Decimal {
  std::uint64_t digits = 0;
  int count = 0;  ///< of digits, leading zeros included; above 19 `digits` has overflowed
  int exponent = 0;
  bool negative = false;
};

namespace decimal {

inline bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

/// Whether all eight bytes are digits: no carry out of 0x30..0x39 when 6 is added, and none below 0x30.
inline bool are_digits(std::uint64_t eight) {
  return ((eight & (eight + 0x0606060606060606)) & 0xF0F0F0F0F0F0F0F0) == 0x3030303030303030;
}

/// The value of eight digits, the first in the lowest byte: pairs, then fours, then all.
inline std::uint64_t value_of(std::uint64_t eight) {
  eight = (eight & 0x0F0F0F0F0F0F0F0F) * 2561 >> 8;
  eight = (eight & 0x00FF00FF00FF00FF) * 6553601 >> 16;
  return (eight & 0x0000FFFF0000FFFF) * 42949672960001 >> 32;
}

inline const char* scan_digits(const char* p, Decimal& number) {
  const char* const start = p;
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t eight = 0;
  for (std::memcpy(&eight, p, sizeof eight); are_digits(eight); std::memcpy(&eight, p, sizeof eight)) {
    number.digits = number.digits * 100000000 + value_of(eight);
    p += 8;
  }
  for (; is_digit(*p); ++p) number.digits = number.digits * 10 + static_cast<std::uint64_t>(*p - '0');
  number.count += static_cast<int>(std::min<std::ptrdiff_t>(p - start, 1000));
  return p;
}

/// Behind "e": nothing where no digit follows.
inline const char* scan_exponent(const char* p, Decimal& number) {
  const bool negative = *p == '-';
  if (*p == '-' || *p == '+') ++p;
  if (!is_digit(*p)) return nullptr;
  int value = 0;
  for (; is_digit(*p); ++p) value = std::min(value * 10 + (*p - '0'), 100000);
  number.exponent += negative ? -value : value;
  return p;
}

inline constexpr std::array<double, 23> kPowersOfTen = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                        1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                        1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

}  // namespace decimal

/// Reads a number from `p` on: sign, digits with a point anywhere, exponent. Returns its end, or nullptr
/// where there is none. Something that is no part of a number is to follow before the text ends, and
/// kDecimalPadding more bytes.
inline const char* scan_decimal(const char* p, Decimal& number) {
  number.negative = *p == '-';
  if (*p == '-' || *p == '+') ++p;
  p = decimal::scan_digits(p, number);
  if (*p == '.') {
    const char* const point = ++p;
    p = decimal::scan_digits(p, number);
    number.exponent = -static_cast<int>(std::min<std::ptrdiff_t>(p - point, 1 << 20));
  }
  if (number.count == 0) return nullptr;
  if (*p == 'e' || *p == 'E') return decimal::scan_exponent(p + 1, number);
  return p;
}

/// The float32 nearest to the number, or false where this cannot tell: a few in a hundred million, and the
/// far ends of the range.
///
/// Digits and power are correctly rounded doubles, and so is what they make: it is within 2 units in the last
/// place of the number. Halfway between two floats lies a double whose lower 29 bits are 1 and then zeros. A
/// double further than that from such a point is on the number's side of it, so that rounding it again changes
/// nothing.
inline bool to_float32(const Decimal& number, float& out) {
  constexpr std::uint64_t kHalfway = std::uint64_t{1} << 28;
  constexpr std::uint64_t kLowerBits = (std::uint64_t{1} << 29) - 1;
  if (number.count > 19 || number.exponent < -22 || number.exponent > 22) return false;
  const double power = decimal::kPowersOfTen[static_cast<std::size_t>(std::abs(number.exponent))];
  const auto digits = static_cast<double>(number.digits);
  const double value = number.exponent < 0 ? digits / power : digits * power;
  const std::uint64_t lower = std::bit_cast<std::uint64_t>(value) & kLowerBits;
  const bool decided = lower - (kHalfway - 3) > 6;
  const bool normal =
      value >= static_cast<double>(std::numeric_limits<float>::min()) && value < 0x1.fffffep127;
  const auto rounded = static_cast<float>(normal ? value : 0.0);
  out = number.negative ? -rounded : rounded;
  return (decided && normal) || number.digits == 0;
}

/// The float32 nearest to the whole text, infinite where it is beyond the range; false where the text is no
/// number. "nan" and "inf" are none. Where to_float32 cannot tell, and for any text.
bool to_float32(const char* first, const char* last, float& out);

/// The same for a double.
bool to_float64(const char* first, const char* last, double& out);

}  // namespace calando::io
