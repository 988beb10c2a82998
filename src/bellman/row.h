// SPDX-License-Identifier: MIT
// A row of probabilities: its copy, and its inner product with values, the order of its additions and what they can err.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace calando::bellman {

/// 2^-53: the largest relative error of one rounded operation.
inline constexpr double kUnitRoundoff = 0x1p-53;

/// Asks memory for the first transitions of a row that is read soon.
inline void prefetch_row(const double* probability, const std::uint32_t* target) noexcept {
  __builtin_prefetch(probability);
  __builtin_prefetch(probability + 8);
  __builtin_prefetch(target);
}

/// Copies a row, its probabilities times `factor`.
template <class Real>
inline void copy_row(const double* probability, const std::uint32_t* target, std::uint32_t count,
                     double factor, Real* to_probability, std::uint32_t* to_target) noexcept {
  std::copy_n(target, count, to_target);
  for (std::uint32_t i = 0; i < count; ++i) to_probability[i] = static_cast<Real>(factor * probability[i]);
}

/// Successors that follow each other in the order of states: target[i] is first + i.
struct Run {
  std::uint32_t first;
  std::uint32_t operator[](std::uint32_t i) const noexcept { return first + i; }
};

using Pair __attribute__((vector_size(16))) = double;

template <class Value, class Targets>
inline Pair values_of_pair(const Value& value, const Targets& target, std::uint32_t i) noexcept {
  return Pair{value[target[i]], value[target[i + 1]]};
}
inline Pair values_of_pair(const double* value, const Run& run, std::uint32_t i) noexcept {
  Pair pair;
  std::memcpy(&pair, value + run[i], sizeof pair);
  return pair;
}

/// sum_i probability[i] value[target[i]], in eight interleaved sums, of which the last four of a row fill the first half: lanes of
/// registers, which every compiler of ours can name and leaves as they stand. What then is left, up to three, is added at the end.
/// `target` is a pointer or a Run.
///
/// Error:   the same bits everywhere, whatever `target` is; row_depth(count) roundings less the two of backup()
template <class Targets, class Value>
inline double row_dot(const double* probability, const Targets& target, std::uint32_t count,
                      const Value& value) noexcept {
  double rest = 0;
  for (std::uint32_t i = count / 4 * 4; i < count; ++i) rest += probability[i] * value[target[i]];
  if (count < 4) return rest;
  const auto add = [&](Pair& sum, std::uint32_t i) {
    Pair p;
    std::memcpy(&p, probability + i, sizeof p);
    sum += p * values_of_pair(value, target, i);
  };
  Pair sum01{};
  Pair sum23{};
  Pair sum45{};
  Pair sum67{};
  std::uint32_t i = 0;
  for (; i + 8 <= count; i += 8) {
    add(sum01, i);
    add(sum23, i + 2);
    add(sum45, i + 4);
    add(sum67, i + 6);
  }
  if (i + 4 <= count) {
    add(sum01, i);
    add(sum23, i + 2);
  }
  sum01 += sum45;
  sum23 += sum67;
  return ((sum01[0] + sum01[1]) + (sum23[0] + sum23[1])) + rest;
}

/// The same in single precision.
inline float row_dot(const float* probability, const std::uint32_t* target, std::uint32_t count,
                     const float* value) noexcept {
  using Four __attribute__((vector_size(16))) = float;
  Four sum{};
  std::uint32_t i = 0;
  for (; i + 4 <= count; i += 4) {
    Four p;
    std::memcpy(&p, probability + i, sizeof p);
    sum += p * Four{value[target[i]], value[target[i + 1]], value[target[i + 2]], value[target[i + 3]]};
  }
  float sum0 = sum[0];
  for (; i < count; ++i) sum0 += probability[i] * value[target[i]];
  return (sum0 + sum[1]) + (sum[2] + sum[3]);
}

/// Asks for rows some way ahead of those that are read: where their successors are scattered, the hardware's own foresight fails.
class RowsAhead {
 public:
  /// From `row` on.
  RowsAhead(const double* probability, const std::uint32_t* target, std::uint32_t row) noexcept
      : probability_(probability), target_(target), asked_(std::uint64_t{row} + kAhead) {}

  /// Before a row that ends there is read.
  void ask(std::uint32_t row_end) noexcept {
    for (; asked_ < std::uint64_t{row_end} + kAhead; asked_ += kStep) {
      for (std::uint32_t i = 0; i < kStep; i += kLine / sizeof(double))
        __builtin_prefetch(probability_ + asked_ + i);
      __builtin_prefetch(target_ + asked_);
    }
  }

 private:
  static constexpr std::uint32_t kLine = 64;  // bytes
  static constexpr std::uint32_t kStep = kLine / sizeof(std::uint32_t);
  static constexpr std::uint32_t kAhead = 192;  // transitions
  const double* probability_;
  const std::uint32_t* target_;
  std::uint64_t asked_;
};

/// The largest number of roundings that a transition passes through on its way into reward + discount * row_dot(...).
///
/// In row_dot: one product; the additions of its own sum (the first, to 0, is exact); those that join the sums, of which adding
/// zeros is exact; the rest.
constexpr std::uint32_t row_depth(std::uint32_t count) noexcept {
  const std::uint32_t rest = count % 4;
  if (count < 4) return 1 + (rest == 0 ? 0 : rest - 1) + 2;
  const std::uint32_t own = count / 8 + (count % 8 >= 4 ? 1 : 0) - 1;
  const std::uint32_t joining = count < 8 ? 2 : 3;
  const std::uint32_t of_sums = own + joining;
  const std::uint32_t last = rest == 0 ? 0 : 1;
  return 1 + (of_sums < rest ? rest : of_sums + last) + 2;
}

/// The same sum to nearly twice the precision.
///
/// Error:   one rounding of the result, and sum |probability value| x (4 count 2^-53)^2; the same bits everywhere
/// Source:  Ogita, Rump & Oishi 2005, algorithm 5.3 (Dot2), with products split as Dekker 1971
template <class Targets, class Value>
inline double row_dot_precise(const double* probability, const Targets& target, std::uint32_t count,
                              const Value& value) noexcept {
  constexpr double kSplitter = 0x1p27 + 1;
  double sum = 0;
  double error = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const double p = probability[i];
    const double v = value[target[i]];
    const double product = p * v;
    const double p_shifted = kSplitter * p;
    const double p_high = p_shifted - (p_shifted - p);
    const double p_low = p - p_high;
    const double v_shifted = kSplitter * v;
    const double v_high = v_shifted - (v_shifted - v);
    const double v_low = v - v_high;
    const double of_product =
        p_low * v_low - (((product - p_high * v_high) - p_low * v_high) - p_high * v_low);
    const double next = sum + product;
    const double of_sum = next - sum;
    error += ((sum - (next - of_sum)) + (product - of_sum)) + of_product;
    sum = next;
  }
  return sum + error;
}

/// The roundings of reward + discount * row_dot_precise(...), that of the sum's second order and of the difference to v among
/// them.
inline constexpr std::uint32_t kPreciseDepth = 4;

/// A sum whose rounding errors are kept.
///
/// Source:  Knuth, TAOCP volume 2, section 4.2.2, theorem B.
struct ExactSum {
  double sum = 0;
  double error = 0;

  void add(double x) noexcept {
    const double next = sum + x;
    const double of_x = next - sum;
    error += (sum - (next - of_x)) + (x - of_x);
    sum = next;
  }
  double value() const noexcept { return sum + error; }
};

}  // namespace calando::bellman
