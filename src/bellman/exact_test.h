// SPDX-License-Identifier: MIT
// Exact answers for small models, for the tests: whole numbers of any size, and policy iteration without rounding.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include "calando/mdp.h"
#include "calando/solve.h"

namespace calando::bellman::exact {

/// A whole number of any size: sign and magnitude, 32 bits a digit, the lowest first.
class Integer {
 public:
  Integer() = default;
  Integer(std::int64_t value) : negative_(value < 0) {  // NOLINT(google-explicit-constructor): exact
    auto rest = negative_ ? -static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    for (; rest != 0; rest >>= 32) digits_.push_back(static_cast<std::uint32_t>(rest));
  }

  bool zero() const { return digits_.empty(); }
  bool negative() const { return negative_; }

  friend Integer operator-(Integer a) {
    a.negative_ = !a.negative_ && !a.zero();
    return a;
  }
  friend Integer operator+(const Integer& a, const Integer& b) {
    if (a.negative_ == b.negative_) return make(sum(a.digits_, b.digits_), a.negative_);
    if (less(a.digits_, b.digits_)) return make(difference(b.digits_, a.digits_), b.negative_);
    return make(difference(a.digits_, b.digits_), a.negative_);
  }
  friend Integer operator-(const Integer& a, const Integer& b) { return a + -b; }
  friend Integer operator*(const Integer& a, const Integer& b) {
    Digits product(a.digits_.size() + b.digits_.size());
    for (std::size_t i = 0; i < a.digits_.size(); ++i) {
      std::uint64_t carry = 0;
      for (std::size_t j = 0; j < b.digits_.size(); ++j) {
        carry += product[i + j] + std::uint64_t{a.digits_[i]} * b.digits_[j];
        product[i + j] = static_cast<std::uint32_t>(carry);
        carry >>= 32;
      }
      product[i + b.digits_.size()] = static_cast<std::uint32_t>(carry);
    }
    return make(std::move(product), a.negative_ != b.negative_);
  }
  /// The largest power of two that divides it; of 0: more than any.
  int trailing_zeros() const {
    if (zero()) return std::numeric_limits<int>::max();
    std::size_t i = 0;
    while (digits_[i] == 0) ++i;
    return static_cast<int>(32 * i) + std::countr_zero(digits_[i]);
  }
  Integer shifted_right(int bits) const {
    Integer result = *this;
    if (zero()) return result;
    result.digits_.erase(result.digits_.begin(), result.digits_.begin() + bits / 32);
    for (int i = 0; i < bits % 32; ++i) result.halve();
    return result;
  }
  Integer shifted(int bits) const { return *this * power_of_two(bits); }

  /// a / b where b divides a: from the lowest digit up, so that no digit is ever guessed.
  ///
  /// Source:  Jebelean 1993, "An algorithm for exact division".
  friend Integer divide_exactly(Integer a, Integer b) {
    if (a.zero()) return {};
    const bool negative = a.negative_ != b.negative_;
    while (b.digits_.front() == 0) {  // b divides a, so a has those zeros too
      b.digits_.erase(b.digits_.begin());
      a.digits_.erase(a.digits_.begin());
    }
    while (b.digits_.front() % 2 == 0) {
      b.halve();
      a.halve();
    }
    std::uint32_t inverse = 1;  // of b modulo 2^32, by Newton's iteration
    for (int i = 0; i < 5; ++i) inverse *= 2 - b.digits_.front() * inverse;
    Digits quotient;
    for (std::size_t i = 0; i + b.digits_.size() <= a.digits_.size(); ++i) {
      quotient.push_back(a.digits_[i] * inverse);
      a.subtract_multiple(b.digits_, quotient.back(), i);
    }
    return make(std::move(quotient), negative);
  }

  static Integer power_of_two(int bits) {
    Digits digits(static_cast<std::size_t>(bits / 32) + 1);
    digits.back() = std::uint32_t{1} << (bits % 32);
    return make(std::move(digits), false);
  }

 private:
  using Digits = std::vector<std::uint32_t>;

  static Integer make(Digits digits, bool negative) {
    while (!digits.empty() && digits.back() == 0) digits.pop_back();
    Integer result;
    result.negative_ = negative && !digits.empty();
    result.digits_ = std::move(digits);
    return result;
  }
  static bool less(const Digits& a, const Digits& b) {
    if (a.size() != b.size()) return a.size() < b.size();
    return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
  }
  static Digits sum(Digits a, const Digits& b) {
    a.resize(std::max(a.size(), b.size()) + 1);
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      carry += std::uint64_t{a[i]} + (i < b.size() ? b[i] : 0);
      a[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    return a;
  }
  static Digits difference(Digits a, const Digits& b) {
    std::int64_t borrow = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      borrow += std::int64_t{a[i]} - (i < b.size() ? b[i] : 0);
      a[i] = static_cast<std::uint32_t>(borrow);
      borrow >>= 32;
    }
    return a;
  }
  void halve() {
    for (std::size_t i = 0; i < digits_.size(); ++i) {
      digits_[i] = (digits_[i] >> 1) | (i + 1 < digits_.size() ? digits_[i + 1] << 31 : 0);
    }
    while (!digits_.empty() && digits_.back() == 0) digits_.pop_back();
  }
  void subtract_multiple(const Digits& b, std::uint32_t factor, std::size_t at) {
    std::uint64_t carry = 0;
    for (std::size_t i = at; i < digits_.size(); ++i) {
      const std::size_t j = i - at;
      carry += j < b.size() ? std::uint64_t{b[j]} * factor : 0;
      const auto low = static_cast<std::uint32_t>(carry);
      carry = (carry >> 32) + (digits_[i] < low ? 1 : 0);
      digits_[i] -= low;
    }
  }

