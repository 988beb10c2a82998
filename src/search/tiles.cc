// SPDX-License-Identifier: MIT
#ifndef CALANDO_PORTABLE
#include "src/search/tiles.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/search/tiles.cc"
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

/// Longer rows are multiplied in parts, so that a part of a panel fits the second-level cache.
constexpr std::size_t kDepth = 1024;

/// Rows of a tile of sums: what the registers leave room for beside a row of the panel and one number.
template <std::size_t kVectors>
constexpr std::size_t rows_of_tile() {
  if (HWY_TARGET <= HWY_AVX3) return 8;
  return std::max<std::size_t>(1, 12 / kVectors);
}

/// What a call works on, the rows from one on.
struct Work {
  const float* rows;
  std::size_t stride;
  const float* inverse;
  const float* least;
  std::size_t first_row;
  bool from_memory;  // no panel has seen the rows before
};

/// Elements [first, last) of all.
struct Part {
  std::size_t first;
  std::size_t last;
  std::size_t all;
};

/// A tile's sums where some are large enough: rare, so that nothing is gained by speed.
template <std::size_t kRows, std::size_t kVectors>
HWY_NOINLINE Candidate* note(const Work& work, const float* sums, Candidate* next) {
  constexpr std::size_t width = kVectors * kLanes;
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t j = 0; j < width; ++j) {
      const float rough = sums[r * width + j] * work.inverse[r];
      if (rough >= work.least[j])
        *next++ = {static_cast<std::uint32_t>(work.first_row + r), static_cast<std::uint32_t>(j), rough};
    }
  }
  return next;
}

/// The formula, for the rows of a tile and one panel; the sums of an earlier part are taken up, and left for a later one.
template <std::size_t kRows, std::size_t kVectors>
Candidate* multiply(const Work& work, const float* panel, Part part, float* sums, Candidate* next) {
  const Floats d;
  Vec sum[kRows][kVectors];
  HWY_UNROLL(12)
  for (std::size_t r = 0; r < kRows; ++r) HWY_UNROLL(32)
  for (std::size_t v = 0; v < kVectors; ++v)
    sum[r][v] = part.first == 0 ? hn::Zero(d) : hn::LoadU(d, sums + (r * kVectors + v) * kLanes);
  const float* const rows = work.rows;
  // Some tiles ahead, as far as memory is away, and into the second-level cache, which waits for more lines at a time than the first.
  const float* const ahead = rows + (work.from_memory ? 4 : 1) * kRows * work.stride;
  for (std::size_t k = part.first; k < part.last; k += kLine) {
    if (work.from_memory) {
      for (std::size_t r = 0; r < kRows; ++r) __builtin_prefetch(ahead + r * work.stride + k, 0, 2);
    } else {
      for (std::size_t r = 0; r < kRows; ++r) __builtin_prefetch(ahead + r * work.stride + k, 0, 3);
    }
    const std::size_t end = std::min(k + kLine, part.last);
    for (std::size_t i = k; i < end; ++i, panel += kVectors * kLanes) {
      Vec q[kVectors];
      HWY_UNROLL(32) for (std::size_t v = 0; v < kVectors; ++v) q[v] = hn::Load(d, panel + v * kLanes);
      HWY_UNROLL(12) for (std::size_t r = 0; r < kRows; ++r) {
        const Vec x = hn::Set(d, rows[r * work.stride + i]);
        HWY_UNROLL(32) for (std::size_t v = 0; v < kVectors; ++v) sum[r][v] = hn::MulAdd(x, q[v], sum[r][v]);
      }
    }
  }
  if (part.last == part.all) {
    auto any = hn::Lt(hn::Zero(d), hn::Zero(d));
    HWY_UNROLL(12) for (std::size_t r = 0; r < kRows; ++r) {
      const Vec factor = hn::Set(d, work.inverse[r]);
      HWY_UNROLL(32)
      for (std::size_t v = 0; v < kVectors; ++v)
        any = hn::Or(any, hn::Ge(hn::Mul(sum[r][v], factor), hn::LoadU(d, work.least + v * kLanes)));
    }
    if (HWY_LIKELY(hn::AllFalse(d, any))) return next;
  }
  HWY_UNROLL(12)
  for (std::size_t r = 0; r < kRows; ++r) HWY_UNROLL(32)
  for (std::size_t v = 0; v < kVectors; ++v) hn::StoreU(sum[r][v], d, sums + (r * kVectors + v) * kLanes);
  return part.last == part.all ? note<kRows, kVectors>(work, sums, next) : next;
}

template <std::size_t kVectors>
std::size_t multiply_all(const QueryPanels& queries, std::size_t p, const RowBlock& rows, const float* least,
                         float* sums, Candidate* found) {
  constexpr std::size_t kRows = rows_of_tile<kVectors>();
  constexpr std::size_t width = kVectors * kLanes;
  const std::size_t m = queries.dimension;
  const std::size_t parts = (m + kDepth - 1) / kDepth;
  const std::size_t depth = (m + parts - 1) / parts;
  Candidate* next = found;
  for (std::size_t first = 0; first < m; first += depth) {
    const Part part{first, std::min(first + depth, m), m};
    const float* const panel = queries.numbers() + (p * m + first) * width;
    const auto work = [&](std::size_t i) {
      return Work{rows.data + i * rows.stride, rows.stride, rows.inverse + i, least, i, p == 0};
    };
    std::size_t i = 0;
    for (; i + kRows <= rows.count; i += kRows)
      next = multiply<kRows, kVectors>(work(i), panel, part, sums + i * width, next);
    for (; i < rows.count; ++i) next = multiply<1, kVectors>(work(i), panel, part, sums + i * width, next);
  }
  return static_cast<std::size_t>(next - found);
}

std::size_t candidates(const QueryPanels& queries, std::size_t panel, const RowBlock& rows,
                       const float* least, float* sums, Candidate* found) {
  if (queries.width == 16) return multiply_all<16 / kLanes>(queries, panel, rows, least, sums, found);
  return multiply_all<kPanel / kLanes>(queries, panel, rows, least, sums, found);
}

}  // namespace HWY_NAMESPACE
}  // namespace calando::searching
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace calando::searching {

HWY_EXPORT(candidates);

std::size_t find_candidates(const QueryPanels& queries, std::size_t panel, const RowBlock& rows,
                            const float* least, float* sums, Candidate* found) noexcept {
  return HWY_DYNAMIC_DISPATCH(candidates)(queries, panel, rows, least, sums, found);
}

}  // namespace calando::searching
#endif
#endif
