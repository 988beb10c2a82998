// SPDX-License-Identifier: MIT
// Rows in fewer bits.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>

#include "calando/error.h"
#include "calando/search.h"
#include "src/similarity/prepare.h"
#include "src/similarity/widen.h"

namespace calando {
namespace {

/// To nearest, ties to even, of a number whose magnitude is at most 2.
Float16 half_of(double x) {
  const auto sign = static_cast<std::uint16_t>(std::signbit(x) ? 0x8000 : 0);
  const double magnitude = std::abs(x);
  if (magnitude < 0x1p-14) return {static_cast<std::uint16_t>(sign | std::lrint(magnitude * 0x1p24))};
  const int exponent = std::ilogb(magnitude);
  const long fraction =
      std::lrint(std::ldexp(magnitude, 10 - exponent));  // 1024 to 2048: the carry is the next exponent
  return {static_cast<std::uint16_t>(sign | (((exponent + 15) << 10) + (fraction - 1024)))};
}

BFloat16 brain_of(double x) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(static_cast<float>(x));
  return {static_cast<std::uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16)};
}

void store(Element element, double x, std::size_t i, char* row) {
  const auto put = [&](auto value) { std::memcpy(row + i * sizeof(value), &value, sizeof(value)); };
  if (element == Element::f16) return put(half_of(x));
  if (element == Element::bf16) return put(brain_of(x));
  put(static_cast<std::int8_t>(std::lrint(127 * x)));
}

/// | a / |a| - b / |b| |
double chord(const std::vector<double>& a, const std::vector<double>& b) {
  const similarity::Sums sums = similarity::pair_sums(Element::f64, {a.data(), {}}, {b.data(), {}}, a.size());
  if (sums.aa == 0 || sums.bb == 0) return 0;
  const double norm_a = std::sqrt(sums.aa), norm_b = std::sqrt(sums.bb);
  return std::sqrt(similarity::chord_squares(a.data(), norm_a, b.data(), norm_b, a.size())[0]) /
         (norm_a * norm_b);
}

}  // namespace

StoredVectors stored_as(Element element, const Vectors& rows) {
  if (element != Element::f16 && element != Element::bf16 && element != Element::i8)
    throw UsageError("stored_as: " + std::string(name_of(element)) + ", expected f16, bf16 or i8");
  if (rows.element == Element::bits) throw UsageError("stored_as: bits, which need no smaller type");
  const std::size_t stride = similarity::row_bytes(element, rows.dimension);
  StoredVectors result;
  result.bytes.resize(rows.rows * stride);
  std::vector<double> original(rows.dimension), back(rows.dimension);
  for (std::size_t i = 0; i < rows.rows; ++i) {
    similarity::widen(rows.element, rows.row(i), rows.dimension, original.data());
    const std::uint64_t bits = similarity::largest_magnitude(original.data(), rows.dimension);
    const similarity::Scale scale = similarity::scale_of(bits);
    const double largest = std::bit_cast<double>(bits) * scale.first * scale.second;
    if (!std::isfinite(largest)) throw UsageError("stored_as: row " + std::to_string(i) + " is not finite");
    char* const to = result.bytes.data() + i * stride;
    for (std::size_t k = 0; k < rows.dimension; ++k) {
      original[k] = original[k] * scale.first * scale.second;
      store(element, element == Element::i8 && largest > 0 ? original[k] / largest : original[k], k, to);
    }
    similarity::widen(element, to, rows.dimension, back.data());
    if (const double error = chord(original, back); error > result.largest_error) {
      result.largest_error = error;
      result.worst_row = i;
    }
  }
  result.rows = {result.bytes.data(), element, rows.rows, rows.dimension, stride};
  return result;
}

}  // namespace calando
