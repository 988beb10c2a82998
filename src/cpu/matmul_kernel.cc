// SPDX-License-Identifier: MIT
// The kernel of matrix products, compiled for each instruction set: a tile of C stays in registers while k advances.
// B comes from a packed panel; A is read where it lies, one number at a time.
#ifndef CALANDO_PORTABLE
#include "src/cpu/matmul.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/cpu/matmul_kernel.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, which includes this file once more for each instruction set.
#include "hwy/cache_control.h"
#include "hwy/highway.h"
#include "src/cpu/matmul_pack-inl.h"

HWY_BEFORE_NAMESPACE();
namespace calando::cpu {
namespace HWY_NAMESPACE {

// Two vectors of sums per row, one row of B and one number of A fill the registers: 32 with AVX-512, else 16. With
// AVX-512 no more than 8, so that the rows' addresses fit the integer registers.
constexpr std::size_t kTileRows = HWY_TARGET <= HWY_AVX3 ? 8 : 6;

// A panel of B this deep takes 32 KB or less, and leaves room for a tile's rows of A.
constexpr std::size_t kDepth = 256;

constexpr float kZeros[kPanelCols] = {};

// Rows that lie a multiple of so many numbers apart share few places of the first two caches, and push each other out of them.
constexpr std::size_t kCrowded = 1024;
// So many rows of A, copied, leave room for C in the second-level cache; the copy repays itself over as many columns.
constexpr std::size_t kCopiedRows = 256, kCopiedStride = kDepth + 16, kLeastCopiedCols = 512;

HWY_INLINE void store_first(Vec v, std::size_t count, float* to) {
  const Lanes d;
  if (count >= kLanes) return hn::StoreU(v, d, to);
#if HWY_TARGET <= HWY_AVX2
  hn::BlendedStore(v, hn::FirstN(d, count), d, to);
#else
  HWY_ALIGN float lanes[kLanes];
  hn::Store(v, d, lanes);
  std::copy_n(lanes, count, to);
#endif
}

/// A tile of C and what it is made of.
struct Tile {
  MatrixView a;  // its rows are the tile's
  const float* panel;
  Start start;
  float* c;
  std::size_t c_stride;
  std::size_t cols;
};

/// The formula: kRows times kVectors sums, each over k in order. The last vector may be partly used.
template <std::size_t kRows, std::size_t kVectors>
void multiply_tile(const Tile& t) {
  const Lanes d;
  constexpr std::size_t last = kVectors - 1;
  const std::size_t rest = t.cols - last * kLanes;
  Vec sum[kRows][kVectors];
  HWY_UNROLL(8) for (std::size_t r = 0; r < kRows; ++r) {
    const float* start = t.start.data + r * t.start.row_stride;
    float* next = t.c + (r + kRows) * t.c_stride;  // of the tile below, which starts from memory
    HWY_UNROLL(2) for (std::size_t v = 0; v < kVectors; ++v) {
      sum[r][v] = load_first(v < last ? kLanes : rest, start + v * kLanes);
      hwy::Prefetch(next + v * kLanes);
    }
  }
  const float* a = t.a.data;
  const float* b = t.panel;
  for (std::size_t k = 0; k < t.a.cols; ++k, a += t.a.col_stride, b += kPanelCols) {
    Vec row[kVectors];
    HWY_UNROLL(2) for (std::size_t v = 0; v < kVectors; ++v) row[v] = hn::Load(d, b + v * kLanes);
    HWY_UNROLL(8) for (std::size_t r = 0; r < kRows; ++r) {
      const Vec x = hn::Set(d, a[r * t.a.row_stride]);
      HWY_UNROLL(2) for (std::size_t v = 0; v < kVectors; ++v) sum[r][v] = hn::MulAdd(x, row[v], sum[r][v]);
    }
  }
  HWY_UNROLL(8)
  for (std::size_t r = 0; r < kRows; ++r) HWY_UNROLL(2)
  for (std::size_t v = 0; v < kVectors; ++v)
    store_first(sum[r][v], v < last ? kLanes : rest, t.c + r * t.c_stride + v * kLanes);
}

template <std::size_t kRows>
HWY_INLINE void multiply_rows(const Tile& t) {
  if (t.a.rows == kRows) return t.cols > kLanes ? multiply_tile<kRows, 2>(t) : multiply_tile<kRows, 1>(t);
  if constexpr (kRows > 1) multiply_rows<kRows - 1>(t);
}

constexpr MatrixView part(const MatrixView& m, Range rows, Range cols) noexcept {
  return {m.data + rows.first * m.row_stride + cols.first * m.col_stride, rows.last - rows.first,
          cols.last - cols.first, m.row_stride, m.col_stride};
}

/// Rows of C under one panel, for one range of k, of which `a` has the rows' numbers.
HWY_INLINE void multiply_panel(const Product& p, const MatrixView& a, Range rows, Range ks, Range cols,
                               const float* panel) {
  const bool continues = ks.first > 0;
  const Range all{0, a.cols};
  for (std::size_t i = rows.first; i < rows.last; i += kTileRows) {
    float* c = p.c + i * p.c_stride + cols.first;
    Start start{kZeros, 0};
    if (continues)
      start = {c, p.c_stride};
    else if (p.start.data != nullptr)
      start = {p.start.data + i * p.start.row_stride + cols.first, p.start.row_stride};
    const Range tile{i - rows.first, std::min(rows.last, i + kTileRows) - rows.first};
    multiply_rows<kTileRows>({part(a, tile, all), panel, start, c, p.c_stride, cols.last - cols.first});
  }
}

/// All panels over rows of A, for one range of k.
HWY_INLINE void multiply_slice(const Product& p, const MatrixView& a, Range rows, Range ks, Range cols) {
  HWY_ALIGN float panel[kDepth * kPanelCols];
  for (std::size_t j = cols.first; j < cols.last; j += kPanelCols) {
    const Range js{j, std::min(cols.last, j + kPanelCols)};
    pack(part(p.b, ks, js), panel);
    multiply_panel(p, a, rows, ks, js, panel);
  }
}

/// The same where rows of A are crowded: some rows at a time, from a copy.
HWY_NOINLINE void multiply_copied(const Product& p, Range rows, Range ks, Range cols) {
  HWY_ALIGN float copy[kCopiedRows * kCopiedStride];
  for (std::size_t i = rows.first; i < rows.last; i += kCopiedRows) {
    const Range some{i, std::min(rows.last, i + kCopiedRows)};
    const MatrixView a = part(p.a, some, ks);
    for (std::size_t r = 0; r < a.rows; ++r)
      std::copy_n(a.data + r * a.row_stride, a.cols, copy + r * kCopiedStride);
    multiply_slice(p, {copy, a.rows, a.cols, kCopiedStride}, some, ks, cols);
  }
}

void multiply_block(const Product& p, Range rows, Range cols) {
  const std::size_t parts = std::max<std::size_t>(1, (p.a.cols + kDepth - 1) / kDepth);
  const std::size_t depth = (p.a.cols + parts - 1) / parts;
  const bool crowded = p.a.col_stride == 1 && p.a.row_stride % kCrowded == 0 &&
                       rows.last - rows.first >= kTileRows && cols.last - cols.first >= kLeastCopiedCols;
  for (std::size_t n = 0; n < parts; ++n) {  // outermost: the next panel finds this part of A in cache
    const Range ks{n * depth, std::min(p.a.cols, (n + 1) * depth)};
    if (crowded) {
      multiply_copied(p, rows, ks, cols);
    } else {
      multiply_slice(p, part(p.a, rows, ks), rows, ks, cols);
    }
  }
}

MatmulKernel kernel() { return {hwy::TargetName(HWY_TARGET), HWY_NATIVE_FMA != 0}; }

}  // namespace HWY_NAMESPACE
}  // namespace calando::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace calando::cpu {

HWY_EXPORT(multiply_block);
HWY_EXPORT(kernel);

void matmul_block(const Product& product, Range rows, Range cols) noexcept {
  HWY_DYNAMIC_DISPATCH(multiply_block)(product, rows, cols);
}

MatmulKernel matmul_kernel() noexcept { return HWY_DYNAMIC_DISPATCH(kernel)(); }

}  // namespace calando::cpu
#endif
#endif
