// SPDX-License-Identifier: MIT
// Functions of one number for use in a rule's formula: no calls, so that the loop around them is vectorized, and the same bits on
// every instruction set.
#pragma once

#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>

#include "calando/lane.h"

namespace calando {

/// -1, 0 or 1; NaN of NaN.
template <class T>
CALANDO_LANE T sign(T x) {
  const T at_most_zero = x > 0 ? T{1} : x;  // two choices one after the other; nested, GCC makes four of them
  return x < 0 ? T{-1} : at_most_zero;
}

/// The larger one; NaN where b is NaN.
template <class T>
CALANDO_LANE T larger(T a, T b) {
  return a > b ? a : b;
}

/// x kept within [low, high]; NaN of NaN.
template <class T>
CALANDO_LANE T clamped(T x, T low, T high) {
  x = x < low ? low : x;
  return x > high ? high : x;
}

/// |x| with the sign of y, and 0 where y is 0.
template <class T>
CALANDO_LANE T signed_like(T x, T y) {
  using std::abs;
  return abs(x) * sign(y);
}

/// m + gain (x - m): a mean that forgets. The factor beta is not there because rounding it would pull m the same way at every step.
template <class T>
CALANDO_LANE T towards(T m, T gain, T x) {
  return m + gain * (x - m);
}

/// beta v + gain x: the same of squares, which may overflow; infinity stays what it is.
template <class T>
CALANDO_LANE T decayed(T beta, T v, T gain, T x) {
  return beta * v + gain * x;
}

namespace elementary {

/// The bits of a number as a whole one, and the constants that go with its format.
template <class T>
struct Format;
template <>
struct Format<float> {
  using Bits = std::int32_t;
  static constexpr int kFraction = 23;
  static constexpr Bits kBias = 127;
  static constexpr Bits kReciprocalCubeRoot =
      0x54A24000;  // about 4/3 of the bits of 1, less what balances the error
};
template <>
struct Format<double> {
  using Bits = std::int64_t;
  static constexpr int kFraction = 52;
  static constexpr Bits kBias = 1023;
  static constexpr Bits kReciprocalCubeRoot = 0x553EF2AAAAAAAC00;
};

}  // namespace elementary

/// The cube root of x >= 0, a normal number or 0. Without a division, which costs as much as ten multiplications.
///
///   r, the reciprocal root, is minus a third of the exponent, good to 3.5 %; twice  e = 1 - x r^3;  r <- r (1 + e / 3 + 2 e^2 / 9),
///   which cubes the error;  y = x r^2;  y <- y - (y^3 - x) r^2 / 3, whose rounding is that of a small correction
///
/// Error:   1 ulp; exact at 0
/// Source:  the series of (1 - e)^(-1/3), then Newton's iteration
template <class T>
CALANDO_LANE T cube_root(T x) {
  using F = elementary::Format<T>;
  using Bits = typename F::Bits;
  T r = std::bit_cast<T>(static_cast<Bits>(F::kReciprocalCubeRoot - std::bit_cast<Bits>(x) / 3));
  for (int i = 0; i < 2; ++i) {
    const T e = T{1} - (x * r) * (r * r);
    r = r + r * (e * (T{1} / 3 + e * (T{2} / 9)));
  }
  const T y = x * (r * r);
  return y - (y * y * y - x) * ((r * r) * (T{1} / 3));
}

/// x^a for x >= 0 and 0 <= a <= 1, in double whatever T is, because what it is used for are differences.
///
///   exp(a ln x);  ln by 2 atanh((m - 1) / (m + 1)) of the fraction m, exp by its series
///
/// Error:   (4 + 2 |a ln x|) ulp of double; 0 of 0 unless a is 0; NaN of NaN
template <class T>
CALANDO_LANE T power(T base, T exponent) {
  using Bits = std::uint64_t;
  constexpr double kLn2High = 0x1.62e42fee00000p-1, kLn2Low = 0x1.a39ef35793c76p-33;
  constexpr double kMagic = 0x1.8p52;  // added and taken away again, it rounds to a whole number
  constexpr Bits kHalf = std::bit_cast<Bits>(0.70710678118654752);
  const auto x = static_cast<double>(base);
  const Bits offset = std::bit_cast<Bits>(x) - kHalf;
  const Bits exponent_bits = (offset + (Bits{1024} << 52)) >> 52;  // e + 1024
  const double m = std::bit_cast<double>((offset & ((Bits{1} << 52) - 1)) + kHalf);
  const double e = std::bit_cast<double>(exponent_bits | std::bit_cast<Bits>(0x1p52)) - (0x1p52 + 1024);
  const double s = (m - 1) / (m + 1), q = s * s;
  double series = 1.0 / 23;
  for (int k = 21; k > 0; k -= 2) series = series * q + 1.0 / k;
  const double a = static_cast<double>(exponent);
  const double y = a * (e * kLn2High) + a * (2 * s * series + e * kLn2Low);
  const double shifted = y * (1 / (kLn2High + kLn2Low)) + kMagic;
  const double n = shifted - kMagic;
  const double r = (y - n * kLn2High) - n * kLn2Low;
  double sum = 1;
  for (int k = 14; k > 0; --k) sum = 1 + sum * r / k;
  const double two_n = std::bit_cast<double>((std::bit_cast<Bits>(shifted) + 1023) << 52);
  const double result = x == 0 ? (a == 0 ? 1.0 : 0.0) : sum * two_n;
  return x != x ? base : static_cast<T>(result);
}

}  // namespace calando
