// SPDX-License-Identifier: MIT
// The sums in plain C++, in the same order: for builds without Highway.
#ifdef CALANDO_PORTABLE
#include <algorithm>
#include <bit>
#include <type_traits>
#include <vector>

#include "src/similarity/kernel.h"
#include "src/similarity/widen.h"

namespace calando::similarity {
namespace {

/// Sums term(i) for i < dimension in the lanes' order.
template <class Term>
double lane_sum(std::size_t dimension, const Term& term) {
  std::array<double, kSumLanes> lane{};
  for (std::size_t i = 0; i < dimension; ++i) lane[i % kSumLanes] += term(i);
  for (std::size_t half = kSumLanes / 2; half > 0; half /= 2)
    for (std::size_t l = 0; l < half; ++l) lane[l] += lane[l + half];
  return lane[0];
}

template <class T>
double at(const void* row, Scale scale, std::size_t i) {
  if constexpr (std::is_same_v<T, Bits8>) {
    return (static_cast<const std::uint8_t*>(row)[i / 8] >> (i % 8)) & 1;
  } else {
    return number_of(element_at<T>(row, i)) * scale.first * scale.second;
  }
}

Operand operand(const Rows& rows, std::size_t i) {
  return {rows.data + i * rows.stride, rows.scales == nullptr ? Scale{} : rows.scales[i]};
}

}  // namespace

Sums pair_sums(Element element, const Operand& a, const Operand& b, std::size_t dimension) noexcept {
  return with_element(element, [&]<class T>(T) {
    const auto x = [&](std::size_t i) { return at<T>(a.elements, a.scale, i); };
    const auto y = [&](std::size_t i) { return at<T>(b.elements, b.scale, i); };
    return Sums{lane_sum(dimension, [&](std::size_t i) { return x(i) * y(i); }),
                lane_sum(dimension, [&](std::size_t i) { return x(i) * x(i); }),
                lane_sum(dimension, [&](std::size_t i) { return y(i) * y(i); })};
  });
}

void dots(const double* a, const Rows& rows, std::size_t dimension, double* out) noexcept {
  with_element(rows.element, [&]<class T>(T) {
    for (std::size_t r = 0; r < rows.count; ++r) {
      const Operand row = operand(rows, r);
      out[r] = lane_sum(dimension, [&](std::size_t i) { return a[i] * at<T>(row.elements, row.scale, i); });
    }
  });
}

void common_bits(const std::uint8_t* a, const Rows& rows, std::size_t dimension, double* out) noexcept {
  for (std::size_t r = 0; r < rows.count; ++r)
    out[r] = pair_sums(Element::bits, {a, {}}, operand(rows, r), dimension).dot;
}

void squares(const Rows& rows, std::size_t dimension, double* out) noexcept {
  for (std::size_t r = 0; r < rows.count; ++r)
    out[r] = pair_sums(rows.element, operand(rows, r), operand(rows, r), dimension).aa;
}

std::uint64_t largest_magnitude(const double* x, std::size_t count) noexcept {
  std::uint64_t result = 0;
  for (std::size_t i = 0; i < count; ++i)
    result = std::max<std::uint64_t>(result,
                                     std::bit_cast<std::uint64_t>(element_at<double>(x, i)) & (~0ULL >> 1));
  return result;
}

std::array<double, 2> chord_squares(const double* x, double norm_a, const double* y, double norm_b,
                                    std::size_t dimension) noexcept {
  const auto square_of = [&](double sign) {
    return lane_sum(dimension, [&](std::size_t i) {
      const double chord = x[i] * norm_b + sign * (y[i] * norm_a);
      return chord * chord;
    });
  };
  return {square_of(-1), square_of(1)};
}

const char* kernel_target() noexcept { return "portable"; }

}  // namespace calando::similarity
#endif
