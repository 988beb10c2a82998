// SPDX-License-Identifier: MIT
#include "src/search/queries.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "calando/error.h"
#include "src/similarity/prepare.h"
#include "src/similarity/widen.h"

namespace calando::searching {
namespace {

constexpr double kUnit = 0x1p-24;

bool is_float(Element element) { return element <= Element::bf16; }

/// Whether every query of one type is a number of float32, or of the corpus's own type.
bool fits(Element corpus, Element queries) {
  if (corpus == queries) return true;
  if (corpus == Element::bits || corpus == Element::u8 || queries == Element::bits || queries == Element::u8)
    return false;
  if (corpus == Element::f64) return is_float(queries);
  return queries != Element::f64;
}

}  // namespace

void require_answerable(const char* function, const Corpus& corpus, const Vectors& queries) {
  if (queries.dimension == corpus.dimension() && fits(corpus.element(), queries.element)) return;
  throw UsageError(std::string(function) + ": queries are " + similarity::description_of(queries) +
                   ", the corpus has " + std::string(name_of(corpus.element())) + " vectors of dimension " +
                   std::to_string(corpus.dimension()));
}

QueryBatch::QueryBatch(const Corpus::State& corpus, const Vectors& queries, std::size_t first,
                       std::size_t count, Undefined undefined)
    : first_(first), dimension_(corpus.dimension), undefined_(undefined), squares_(count) {
  if (corpus.element == Element::bits) {
    for (std::size_t j = 0; j < count; ++j) {
      const auto* row = reinterpret_cast<const std::uint8_t*>(queries.row(first + j));
      bits_.insert(bits_.end(), row, row + dimension_ / 8);
    }
    similarity::squares(similarity::rows_of(queries, {}, first, count), dimension_, squares_.data());
  } else {
    numbers_.resize(count * dimension_);
    units_.resize(count * dimension_);
    for (std::size_t j = 0; j < count; ++j) {
      double* const x = numbers_.data() + j * dimension_;
      similarity::widen(queries.element, queries.row(first + j), dimension_, x);
      if (corpus.element == Element::f64) {
        const similarity::Scale scale = similarity::scale_of(similarity::largest_magnitude(x, dimension_));
        for (std::size_t k = 0; k < dimension_; ++k) x[k] = x[k] * scale.first * scale.second;
      }
      const similarity::Scale one;
      similarity::squares({Element::f64, reinterpret_cast<const char*>(x), 0, 1, &one}, dimension_,
                          &squares_[j]);
    }
  }
  for (const double square : squares_)
    inverse_norms_.push_back(square > 0 && std::isfinite(square) ? 1 / std::sqrt(square) : 0);
  for (std::size_t i = 0; i < units_.size(); ++i) {
    const double inverse = inverse_norms_[i / dimension_];
    units_[i] = inverse == 0 ? 0 : static_cast<float>(numbers_[i] * inverse);
  }
  if (undefined != Undefined::error) return;
  const auto zero = std::find(squares_.begin(), squares_.end(), 0.0);
  if (zero != squares_.end())
    throw UsageError("query " + std::to_string(first + static_cast<std::size_t>(zero - squares_.begin())) +
                     " is a vector of zeros, which has no direction");
}

bool QueryBatch::has_answer(std::size_t query) const noexcept {
  return std::isfinite(squares_[query]) && (squares_[query] > 0 || undefined_ == Undefined::zero);
}

void QueryBatch::exact_dots(std::size_t query, const similarity::Rows& rows, double* out) const noexcept {
  if (rows.element == Element::bits) {
    similarity::common_bits(bits_.data() + query * dimension_ / 8, rows, dimension_, out);
  } else {
    similarity::dots(numbers_.data() + query * dimension_, rows, dimension_, out);
  }
}

double QueryBatch::similarity(std::size_t query, double dot, double row_square) const noexcept {
  return similarity::similarity_of(dot, squares_[query], row_square, undefined_);
}

double rough_error(Element element, std::size_t dimension) noexcept {
  const double n = static_cast<double>(dimension);
  const double share = (n + 6) * kUnit;
  if (share > 0.5) return 4;  // no bound worth having: everything is compared exactly
  return share / (1 - share) + n * 0x1p-80 + similarity_error_bound(element, dimension);
}

ShortQuery short_query(const float* unit, std::size_t dimension) {
  const double n = static_cast<double>(dimension);
  const double most = std::min(32767.0, std::floor(2147483647.0 / (255 * n)));
  float largest = 0;
  for (std::size_t k = 0; k < dimension; ++k) largest = std::max(largest, std::abs(unit[k]));
  ShortQuery result;
  if (most < 1) {
    result.error = 4;
    result.numbers.resize(dimension);
    return result;
  }
  result.step = largest > 0 ? largest / most : 1;
  for (std::size_t k = 0; k < dimension; ++k)
    result.numbers.push_back(static_cast<std::int16_t>(std::lrint(unit[k] / result.step)));
  // Half a step for each element and sum |row| <= sqrt(n) |row|; roundings to float32 of the unit vector, the sum, both factors.
  result.error = 0.5 * result.step * std::sqrt(n) * 1.001 + 8 * kUnit;
  return result;
}

}  // namespace calando::searching
