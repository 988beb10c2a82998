// SPDX-License-Identifier: MIT
// Dot products of many rows with a few queries: a product whose rows come from memory once and are fetched while it computes.
#pragma once

#include <cstddef>
#include <vector>

namespace calando::searching {

/// As many queries as this kernel is faster for than the general product.
inline constexpr std::size_t kMostFew = 32;

/// Query after query for each element: element k of query j is numbers[k width + j]; zeros fill up to a width of 16 or 32.
struct FewQueries {
  std::vector<float> numbers;
  std::size_t width = 0;
  std::size_t dimension = 0;
};
FewQueries few_queries(const float* queries, std::size_t count, std::size_t dimension);

/// scores[i width + j] = row i . query j, over k in order; row i starts at rows + i stride. Fetches rows behind the last as well, which need
/// not be there.
///
/// Error:   as cpu::Product
void few_dots(const FewQueries& queries, const float* rows, std::size_t stride, std::size_t count,
              float* scores) noexcept;

}  // namespace calando::searching
