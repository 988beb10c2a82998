// SPDX-License-Identifier: MIT
// The iteration of Newton and Schulz with products of bfloat16.
#include <algorithm>
#include <vector>

#include "src/cpu/matmul_bf16.h"
#include "src/cpu/narrow.h"
#include "src/optimizer/blocks.h"
#include "src/optimizer/orthogonal.h"

namespace calando::optimizer {
namespace {

constexpr std::size_t kSide = cpu::kBf16Side;
/// Rows and columns of a block of a product: its sums, the rows and a panel stay in the second-level cache.
constexpr std::size_t kBlockRows = 192, kBlockCols = 256;

constexpr std::size_t padded(std::size_t size) { return (size + kSide - 1) / kSide * kSide; }

float wide(BFloat16 x) { return x; }

/// A matrix of bfloat16 whose sides are multiples of kSide; what is beyond the numbers is zero and stays so. Rows are a line of the cache
/// farther apart than they are long: the rows of a tile would push each other out of it otherwise.
struct Matrix {
  std::size_t rows, cols, stride;
  std::vector<BFloat16> numbers;

  Matrix(std::size_t r, std::size_t c) : rows(r), cols(c), stride(c + kSide), numbers(r * stride) {}
  BFloat16* row(std::size_t i) { return numbers.data() + i * stride; }
  const BFloat16* row(std::size_t i) const { return numbers.data() + i * stride; }
};

/// The matrix, or its transpose, as the right operand.
void pack(cpu::Team& team, const Matrix& b, bool transposed, std::vector<std::uint32_t>& panels) {
  const std::size_t depth = transposed ? b.cols : b.rows, cols = transposed ? b.rows : b.cols;
  panels.resize(depth / 2 * cols);
  team.run(cols / kSide, [&](std::size_t panel) {
    cpu::pack_bf16_panel(b.numbers.data(), b.stride, transposed, depth, panel, panels.data());
  });
}

/// Rows of a block that crosses the diagonal of a symmetric product which are worked out at a time, from their own diagonal on.
constexpr std::size_t kStrip = 64;

/// Sums of A B in blocks; store(block's rows, block's columns, sums) brings them to where they belong. Of a symmetric product only what is on
/// or right of the diagonal, and up to kStrip numbers left of it, is worked out.
template <class Store>
void multiply(cpu::Team& team, const Matrix& a, const std::vector<std::uint32_t>& panels, std::size_t cols,
              bool symmetric, const Store& store) {
  const std::size_t across = (cols + kBlockCols - 1) / kBlockCols;
  const std::size_t down = (a.rows + kBlockRows - 1) / kBlockRows;
  team.run(across * down, [&](std::size_t task) {
    const Block r{task / across * kBlockRows, std::min(a.rows, (task / across + 1) * kBlockRows)};
    const Block c{task % across * kBlockCols, std::min(cols, (task % across + 1) * kBlockCols)};
    if (symmetric && r.first >= c.last) return;
    std::vector<float> sums(kBlockRows * kBlockCols);
    const std::size_t strip = symmetric && r.last > c.first ? kStrip : r.last - r.first;
    for (std::size_t i = r.first; i < r.last; i += strip) {
      const std::size_t j = symmetric ? std::max(c.first, i / kSide * kSide) : c.first;
      if (j >= c.last) break;
      cpu::multiply_bf16({a.row(i), a.stride, panels.data() + j * (a.cols / 2), a.cols,
                          sums.data() + (i - r.first) * kBlockCols + (j - c.first), kBlockCols},
                         std::min(strip, r.last - i), c.last - j);
    }
    store(r, c, sums.data());
  });
}

/// to(j, i) = to(i, j) right of the diagonal, in squares, so that a line of the cache is written at once.
void mirror(Matrix& to, Block rows, Block cols) {
  for (std::size_t corner_j = cols.first; corner_j < cols.last; corner_j += kSide) {
    for (std::size_t corner_i = rows.first; corner_i < rows.last; corner_i += kSide) {
      for (std::size_t j = corner_j; j < corner_j + kSide; ++j) {
        for (std::size_t i = corner_i; i < std::min(corner_i + kSide, j); ++i) to.row(j)[i] = to.row(i)[j];
      }
    }
  }
}

/// to(i, j) = to(j, i) = value(i, j, sum) on and right of the diagonal.
template <class Value>
auto symmetric_store(Matrix& to, const Value& value) {
  return [&to, value](Block rows, Block cols, const float* sums) {
    std::vector<float> row(kBlockCols);
    for (std::size_t i = rows.first; i < rows.last; ++i, sums += kBlockCols) {
      const std::size_t first = std::max(i, cols.first);
      if (first >= cols.last) break;
      for (std::size_t j = first; j < cols.last; ++j) row[j - first] = value(i, j, sums[j - cols.first]);
      cpu::narrow_bf16(row.data(), to.row(i) + first, cols.last - first);
    }
    mirror(to, rows, cols);
  };
}

}  // namespace

void iterate_bf16(cpu::Team& team, std::span<float> x, std::size_t rows, std::size_t cols,
                  const NewtonSchulz& how) {
  const bool high = rows > cols;
  const std::size_t size = high ? cols : rows, length = high ? rows : cols;
  const auto element = [&](std::size_t i, std::size_t j) -> float& {
    return x[high ? j * cols + i : i * cols + j];
  };

  Matrix now(padded(size), padded(length)), next = now, a(now.rows, now.rows), square = a;
  for_blocks(team, size, 32, [&](std::size_t, Block own) {
    std::vector<float> row(length);
    for (std::size_t i = own.first; i < own.last; ++i) {
      for (std::size_t j = 0; j < length; ++j) row[j] = element(i, j);
      cpu::narrow_bf16(row.data(), now.row(i), length);
    }
  });
  std::vector<std::uint32_t> panels;
  const auto ka = static_cast<float>(how.a), kb = static_cast<float>(how.b), kc = static_cast<float>(how.c);
  for (int step = 0; step < how.steps; ++step) {
    pack(team, now, true, panels);
    multiply(team, now, panels, now.rows, true,
             symmetric_store(a, [](std::size_t, std::size_t, float sum) { return sum; }));
    pack(team, a, false, panels);  // symmetric
    multiply(team, a, panels, a.rows, true,
             symmetric_store(square, [&](std::size_t i, std::size_t j, float sum) {
               return kb * wide(a.row(i)[j]) + kc * sum;
             }));
    pack(team, now, false, panels);
    multiply(team, square, panels, now.cols, false, [&](Block r, Block c, const float* sums) {
      std::vector<float> row(kBlockCols);
      for (std::size_t i = r.first; i < r.last; ++i, sums += kBlockCols) {
        for (std::size_t j = c.first; j < c.last; ++j)
          row[j - c.first] = ka * wide(now.row(i)[j]) + sums[j - c.first];
        cpu::narrow_bf16(row.data(), next.row(i) + c.first, c.last - c.first);
      }
    });
    std::swap(now, next);
  }
  for_blocks(team, size, 32, [&](std::size_t, Block own) {
    for (std::size_t j = 0; j < length; ++j) {
      for (std::size_t i = own.first; i < own.last; ++i) element(i, j) = now.row(i)[j];
    }
  });
}

}  // namespace calando::optimizer
