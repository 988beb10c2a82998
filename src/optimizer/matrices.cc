// SPDX-License-Identifier: MIT
#include "src/optimizer/matrices.h"

#include "src/cpu/matmul.h"
#include "src/optimizer/blocks.h"

namespace calando::optimizer {
namespace {

/// Sides of the squares of a symmetric product: enough of them for all threads, and few on the diagonal, whose halves are both made.
std::size_t side_of(std::size_t size) { return size >= 2048 ? 256 : 128; }

/// Rows `rows` and columns `cols` of M M^T.
void gram_block(const float* m, std::size_t size, std::size_t length, float* out, Block rows, Block cols) {
  const cpu::MatrixView view = cpu::row_major(m, size, length);
  cpu::matmul_block({view, view.transposed(), out, size, {}}, {rows.first, rows.last},
                    {cols.first, cols.last});
}

void gram_block(const double* m, std::size_t size, std::size_t length, double* out, Block rows, Block cols) {
  constexpr std::size_t kLanes = 8;
  for (std::size_t i = rows.first; i < rows.last; ++i) {
    for (std::size_t j = cols.first; j < cols.last; ++j) {
      const double *a = m + i * length, *b = m + j * length;
      double lanes[kLanes] = {};
      std::size_t k = 0;
      for (; k + kLanes <= length; k += kLanes) {
        for (std::size_t l = 0; l < kLanes; ++l) lanes[l] += a[k + l] * b[k + l];
      }
      for (std::size_t l = 0; k < length; ++k, ++l) lanes[l] += a[k] * b[k];
      out[i * size + j] = tree_sum(lanes);
    }
  }
}

/// Rows that a task of a product in double works on.
constexpr std::size_t kRows = 16;

}  // namespace

template <class T>
void gram(cpu::Team& team, const T* m, std::size_t size, std::size_t length, T* out) {
  const std::size_t side = side_of(size), blocks = (size + side - 1) / side;
  team.run(blocks * (blocks + 1) / 2, [&](std::size_t task) {
    const cpu::NoDenormals mode;
    std::size_t row = 0;
    while (task >= blocks - row) task -= blocks - row++;
    const std::size_t col = row + task;
    const Block rows{row * side, std::min(size, (row + 1) * side)};
    const Block cols{col * side, std::min(size, (col + 1) * side)};
    gram_block(m, size, length, out, rows, cols);
    if (row == col) return;
    for (std::size_t j = cols.first; j < cols.last; ++j) {
      for (std::size_t i = rows.first; i < rows.last; ++i) out[j * size + i] = out[i * size + j];
    }
  });
}
template void gram(cpu::Team&, const float*, std::size_t, std::size_t, float*);
template void gram(cpu::Team&, const double*, std::size_t, std::size_t, double*);

void multiply(cpu::Team& team, const float* s, const float* x, std::size_t size, std::size_t cols,
              float* out) {
  cpu::matmul(team, {cpu::row_major(s, size, size), cpu::row_major(x, size, cols), out, cols, {}});
}

void multiply(cpu::Team& team, const double* s, const double* x, std::size_t size, std::size_t cols,
              double* out) {
  for_blocks(team, size, kRows, [&](std::size_t, Block rows) {
    for (std::size_t i = rows.first; i < rows.last; ++i) {
      double* const row = out + i * cols;
      std::fill_n(row, cols, 0.0);
      for (std::size_t k = 0; k < size; ++k) {
        const double factor = s[i * size + k];
        for (std::size_t j = 0; j < cols; ++j) row[j] += factor * x[k * cols + j];
      }
    }
  });
}

void multiply_transposed(cpu::Team& team, const float* x, const float* b, const ProductShape& shape,
                         float* out) {
  cpu::matmul(team, {cpu::row_major(x, shape.inner, shape.rows).transposed(),
                     cpu::row_major(b, shape.inner, shape.cols),
                     out,
                     shape.cols,
                     {}});
}

void multiply_transposed(cpu::Team& team, const double* x, const double* b, const ProductShape& shape,
                         double* out) {
  for_blocks(team, shape.rows, kRows, [&](std::size_t, Block rows) {
    for (std::size_t r = rows.first; r < rows.last; ++r) {
      double* const row = out + r * shape.cols;
      std::fill_n(row, shape.cols, 0.0);
      for (std::size_t k = 0; k < shape.inner; ++k) {
        const double factor = x[k * shape.rows + r];
        for (std::size_t j = 0; j < shape.cols; ++j) row[j] += factor * b[k * shape.cols + j];
      }
    }
  });
}

template <class T>
void transpose(cpu::Team& team, const T* from, std::size_t rows, std::size_t cols, T* to) {
  constexpr std::size_t kSide = 32;
  for_blocks(team, rows, kSide, [&](std::size_t, Block own) {
    for (std::size_t first = 0; first < cols; first += kSide) {
      for (std::size_t j = first; j < std::min(cols, first + kSide); ++j) {
        for (std::size_t i = own.first; i < own.last; ++i) to[j * rows + i] = from[i * cols + j];
      }
    }
  });
}
template void transpose(cpu::Team&, const float*, std::size_t, std::size_t, float*);
template void transpose(cpu::Team&, const double*, std::size_t, std::size_t, double*);

}  // namespace calando::optimizer
