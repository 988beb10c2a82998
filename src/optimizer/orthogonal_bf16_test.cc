// SPDX-License-Identifier: MIT
// An iteration with products of bfloat16, on matrices of few ones, whose products are of small whole numbers: every sum is exact, so the
// result is known to the bit.
#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "calando/bfloat16.h"
#include "src/cpu/matmul_bf16.h"
#include "src/cpu/narrow.h"
#include "src/cpu/random.h"
#include "src/optimizer/orthogonal.h"

namespace calando::optimizer {
namespace {

struct Wide {
  std::size_t rows, cols;
  std::vector<std::int64_t> numbers;

  Wide(std::size_t r, std::size_t c) : rows(r), cols(c), numbers(r * c) {}
  std::int64_t& at(std::size_t i, std::size_t j) { return numbers[i * cols + j]; }
};

/// About one in forty is 1 or -1, the others 0.
Wide sparse(std::size_t rows, std::size_t cols) {
  const cpu::Random random(5, cpu::Purpose::test);
  Wide x(rows, cols);
  for (std::size_t i = 0; i < x.numbers.size(); ++i) {
    const std::uint64_t draw = random.below(i, 80);
    x.numbers[i] = draw == 0 ? 1 : draw == 1 ? -1 : 0;
  }
  return x;
}

float rounded(std::int64_t number) {
  const auto x = static_cast<float>(number);
  BFloat16 half;
  cpu::narrow_bf16(&x, &half, 1);
  return half;
}

/// 4 X + B X with B = (X X^T)^2 - 2 X X^T rounded; X X^T itself is of numbers below 256.
Wide iterated(Wide& x) {
  const auto product = [](std::size_t rows, std::size_t cols, std::size_t depth, const auto& a,
                          const auto& b) {
    Wide c(rows, cols);
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t k = 0; k < depth; ++k) {
        const std::int64_t factor = a(i, k);
        if (factor == 0) continue;
        for (std::size_t j = 0; j < cols; ++j) c.at(i, j) += factor * b(k, j);
      }
    }
    return c;
  };
  const auto of = [](Wide& m) { return [&m](std::size_t i, std::size_t j) { return m.at(i, j); }; };
  Wide a = product(x.rows, x.rows, x.cols, of(x), [&](std::size_t i, std::size_t j) { return x.at(j, i); });
  Wide square = product(x.rows, x.rows, x.rows, of(a), of(a));
  for (std::size_t i = 0; i < square.numbers.size(); ++i) {
    square.numbers[i] = static_cast<std::int64_t>(rounded(square.numbers[i] - 2 * a.numbers[i]));
  }
  Wide y = product(x.rows, x.cols, x.rows, of(square), of(x));
  for (std::size_t i = 0; i < y.numbers.size(); ++i) y.numbers[i] += 4 * x.numbers[i];
  return y;
}

/// How many numbers of an iteration on x, or on its transpose, are not what they should be.
std::size_t wrong(Wide& x, Wide& expected, bool high, int threads) {
  const auto place = [&](std::size_t i, std::size_t j) { return high ? j * x.rows + i : i * x.cols + j; };
  std::vector<float> numbers(x.numbers.size());
  for (std::size_t i = 0; i < x.rows; ++i) {
    for (std::size_t j = 0; j < x.cols; ++j) numbers[place(i, j)] = static_cast<float>(x.at(i, j));
  }
  cpu::Team team(threads);
  iterate_bf16(team, numbers, high ? x.cols : x.rows, high ? x.rows : x.cols,
               {.steps = 1, .a = 4, .b = -2, .c = 1, .smallest_norm = 1e-7});
  std::size_t count = 0;
  for (std::size_t i = 0; i < x.rows; ++i) {
    for (std::size_t j = 0; j < x.cols; ++j)
      count += numbers[place(i, j)] == rounded(expected.at(i, j)) ? 0 : 1;
  }
  return count;
}

// Sides that end within a tile, a strip and a block, and such that have several blocks.
TEST(OrthogonalBf16, IsExactWhereSumsAre) {
  if (!cpu::has_bf16_products()) GTEST_SKIP() << "this processor has no products of bfloat16";
  for (const auto& [rows, cols] :
       std::vector<std::pair<std::size_t, std::size_t>>{{1, 1}, {31, 33}, {64, 64}, {200, 321}, {449, 520}}) {
    Wide x = sparse(rows, cols);
    Wide expected = iterated(x);
    for (const bool high : {false, true}) {
      EXPECT_EQ(wrong(x, expected, high, 1), 0) << rows << " x " << cols << (high ? ", high" : "");
      EXPECT_EQ(wrong(x, expected, high, 3), 0) << rows << " x " << cols << (high ? ", high" : "");
    }
  }
}

}  // namespace
}  // namespace calando::optimizer
