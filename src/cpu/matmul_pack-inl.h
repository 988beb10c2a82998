// SPDX-License-Identifier: MIT
// A panel of B in the order of its use, compiled for each instruction set: row k of the panel follows row k - 1, so
// that it fits the first-level cache whatever the strides of B. Columns past the end are zeros.
#if defined(CALANDO_MATMUL_PACK_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef CALANDO_MATMUL_PACK_INL_H
#undef CALANDO_MATMUL_PACK_INL_H
#else
#define CALANDO_MATMUL_PACK_INL_H
#endif

#include <algorithm>
#include <cstddef>

#include "hwy/highway.h"
#include "src/cpu/matmul.h"

HWY_BEFORE_NAMESPACE();
namespace calando::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Lanes = hn::CappedTag<float, 16>;
using Vec = hn::Vec<Lanes>;
constexpr std::size_t kLanes = hn::MaxLanes(Lanes());
constexpr std::size_t kPanelCols = 2 * kLanes;
static_assert(kMatmulCols % kPanelCols == 0);

/// The first `count` lanes from memory, zeros after them.
HWY_INLINE Vec load_first(std::size_t count, const float* from) {
  const Lanes d;
  if (count >= kLanes) return hn::LoadU(d, from);
#if HWY_TARGET <= HWY_AVX2
  return hn::MaskedLoad(hn::FirstN(d, count), d, from);
#else
  HWY_ALIGN float lanes[kLanes] = {};  // a masked load would read past the end here
  std::copy_n(from, count, lanes);
  return hn::Load(d, lanes);
#endif
}

#if HWY_TARGET == HWY_SCALAR
constexpr std::size_t kSquare = 1;
HWY_INLINE void transpose_square(const float* from, std::size_t, float* to) { *to = *from; }
#else
constexpr std::size_t kSquare = 4;
/// to[k kPanelCols + j] = from[j stride + k] for j, k < 4.
HWY_INLINE void transpose_square(const float* from, std::size_t stride, float* to) {
  const hn::FixedTag<float, 4> d;
  const hn::FixedTag<double, 2> pairs;
  const auto c0 = hn::LoadU(d, from);
  const auto c1 = hn::LoadU(d, from + stride);
  const auto c2 = hn::LoadU(d, from + 2 * stride);
  const auto c3 = hn::LoadU(d, from + 3 * stride);
  const auto low01 = hn::BitCast(pairs, hn::InterleaveLower(d, c0, c1));
  const auto low23 = hn::BitCast(pairs, hn::InterleaveLower(d, c2, c3));
  const auto high01 = hn::BitCast(pairs, hn::InterleaveUpper(d, c0, c1));
  const auto high23 = hn::BitCast(pairs, hn::InterleaveUpper(d, c2, c3));
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(pairs, low01, low23)), d, to);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(pairs, low01, low23)), d, to + kPanelCols);
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(pairs, high01, high23)), d, to + 2 * kPanelCols);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(pairs, high01, high23)), d, to + 3 * kPanelCols);
}
#endif

/// Rows contiguous in memory.
HWY_INLINE void pack_rows(const MatrixView& m, float* panel) {
  const std::size_t upper = m.cols > kLanes ? m.cols - kLanes : 0;
  for (std::size_t k = 0; k < m.rows; ++k, panel += kPanelCols) {
    const float* from = m.data + k * m.row_stride;
    hn::StoreU(load_first(m.cols, from), Lanes(), panel);
    hn::StoreU(upper > 0 ? load_first(upper, from + kLanes) : hn::Zero(Lanes()), Lanes(), panel + kLanes);
  }
}

/// Part of the panel, element by element.
HWY_INLINE void pack_each(const MatrixView& m, Range rows, Range cols, float* panel) {
  for (std::size_t k = rows.first; k < rows.last; ++k)
    for (std::size_t j = cols.first; j < cols.last; ++j)
      panel[k * kPanelCols + j] = j < m.cols ? m.data[k * m.row_stride + j * m.col_stride] : 0.0F;
}

/// Columns contiguous in memory: squares are transposed in registers.
HWY_INLINE void pack_cols(const MatrixView& m, float* panel) {
  const std::size_t cols = m.cols / kSquare * kSquare;
  const std::size_t rows = m.rows / kSquare * kSquare;
  for (std::size_t j = 0; j < cols; j += kSquare)
    for (std::size_t k = 0; k < rows; k += kSquare)
      transpose_square(m.data + j * m.col_stride + k, m.col_stride, panel + k * kPanelCols + j);
  pack_each(m, {rows, m.rows}, {0, cols}, panel);
  pack_each(m, {0, m.rows}, {cols, kPanelCols}, panel);
}

HWY_INLINE void pack(const MatrixView& m, float* panel) {
  if (m.col_stride == 1) return pack_rows(m, panel);
  if (m.row_stride == 1) return pack_cols(m, panel);
  pack_each(m, {0, m.rows}, {0, kPanelCols}, panel);
}

}  // namespace HWY_NAMESPACE
}  // namespace calando::cpu
HWY_AFTER_NAMESPACE();
#endif