  bool negative_ = false;
  Digits digits_;
};

inline bool operator<(const Integer& a, const Integer& b) { return (a - b).negative(); }

/// A double times 2^kScale, which is to be whole.
inline constexpr int kScale = 160;
inline Integer scaled(double x) {
  int exponent = 0;
  const auto mantissa = static_cast<std::int64_t>(std::ldexp(std::frexp(x, &exponent), 53));
  const int shift = exponent - 53 + kScale;
  if (shift < 0 && mantissa != 0) throw std::logic_error("too small a number for an exact test");
  return mantissa == 0 ? Integer() : Integer(mantissa).shifted(shift);
}

/// The values of a policy: numerators over one denominator that is positive.
struct Values {
  std::vector<Integer> numerator;
  Integer denominator;
};

/// Divides a row of an equation by the powers of two that all its numbers have.
inline void strip(std::vector<Integer>& row) {
  int common = std::numeric_limits<int>::max();
  for (const Integer& x : row) common = std::min(common, x.trailing_zeros());
  for (Integer& x : row) x = x.shifted_right(common);
}

/// Solves a x = b by Bareiss's elimination, in which every division is exact.
inline Values solve(std::vector<std::vector<Integer>> a, std::vector<Integer> b) {
  const std::size_t n = b.size();
  for (std::size_t i = 0; i < n; ++i) {
    a[i].push_back(b[i]);
    strip(a[i]);
  }
  Integer previous = 1;
  for (std::size_t k = 0; k < n; ++k) {  // Gauss-Jordan: at the end the matrix is previous x identity
    std::size_t pivot = k;
    while (a[pivot][k].zero()) ++pivot;
    if (pivot != k) {
      std::swap(a[pivot], a[k]);
      for (Integer& x : a[k]) x = -x;
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (i == k) continue;
      const Integer factor = a[i][k];
      for (std::size_t j = 0; j <= n; ++j) {
        a[i][j] = divide_exactly(a[k][k] * a[i][j] - factor * a[k][j], previous);
      }
    }
    previous = a[k][k];
  }
  Values values{std::vector<Integer>(n), previous};
  for (std::size_t i = 0; i < n; ++i) values.numerator[i] = a[i][n];
  if (values.denominator.negative()) {
    values.denominator = -values.denominator;
    for (Integer& x : values.numerator) x = -x;
  }
  return values;
}

/// A model's optimal values, by policy iteration in whole numbers.
class Optimum {
 public:
  Optimum(const Mdp& model, double discount, Objective objective)
      : model_(model), discount_(scaled(discount)) {
    const MdpArrays& a = model.arrays();
    std::vector<std::uint32_t> policy(a.choice_begin.begin(), a.choice_begin.end() - 1);
    const Integer sign = objective == Objective::maximise ? 1 : -1;
    for (bool improved = true; improved;) {
      values_ = evaluate(policy);
      improved = false;
      for (std::size_t s = 0; s < policy.size(); ++s) {
        for (std::uint32_t c = a.choice_begin[s]; c < a.choice_begin[s + 1]; ++c) {
          if (!(sign * backup(policy[s]) < sign * backup(c))) continue;
          policy[s] = c;
          improved = true;
        }
      }
    }
  }

  /// Whether the number is at most the value of the state, or at least.
  bool at_most(double number, std::size_t state) const {
    return !(values_.numerator[state].shifted(kScale) < scaled(number) * values_.denominator);
  }
  bool at_least(double number, std::size_t state) const {
    return !(scaled(number) * values_.denominator < values_.numerator[state].shifted(kScale));
  }

 private:
  /// discount x the choice's own, times 2^(2 kScale).
  Integer factor(std::uint32_t c) const {
    const auto own = model_.arrays().discount;
    return discount_ * scaled(own.empty() ? 1 : own[c]);
  }

  Values evaluate(const std::vector<std::uint32_t>& policy) const {
    const MdpArrays& m = model_.arrays();
    const std::size_t n = policy.size();
    std::vector<std::vector<Integer>> a(n, std::vector<Integer>(n));
    std::vector<Integer> b(n);
    for (std::size_t s = 0; s < n; ++s) {
      a[s][s] = Integer::power_of_two(3 * kScale);
      b[s] = scaled(m.reward[policy[s]]).shifted(2 * kScale);
      for (std::uint32_t i = m.row_begin[policy[s]]; i < m.row_begin[policy[s] + 1]; ++i) {
        a[s][m.target[i]] = a[s][m.target[i]] - factor(policy[s]) * scaled(m.probability[i]);
      }
    }
    return exact::solve(std::move(a), std::move(b));
  }

  /// Q of a choice, times the denominator and 2^(3 kScale).
  Integer backup(std::uint32_t c) const {
    const MdpArrays& m = model_.arrays();
    Integer expected;
    for (std::uint32_t i = m.row_begin[c]; i < m.row_begin[c + 1]; ++i) {
      expected = expected + scaled(m.probability[i]) * values_.numerator[m.target[i]];
    }
    return scaled(m.reward[c]).shifted(2 * kScale) * values_.denominator + factor(c) * expected;
  }

  const Mdp& model_;
  Integer discount_;
  Values values_;
};

}  // namespace calando::bellman::exact
