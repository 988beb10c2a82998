// SPDX-License-Identifier: MIT
#include "src/similarity/prepare.h"

#include <algorithm>
#include <bit>

#include "calando/error.h"

namespace calando::similarity {

Scale scale_of(std::uint64_t largest) noexcept {
  constexpr std::uint64_t kInfinity = 0x7FF0000000000000;
  if (largest == 0 || largest >= kInfinity) return {};
  const int exponent = std::ilogb(std::bit_cast<double>(largest));
  const int first = std::min(-exponent, 1022);
  return {std::ldexp(1.0, first), std::ldexp(1.0, -exponent - first)};
}

std::vector<Scale> scales_of(const Vectors& vectors) {
  std::vector<Scale> scales;
  if (vectors.element != Element::f64) return scales;
  scales.reserve(vectors.rows);
  for (std::size_t i = 0; i < vectors.rows; ++i) {
    const auto* row = reinterpret_cast<const double*>(vectors.row(i));
    scales.push_back(scale_of(largest_magnitude(row, vectors.dimension)));
  }
  return scales;
}

Rows rows_of(const Vectors& vectors, std::span<const Scale> scales, std::size_t first,
             std::size_t count) noexcept {
  return {vectors.element, vectors.row(first), vectors.stride, count,
          scales.empty() ? nullptr : scales.data() + first};
}

std::vector<double> squares_of(const Vectors& vectors, std::span<const Scale> scales) {
  std::vector<double> result(vectors.rows);
  squares(rows_of(vectors, scales, 0, vectors.rows), vectors.dimension, result.data());
  return result;
}

std::string description_of(const Vectors& vectors) {
  return std::string(name_of(vectors.element)) + " vectors of dimension " + std::to_string(vectors.dimension);
}

void require_alike(const char* function, const Vectors& a, const Vectors& b) {
  if (a.element != b.element || a.dimension != b.dimension)
    throw UsageError(std::string(function) + ": " + description_of(a) + " and " + description_of(b) +
                     ", expected the same type and dimension");
  if (a.element == Element::bits && a.dimension % 8 != 0)
    throw UsageError(std::string(function) + ": bits of dimension " + std::to_string(a.dimension) +
                     ", expected a multiple of 8");
}

void refuse_zeros(const char* function, std::span<const double> squares, Undefined undefined) {
  if (undefined != Undefined::error) return;
  const auto zero = std::find(squares.begin(), squares.end(), 0.0);
  if (zero == squares.end()) return;
  throw UsageError(std::string(function) + ": row " + std::to_string(zero - squares.begin()) +
                   " is a vector of zeros, which has no direction");
}

}  // namespace calando::similarity
