// SPDX-License-Identifier: MIT
#ifndef CALANDO_PORTABLE
#include "src/search/few.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/search/few.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, which includes this file once more for each instruction set.
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace calando::searching {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::CappedTag<float, 16>;
using Vec = hn::Vec<Floats>;
constexpr std::size_t kLanes = hn::MaxLanes(Floats());

/// Numbers of a row in one line of the cache.
constexpr std::size_t kLine = 16;

/// Rows of a tile of sums: what the registers leave room for beside a row of the queries and one number.
template <std::size_t kVectors>
constexpr std::size_t rows_of_tile() {
  if (HWY_TARGET <= HWY_AVX3) return 8;
  return std::max<std::size_t>(1, 12 / kVectors);
}

template <std::size_t kRows, std::size_t kVectors>
void multiply(const FewQueries& queries, const float* rows, std::size_t stride, float* scores) {
  const Floats d;
  Vec sum[kRows][kVectors];
  HWY_UNROLL(8)
  for (std::size_t r = 0; r < kRows; ++r)
    HWY_UNROLL(16) for (std::size_t v = 0; v < kVectors; ++v) sum[r][v] = hn::Zero(d);
  const float* query = queries.numbers.data();
  for (std::size_t k = 0; k < queries.dimension; k += kLine) {
    // Some tiles ahead, as far as memory is away, and into the second-level cache, which waits for more lines at a time than the first.
    for (std::size_t r = 0; r < kRows; ++r) __builtin_prefetch(rows + (4 * kRows + r) * stride + k, 0, 2);
    const std::size_t end = std::min(k + kLine, queries.dimension);
    for (std::size_t i = k; i < end; ++i, query += kVectors * kLanes) {
      Vec q[kVectors];
      HWY_UNROLL(16) for (std::size_t v = 0; v < kVectors; ++v) q[v] = hn::LoadU(d, query + v * kLanes);
      HWY_UNROLL(8) for (std::size_t r = 0; r < kRows; ++r) {
        const Vec x = hn::Set(d, rows[r * stride + i]);
        HWY_UNROLL(16) for (std::size_t v = 0; v < kVectors; ++v) sum[r][v] = hn::MulAdd(x, q[v], sum[r][v]);
      }
    }
  }
  HWY_UNROLL(8)
  for (std::size_t r = 0; r < kRows; ++r) HWY_UNROLL(16)
  for (std::size_t v = 0; v < kVectors; ++v) hn::StoreU(sum[r][v], d, scores + (r * kVectors + v) * kLanes);
}

template <std::size_t kVectors>
void multiply_all(const FewQueries& queries, const float* rows, std::size_t stride, std::size_t count,
                  float* scores) {
  constexpr std::size_t kRows = rows_of_tile<kVectors>();
  std::size_t i = 0;
  for (; i + kRows <= count; i += kRows)
    multiply<kRows, kVectors>(queries, rows + i * stride, stride, scores + i * queries.width);
  for (; i < count; ++i)
    multiply<1, kVectors>(queries, rows + i * stride, stride, scores + i * queries.width);
}

void dots_of_few(const FewQueries& queries, const float* rows, std::size_t stride, std::size_t count,
                 float* scores) {
  if (queries.width == 16) return multiply_all<16 / kLanes>(queries, rows, stride, count, scores);
  multiply_all<32 / kLanes>(queries, rows, stride, count, scores);
}

}  // namespace HWY_NAMESPACE
}  // namespace calando::searching
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace calando::searching {

HWY_EXPORT(dots_of_few);

FewQueries few_queries(const float* queries, std::size_t count, std::size_t dimension) {
  FewQueries result;
  result.width = count <= 16 ? 16 : kMostFew;
  result.dimension = dimension;
  result.numbers.resize(dimension * result.width);
  for (std::size_t j = 0; j < count; ++j)
    for (std::size_t k = 0; k < dimension; ++k)
      result.numbers[k * result.width + j] = queries[j * dimension + k];
  return result;
}

void few_dots(const FewQueries& queries, const float* rows, std::size_t stride, std::size_t count,
              float* scores) noexcept {
  HWY_DYNAMIC_DISPATCH(dots_of_few)(queries, rows, stride, count, scores);
}

}  // namespace calando::searching
#endif
#endif
