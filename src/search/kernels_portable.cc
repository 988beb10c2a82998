// SPDX-License-Identifier: MIT
// The kernels of a pass in plain C++: for builds without Highway. What is found is the same: rough similarities only choose.
#ifdef CALANDO_PORTABLE
#include <type_traits>

#include "src/search/screen.h"
#include "src/search/tiles.h"
#include "src/similarity/widen.h"

namespace calando::searching {
namespace {

using similarity::Rows;

/// Calls use(element of row i, k) for every element of every row, as a number.
template <class Use>
void for_each_element(const Rows& rows, std::size_t dimension, const Use& use) {
  similarity::with_element(rows.element, [&]<class T>(T) {
    if constexpr (!std::is_same_v<T, Bits8>) {
      for (std::size_t i = 0; i < rows.count; ++i) {
        const char* const row = rows.data + i * rows.stride;
        const similarity::Scale scale = rows.scales == nullptr ? similarity::Scale{} : rows.scales[i];
        for (std::size_t k = 0; k < dimension; ++k)
          use(i, k, similarity::number_of(similarity::element_at<T>(row, k)) * scale.first * scale.second);
      }
    }
  });
}

template <class A>
void dots_of(const A* a, const Rows& rows, std::size_t dimension, float* out) {
  std::vector<double> sums(rows.count);
  for_each_element(rows, dimension, [&](std::size_t i, std::size_t k, double x) { sums[i] += a[k] * x; });
  for (std::size_t i = 0; i < rows.count; ++i) out[i] = static_cast<float>(sums[i]);
}

}  // namespace

std::size_t find_candidates(const QueryPanels& queries, std::size_t panel, const RowBlock& rows,
                            const float* least, float*, Candidate* found) noexcept {
  const float* const numbers = queries.numbers() + panel * queries.dimension * queries.width;
  Candidate* next = found;
  for (std::size_t i = 0; i < rows.count; ++i) {
    const float* const row = rows.data + i * rows.stride;
    for (std::size_t j = 0; j < queries.width; ++j) {
      float sum = 0;
      for (std::size_t k = 0; k < queries.dimension; ++k) sum += row[k] * numbers[k * queries.width + j];
      const float rough = sum * rows.inverse[i];
      if (rough >= least[j]) *next++ = {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j), rough};
    }
  }
  return static_cast<std::size_t>(next - found);
}

void floats_of(const Rows& rows, std::size_t dimension, float* out) noexcept {
  for_each_element(rows, dimension, [&](std::size_t i, std::size_t k, double x) {
    out[i * dimension + k] = static_cast<float>(x);
  });
}

void rough_dots(const float* a, const Rows& rows, std::size_t dimension, float* out) noexcept {
  dots_of(a, rows, dimension, out);
}

void integer_dots(const std::int16_t* a, const Rows& rows, std::size_t dimension, float* out) noexcept {
  dots_of(a, rows, dimension, out);
}

std::size_t next_candidate(const RoughScores& rows, std::size_t from, float least) noexcept {
  std::size_t i = from;
  while (i < rows.count && !(rows.scores[i] * rows.step * rows.inverse[i] >= least)) ++i;
  return i;
}

}  // namespace calando::searching
#endif
