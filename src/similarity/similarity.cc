// SPDX-License-Identifier: MIT
#include "calando/similarity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "calando/error.h"
#include "src/similarity/arctangent.h"
#include "src/similarity/kernel.h"
#include "src/similarity/prepare.h"
#include "src/similarity/widen.h"

namespace calando {
namespace {

using similarity::Operand;
using similarity::Scale;

constexpr double kUnit = 0x1p-53;

void require_one_row(const char* function, const Vectors& vectors) {
  if (vectors.rows != 1)
    throw UsageError(std::string(function) + ": " + std::to_string(vectors.rows) +
                     " rows, expected one vector");
}

Operand operand_of(const Vectors& vectors, std::size_t row) {
  Operand result{vectors.row(row), {}};
  if (vectors.element == Element::f64) {
    const auto* x = reinterpret_cast<const double*>(vectors.row(row));
    result.scale = similarity::scale_of(similarity::largest_magnitude(x, vectors.dimension));
  }
  return result;
}

/// The similarity of two rows, whatever was to be checked having been checked.
double similarity_of_rows(const char* function, const Vectors& a, std::size_t i, const Vectors& b,
                          std::size_t j, Undefined undefined) {
  const similarity::Sums sums =
      similarity::pair_sums(a.element, operand_of(a, i), operand_of(b, j), a.dimension);
  similarity::refuse_zeros(function, std::array{sums.aa, sums.bb}, undefined);
  return similarity::similarity_of(sums.dot, sums.aa, sums.bb, undefined);
}

/// A vector in double, of f64 scaled.
std::vector<double> widened(const Vectors& vector, const Scale& scale) {
  std::vector<double> result(vector.dimension);
  similarity::widen(vector.element, vector.data, vector.dimension, result.data());
  for (double& x : result) x = x * scale.first * scale.second;
  return result;
}

}  // namespace

double cosine_similarity(const Vectors& a, const Vectors& b, Undefined undefined) {
  constexpr const char* kName = "cosine_similarity";
  similarity::require_alike(kName, a, b);
  require_one_row(kName, a);
  require_one_row(kName, b);
  return similarity_of_rows(kName, a, 0, b, 0, undefined);
}

double cosine_distance(const Vectors& a, const Vectors& b, Undefined undefined) {
  return 1 - cosine_similarity(a, b, undefined);
}

double angle(const Vectors& a, const Vectors& b, Undefined undefined) {
  const double similarity = cosine_similarity(a, b, undefined);  // checks, and decides what is undefined
  if (std::isnan(similarity)) return similarity;
  const std::vector<double> x = widened(a, operand_of(a, 0).scale);
  const std::vector<double> y = widened(b, operand_of(b, 0).scale);
  const similarity::Sums sums = similarity::pair_sums(Element::f64, {x.data(), {}}, {y.data(), {}}, x.size());
  if (sums.aa == 0 || sums.bb == 0) return 2 * similarity::arctangent(1, 1);
  const auto [minus, plus] =
      similarity::chord_squares(x.data(), std::sqrt(sums.aa), y.data(), std::sqrt(sums.bb), x.size());
  return 2 * similarity::arctangent(std::sqrt(minus), std::sqrt(plus));
}

double similarity_error_bound(Element element, std::size_t dimension) noexcept {
  const bool exact_sums = element == Element::i8 || element == Element::u8 || element == Element::bits;
  return (exact_sums ? 3 : static_cast<double>(dimension) / 8 + 13) * kUnit;
}

void cosine_similarities(const Vectors& a, const Vectors& b, std::span<double> out, Undefined undefined) {
  constexpr const char* kName = "cosine_similarities";
  similarity::require_alike(kName, a, b);
  if (out.size() != a.rows * b.rows)
    throw UsageError(std::string(kName) + ": " + std::to_string(out.size()) + " numbers of room for " +
                     std::to_string(a.rows) + " x " + std::to_string(b.rows));
  const std::vector<Scale> a_scales = similarity::scales_of(a), b_scales = similarity::scales_of(b);
  const std::vector<double> a_squares = similarity::squares_of(a, a_scales);
  const std::vector<double> b_squares = similarity::squares_of(b, b_scales);
  similarity::refuse_zeros(kName, a_squares, undefined);
  similarity::refuse_zeros(kName, b_squares, undefined);
  const similarity::Rows rows = similarity::rows_of(b, b_scales, 0, b.rows);
  for (std::size_t i = 0; i < a.rows; ++i) {
    double* const line = out.data() + i * b.rows;
    if (a.element == Element::bits) {
      similarity::common_bits(reinterpret_cast<const std::uint8_t*>(a.row(i)), rows, a.dimension, line);
    } else {
      const Scale scale = a_scales.empty() ? Scale{} : a_scales[i];
      similarity::dots(widened(a.rows_from(i, 1), scale).data(), rows, a.dimension, line);
    }
    for (std::size_t j = 0; j < b.rows; ++j)
      line[j] = similarity::similarity_of(line[j], a_squares[i], b_squares[j], undefined);
  }
}

std::vector<double> paired_cosine_similarities(const Vectors& a, const Vectors& b, Undefined undefined) {
  constexpr const char* kName = "paired_cosine_similarities";
  similarity::require_alike(kName, a, b);
  if (a.rows != b.rows)
    throw UsageError(std::string(kName) + ": " + std::to_string(a.rows) + " rows and " +
                     std::to_string(b.rows) + ", expected as many");
  std::vector<double> result(a.rows);
  for (std::size_t i = 0; i < a.rows; ++i) result[i] = similarity_of_rows(kName, a, i, b, i, undefined);
  return result;
}

std::vector<double> norms(const Vectors& vectors) {
  similarity::require_alike("norms", vectors, vectors);
  const std::vector<Scale> scales = similarity::scales_of(vectors);
  std::vector<double> result = similarity::squares_of(vectors, scales);
  for (double& x : result) x = std::isfinite(x) ? std::sqrt(x) : std::numeric_limits<double>::quiet_NaN();
  for (std::size_t i = 0; i < scales.size(); ++i) {
    const int exponent = std::ilogb(scales[i].first) + std::ilogb(scales[i].second);
    result[i] = std::ldexp(result[i], -exponent);
  }
  return result;
}

}  // namespace calando
