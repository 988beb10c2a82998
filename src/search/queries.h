// SPDX-License-Identifier: MIT
// Some queries in the forms that a pass over a corpus needs: as they are for exact scores, as unit vectors for rough ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "calando/search.h"
#include "src/search/corpus.h"

namespace calando::searching {

/// Throws:  UsageError where the corpus cannot be asked these: another dimension, a type with more digits than the corpus's.
void require_answerable(const char* function, const Corpus& corpus, const Vectors& queries);

/// Queries [first, first + count) of a call.
class QueryBatch {
 public:
  /// Throws:  UsageError: a vector of zeros under Undefined::error.
  QueryBatch(const Corpus::State& corpus, const Vectors& queries, std::size_t first, std::size_t count,
             Undefined undefined);

  std::size_t size() const noexcept { return squares_.size(); }
  std::size_t first() const noexcept { return first_; }
  std::size_t dimension() const noexcept { return dimension_; }
  Undefined undefined() const noexcept { return undefined_; }

  /// Whether any similarity with the query is a number.
  bool has_answer(std::size_t query) const noexcept;

  /// 1 / |query|, for rough scores; 0 where that is none.
  double inverse_norm(std::size_t query) const noexcept { return inverse_norms_[query]; }

  const float* unit(std::size_t query) const noexcept { return units_.data() + query * dimension_; }

  /// Dot products with rows, to be finished by similarity().
  void exact_dots(std::size_t query, const similarity::Rows& rows, double* out) const noexcept;

  /// The similarity of a query and a row, of their dot product and the row's square.
  double similarity(std::size_t query, double dot, double row_square) const noexcept;

  /// Bytes that a query takes: in double, in float32, and once more in a panel.
  static std::size_t bytes_of_one(std::size_t dimension) noexcept { return dimension * 16 + 8; }

 private:
  std::size_t first_;
  std::size_t dimension_;
  Undefined undefined_;
  std::vector<double> numbers_;  // of all types but bits; f64 scaled
  std::vector<std::uint8_t> bits_;
  std::vector<double> squares_;
  std::vector<double> inverse_norms_;
  std::vector<float> units_;  // row after row
};

/// How far a rough similarity of the tile or of rough_dots() may be from the exact one:
///
///   m u / (1 - m u) + 2^-80 n + similarity_error_bound,   m = n + 6, u = 2^-24
///
/// for n products and sums, the roundings of the query's elements, of f64 rows, of the row's inverse norm and of the product with it.
double rough_error(Element element, std::size_t dimension) noexcept;

/// A unit vector in 16 bits: element i is about step * numbers[i].
struct ShortQuery {
  std::vector<std::int16_t> numbers;
  double step = 1;
  double error = 0;  // of a rough similarity computed by integer_dots()
};
ShortQuery short_query(const float* unit, std::size_t dimension);

}  // namespace calando::searching
