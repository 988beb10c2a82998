// SPDX-License-Identifier: MIT
// Numbers of 106 bits as the unevaluated sum of two doubles, from nothing but IEEE + - * / and sqrt: the same bits on every
// processor, and in constant expressions. Contraction has to be off, and it is.
//
// Source:  Dekker 1971; Knuth, The Art of Computer Programming 2, section 4.2.2; Joldes, Muller & Popescu 2017
#pragma once

#include <cmath>
#include <cstdint>

namespace calando::schedule {

struct DoubleDouble {
  double high = 0;  // the sum rounded
  double low = 0;

  constexpr DoubleDouble() = default;
  constexpr DoubleDouble(double value) : high(value) {}  // NOLINT(google-explicit-constructor): exact
  constexpr DoubleDouble(double high_part, double low_part) : high(high_part), low(low_part) {}
};

/// a + b exactly.
constexpr DoubleDouble two_sum(double a, double b) {
  const double sum = a + b;
  const double b_part = sum - a;
  return {sum, (a - (sum - b_part)) + (b - b_part)};
}

/// The same where |a| >= |b|, or a is 0.
constexpr DoubleDouble quick_two_sum(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}

/// The upper 26 bits of a; the rest has 26 too.
constexpr double top_half(double a) {
  const double wide = (0x1p27 + 1) * a;
  return wide - (wide - a);
}

/// a b exactly, by halves.
constexpr DoubleDouble two_product(double a, double b) {
  const double product = a * b;
  const double a_top = top_half(a);
  const double b_top = top_half(b);
  const double a_rest = a - a_top;
  const double b_rest = b - b_top;
  return {product, ((a_top * b_top - product) + a_top * b_rest + a_rest * b_top) + a_rest * b_rest};
}

constexpr DoubleDouble operator-(DoubleDouble a) { return {-a.high, -a.low}; }

constexpr DoubleDouble operator+(DoubleDouble a, DoubleDouble b) {
  const DoubleDouble high = two_sum(a.high, b.high);
  const DoubleDouble low = two_sum(a.low, b.low);
  const DoubleDouble sum = quick_two_sum(high.high, high.low + low.high);
  return quick_two_sum(sum.high, sum.low + low.low);
}
constexpr DoubleDouble operator-(DoubleDouble a, DoubleDouble b) { return a + -b; }

constexpr DoubleDouble operator*(DoubleDouble a, DoubleDouble b) {
  const DoubleDouble product = two_product(a.high, b.high);
  return quick_two_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

/// Exact where the quotient is a double.
constexpr DoubleDouble operator/(DoubleDouble a, DoubleDouble b) {
  const double first = a.high / b.high;
  const DoubleDouble rest = a - b * DoubleDouble(first);
  const double second = rest.high / b.high;
  const DoubleDouble last = rest - b * DoubleDouble(second);
  return quick_two_sum(first, second) + DoubleDouble(last.high / b.high);
}

/// Multiplication by a power of two.
constexpr DoubleDouble scaled(DoubleDouble a, double power) { return {a.high * power, a.low * power}; }

/// A number of 79 bits as one of 26 and one of 53, so that a product with it costs little.
struct Factor {
  double top = 0;
  double rest = 0;

  constexpr Factor() = default;
  constexpr explicit Factor(DoubleDouble a) : top(top_half(a.high)), rest((a.high - top) + a.low) {}
};

/// Within 2^-76 of the product.
constexpr DoubleDouble operator*(Factor a, DoubleDouble b) {
  const double b_top = top_half(b.high);
  const double b_rest = (b.high - b_top) + b.low;
  return quick_two_sum(a.top * b_top, a.top * b_rest + a.rest * b.high);
}

/// Whether a >= b.
constexpr bool reaches(DoubleDouble a, DoubleDouble b) { return (a.high - b.high) + (a.low - b.low) >= 0; }

/// The largest whole number that is not above a >= 0.
inline DoubleDouble floor(DoubleDouble a) {
  const double high = std::floor(a.high);
  return high == a.high ? quick_two_sum(high, std::floor(a.low)) : DoubleDouble(high);
}

inline DoubleDouble sqrt(DoubleDouble a) {
  if (a.high <= 0) return 0;
  const double root = std::sqrt(a.high);
  const DoubleDouble rest = a - two_product(root, root);
  return quick_two_sum(root, rest.high / (2 * root));
}

/// A step exactly, also beyond 2^53.
inline DoubleDouble from_step(std::int64_t step) {
  const auto high = static_cast<double>(step);
  if (high >= 0x1p63) return {0x1p63, -static_cast<double>(INT64_MAX - step) - 1};
  return {high, static_cast<double>(step - static_cast<std::int64_t>(high))};
}

/// The nearest double.
constexpr double rounded(DoubleDouble a) { return a.high + a.low; }

/// a^n for n >= 0.
constexpr DoubleDouble whole_power(DoubleDouble a, std::int64_t n) {
  DoubleDouble power = 1;
  for (; n > 0; n >>= 1) {
    if (n & 1) power = power * a;
    if (n > 1) a = a * a;
  }
  return power;
}

}  // namespace calando::schedule
