// SPDX-License-Identifier: MIT
// Products of float32 matrices whose bits depend on nothing but the numbers.
#pragma once

#include <cstddef>

#include "src/cpu/threads.h"

namespace calando::cpu {

/// A matrix in memory of others: element (i, j) is data[i row_stride + j col_stride].
struct MatrixView {
  const float* data = nullptr;
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::size_t row_stride = 0;
  std::size_t col_stride = 1;

  constexpr MatrixView transposed() const noexcept { return {data, cols, rows, col_stride, row_stride}; }
};

/// A matrix whose rows follow each other without gaps.
constexpr MatrixView row_major(const float* data, std::size_t rows, std::size_t cols) noexcept {
  return {data, rows, cols, cols};
}

/// What the sums start from: element (i, j) from data[i row_stride + j], from 0 where there is no data. A bias is one
/// row for all, {bias}; a product is added to C by {c, c_stride}.
struct Start {
  const float* data = nullptr;
  std::size_t row_stride = 0;
};

/// C = start + A B
///
///   c(i,j) = fma(a(i,m-1), b(m-1,j), ... fma(a(i,1), b(1,j), fma(a(i,0), b(0,j), start(i,j))))
///
/// Shapes:  A rows x m, B m x cols; C overlaps neither, and `start` not at all or exactly.
/// Error:   |c - exact| <= m u / (1 - m u) sum |a||b| + |start|, u = 2^-24; fma is one rounding where matmul_kernel()
///          says so and two elsewhere. The same bits for any threads, block, tile, vector width or
///          number of rows; NaN and infinity propagate.
struct Product {
  MatrixView a;
  MatrixView b;
  float* c = nullptr;
  std::size_t c_stride = 0;
  Start start;
};

/// Rows [first, last), or columns.
struct Range {
  std::size_t first = 0;
  std::size_t last = 0;
};

/// The columns of one panel of B: a block that starts at a multiple of it wastes nothing.
inline constexpr std::size_t kMatmulCols = 32;

/// One block of C, on the calling thread: for use inside a task, which may go on with the block while it is in cache.
/// Every block brings its columns of B into order first, which 64 rows or more repay. Checks nothing.
void matmul_block(const Product& product, Range rows, Range cols) noexcept;

/// All of C, shared out over the team.
///
/// Throws:  UsageError where the shapes disagree.
void matmul(Team& team, const Product& product);

/// What computes the products here: instruction set, and whether multiply-adds round once. To be recorded with results.
struct MatmulKernel {
  const char* instruction_set;
  bool fused;
};
MatmulKernel matmul_kernel() noexcept;

}  // namespace calando::cpu
