// SPDX-License-Identifier: MIT
// What tests of similarities share: numbers of every type, a reference in long double, every instruction set.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "calando/similarity.h"
#include "src/cpu/random.h"
#include "src/similarity/kernel.h"
#include "src/similarity/widen.h"
#ifndef CALANDO_PORTABLE
#include "hwy/targets.h"
#endif

namespace calando::similarity {

/// Calls check() once for each instruction set of this machine that the kernels are compiled for.
template <class Check>
void on_every_target(const Check& check) {
#ifdef CALANDO_PORTABLE
  check();
#else
  for (std::int64_t rest = hwy::SupportedTargets(); rest != 0; rest &= rest - 1) {
    hwy::SetSupportedTargetsForTest(rest & -rest);
    if (std::string(kernel_target()) == hwy::TargetName(rest & -rest)) check();
  }
  hwy::SetSupportedTargetsForTest(0);
#endif
}

/// A number of type T, towards zero where T has not the bits.
template <class T>
T rounded(double x) {
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
  if constexpr (std::is_same_v<T, BFloat16>) {
    return {static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(static_cast<float>(x)) >> 16 |
                                       (std::isnan(x) ? 1U : 0U))};
  } else if constexpr (std::is_same_v<T, Float16>) {
    const auto sign = static_cast<std::uint16_t>(bits >> 63 << 15);
    if (!std::isfinite(x)) return {static_cast<std::uint16_t>(sign | 0x7C00U | (std::isnan(x) ? 1U : 0U))};
    const int exponent = x == 0 ? -15 : std::max(std::ilogb(x), -15);
    if (exponent > 15) return {static_cast<std::uint16_t>(sign | 0x7BFFU)};
    const auto units = static_cast<std::uint16_t>(std::ldexp(std::abs(x), 10 - std::max(exponent, -14)));
    const int fields = exponent == -15 ? units : ((exponent + 15) << 10) + (units - 1024);
    return {static_cast<std::uint16_t>(sign | static_cast<unsigned>(fields))};
  } else if constexpr (std::is_same_v<T, Bits8>) {
    return {static_cast<std::uint8_t>(bits >> 44)};
  } else {
    return static_cast<T>(x);
  }
}

template <class T>
T negative(T x) {
  return rounded<T>(-number_of(x));
}

/// Powers of two from the smallest subnormal number to the greatest finite one.
struct Range {
  int least;
  int greatest;
};
inline Range range_of(Element element) {
  if (element == Element::f64) return {-1074, 1023};
  if (element == Element::f16) return {-24, 15};
  return {element == Element::bf16 ? -133 : -149, 127};
}

/// Two vectors of n elements that may start at any byte; -1 to 1 for floats, the whole range for integers.
template <class T>
class Sample {
 public:
  Sample(std::size_t n, std::uint32_t part) : bytes_(2 * (n * sizeof(T) + 16)), size_(n) {
    const cpu::Random random(17, cpu::Purpose::test, part);
    constexpr bool is_unsigned = std::is_same_v<T, std::uint8_t>;
    for (std::size_t i = 0; i < 2 * n; ++i) {
      const double u = random.uniform(i);
      const double x = std::is_same_v<T, Bits8> ? 1 + u
                       : std::is_integral_v<T>
                           ? std::floor((is_unsigned ? 256 : 255) * u) - (is_unsigned ? 0 : 127)
                           : 2 * u - 1;
      (i < n ? a_ : b_).push_back(rounded<T>(x));
    }
    if constexpr (std::is_integral_v<T>) a_[0] = b_[0] = 1;  // no vector of zeros
    if constexpr (std::is_same_v<T, Bits8>) a_[0].bits = b_[0].bits = 1;
    shift(0);
  }

  void shift(std::size_t by) {
    shift_ = by;
    std::memcpy(first(), a_.data(), size_ * sizeof(T));
    std::memcpy(second(), b_.data(), size_ * sizeof(T));
  }
  static std::size_t dimension_of(std::size_t n) { return std::is_same_v<T, Bits8> ? 8 * n : n; }
  Vectors a() { return {first(), ElementOf<T>::value, 1, dimension_of(size_), size_ * sizeof(T)}; }
  Vectors b() { return {second(), ElementOf<T>::value, 1, dimension_of(size_), size_ * sizeof(T)}; }
  const std::vector<T>& numbers() const { return a_; }

 private:
  char* first() { return bytes_.data() + shift_; }
  char* second() { return bytes_.data() + bytes_.size() / 2 + (shift_ * 5) % 9; }
  std::vector<char> bytes_;
  std::size_t size_;
  std::size_t shift_ = 0;
  std::vector<T> a_, b_;
};

/// A vector divided by its largest element's power of two, in long double.
inline std::vector<long double> exact_numbers(const Vectors& v) {
  std::vector<double> x(v.dimension);
  widen(v.element, v.data, v.dimension, x.data());
  double largest = 0;
  for (const double number : x) largest = std::max(largest, std::abs(number));
  std::vector<long double> result;
  for (const double number : x)
    result.push_back(std::ldexp(static_cast<long double>(number), -std::ilogb(largest)));
  return result;
}

inline long double exact_dot(const std::vector<long double>& a, const std::vector<long double>& b) {
  long double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

inline long double exact_similarity(const Vectors& a, const Vectors& b) {
  const std::vector<long double> x = exact_numbers(a), y = exact_numbers(b);
  return exact_dot(x, y) / (std::sqrt(exact_dot(x, x)) * std::sqrt(exact_dot(y, y)));
}

inline long double exact_angle(const Vectors& a, const Vectors& b) {
  const std::vector<long double> x = exact_numbers(a), y = exact_numbers(b);
  const long double norm_a = std::sqrt(exact_dot(x, x)), norm_b = std::sqrt(exact_dot(y, y));
  long double minus = 0, plus = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double u = x[i] / norm_a, v = y[i] / norm_b;
    minus += (u - v) * (u - v);
    plus += (u + v) * (u + v);
  }
  return 2 * std::atan2(std::sqrt(minus), std::sqrt(plus));
}

}  // namespace calando::similarity
