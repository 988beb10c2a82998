// SPDX-License-Identifier: MIT
#include "src/optimizer/orthogonal.h"

#include <cmath>
#include <vector>

#include "src/cpu/matmul.h"
#include "src/cpu/matmul_bf16.h"
#include "src/optimizer/blocks.h"
#include "src/optimizer/matrices.h"

namespace calando::optimizer {
namespace {

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
  const std::size_t size = high ? cols : rows, longer = high ? rows : cols;
  const double length = norm<T>(team, x);
  const double above = length < how.smallest_norm ? how.smallest_norm : length;
  const auto divisor = static_cast<T>(how.norm_added ? length + how.smallest_norm : above);
  for_blocks(team, x.size(), [&](Block block) {
    for (std::size_t i = block.first; i < block.last; ++i) x[i] /= divisor;
  });
  if constexpr (std::is_same_v<T, float>) {
    if (how.bf16 && cpu::has_bf16_products()) return iterate_bf16(team, x, rows, cols, how);
  }
  std::vector<T> now(x.begin(), x.end()), next(x.size()), a(size * size), square(size * size);
  if (high) transpose(team, x.data(), rows, cols, now.data());
  for (int step = 0; step < how.steps; ++step) {
    gram(team, now.data(), size, longer, a.data());
    gram(team, a.data(), size, size, square.data());
    polynomial<T>(team, a, size, how, square);
    multiply(team, square.data(), now.data(), size, longer, next.data());
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
