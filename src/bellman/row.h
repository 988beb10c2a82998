// SPDX-License-Identifier: MIT
// The inner product of a row of probabilities with values: the order of its additions, and what they can err.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace calando::bellman {

/// 2^-53: the largest relative error of one rounded operation.
inline constexpr double kUnitRoundoff = 0x1p-53;

/// sum_i probability[i] value[target[i]], in four interleaved sums: lanes of registers, which every compiler of ours can name
/// and leaves as they stand.
///
/// Error:   the same bits everywhere; row_depth(count) roundings less the two of backup()
template <class Value>
inline double row_dot(const double* probability, const std::uint32_t* target, std::uint32_t count,
                      const Value& value) noexcept {
  using Pair __attribute__((vector_size(16))) = double;
  Pair sum01{};
  Pair sum23{};
  std::uint32_t i = 0;
  for (; i + 4 <= count; i += 4) {
    Pair p01;
    Pair p23;
    std::memcpy(&p01, probability + i, sizeof p01);
    std::memcpy(&p23, probability + i + 2, sizeof p23);
    sum01 += p01 * Pair{value[target[i]], value[target[i + 1]]};
    sum23 += p23 * Pair{value[target[i + 2]], value[target[i + 3]]};
  }
  double sum0 = sum01[0];
  for (; i < count; ++i) sum0 += probability[i] * value[target[i]];
  return (sum0 + sum01[1]) + (sum23[0] + sum23[1]);
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
/// In row_dot: one product, the additions of its own sum (the first, to 0, is exact), two joining the sums.
constexpr std::uint32_t row_depth(std::uint32_t count) noexcept {
  const std::uint32_t own = count < 4 ? (count == 0 ? 0 : count - 1) : count / 4 - 1 + count % 4;
  const std::uint32_t joining = count < 4 ? 0 : 2;
  return 1 + own + joining + 2;
}

/// The same sum to nearly twice the precision.
///
/// Error:   one rounding of the result, and sum |probability value| x (4 count 2^-53)^2; the same bits everywhere
/// Source:  Ogita, Rump & Oishi 2005, algorithm 5.3 (Dot2), with products split as Dekker 1971
template <class Value>
inline double row_dot_precise(const double* probability, const std::uint32_t* target, std::uint32_t count,
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
