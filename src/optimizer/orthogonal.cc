// SPDX-License-Identifier: MIT
#include "src/optimizer/orthogonal.h"

#include <cmath>
#include <vector>

#include "src/cpu/matmul.h"
#include "src/cpu/matmul_bf16.h"
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

/// M M^T: the squares on and right of the diagonal, and their mirror images, which have the same bits.
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

/// S X, S being size x size.
void multiply(cpu::Team& team, const float* s, const float* x, std::size_t size, std::size_t cols,
              float* out) {
  cpu::matmul(team, {cpu::row_major(s, size, size), cpu::row_major(x, size, cols), out, cols, {}});
}

void multiply(cpu::Team& team, const double* s, const double* x, std::size_t size, std::size_t cols,
              double* out) {
  for_blocks(team, size, 16, [&](std::size_t, Block rows) {
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

/// to[j, i] = from[i, j], in squares that stay in cache.
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

/// square <- a I + b A + c square
template <class T>
void polynomial(cpu::Team& team, std::span<const T> of, std::size_t size, const NewtonSchulz& how,
                std::span<T> square) {
  const auto a = static_cast<T>(how.a), b = static_cast<T>(how.b), c = static_cast<T>(how.c);
  for_blocks(team, size, 64, [&](std::size_t, Block rows) {
    for (std::size_t i = rows.first * size; i < rows.last * size; ++i) square[i] = b * of[i] + c * square[i];
    for (std::size_t i = rows.first; i < rows.last; ++i) square[i * size + i] += a;
  });
}

}  // namespace

template <class T>
void orthogonalize(cpu::Team& team, std::span<T> x, std::size_t rows, std::size_t cols,
                   const NewtonSchulz& how) {
  if (x.empty()) return;
  const bool high = rows > cols;
  const std::size_t size = high ? cols : rows, length = high ? rows : cols;
  const double norm = std::sqrt(square_sum<T>(team, x));
  const auto divisor = static_cast<T>(norm < how.smallest_norm ? how.smallest_norm : norm);
  for_blocks(team, x.size(), [&](Block block) {
    for (std::size_t i = block.first; i < block.last; ++i) x[i] /= divisor;
  });
  if constexpr (std::is_same_v<T, float>) {
    if (how.bf16 && cpu::has_bf16_products()) return iterate_bf16(team, x, rows, cols, how);
  }
  std::vector<T> now(x.begin(), x.end()), next(x.size()), a(size * size), square(size * size);
  if (high) transpose(team, x.data(), rows, cols, now.data());
  for (int step = 0; step < how.steps; ++step) {
    gram(team, now.data(), size, length, a.data());
    gram(team, a.data(), size, size, square.data());
    polynomial<T>(team, a, size, how, square);
    multiply(team, square.data(), now.data(), size, length, next.data());
    now.swap(next);
  }
  if (high) {
    transpose(team, now.data(), cols, rows, x.data());
  } else {
    std::ranges::copy(now, x.begin());
  }
}

template void orthogonalize(cpu::Team&, std::span<float>, std::size_t, std::size_t, const NewtonSchulz&);
template void orthogonalize(cpu::Team&, std::span<double>, std::size_t, std::size_t, const NewtonSchulz&);

}  // namespace calando::optimizer
