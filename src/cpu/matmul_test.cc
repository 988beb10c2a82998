// SPDX-License-Identifier: MIT
// Matrix products: the bits of a plain loop, for every instruction set, shape, stride, split and number of threads.
#include "src/cpu/matmul.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "calando/error.h"
#include "src/cpu/random.h"
#ifndef CALANDO_PORTABLE
#include "hwy/targets.h"
#endif

namespace calando::cpu {
namespace {

/// Calls check() once for each instruction set of this machine that the kernel is compiled for.
template <class Check>
void on_every_target(const Check& check) {
#ifdef CALANDO_PORTABLE
  check();
#else
  for (std::int64_t rest = hwy::SupportedTargets(); rest != 0; rest &= rest - 1) {
    hwy::SetSupportedTargetsForTest(rest & -rest);
    const std::string name = matmul_kernel().instruction_set;
    SCOPED_TRACE(name);
    if (name == hwy::TargetName(rest & -rest)) check();  // else the kernel is not compiled for it
  }
  hwy::SetSupportedTargetsForTest(0);
#endif
}

std::vector<float> numbers(std::size_t count, std::uint32_t part) {
  const Random random(11, Purpose::test, part);
  std::vector<float> result(count);
  for (std::size_t i = 0; i < count; ++i) result[i] = static_cast<float>(random.uniform(i) * 2 - 1);
  return result;
}

/// The formula of Product, as it is written there.
std::vector<float> plain(const Product& p) {
  const bool fused = matmul_kernel().fused;
  std::vector<float> c;
  for (std::size_t i = 0; i < p.a.rows; ++i) {
    for (std::size_t j = 0; j < p.b.cols; ++j) {
      float sum = p.start.data == nullptr ? 0 : p.start.data[i * p.start.row_stride + j];
      for (std::size_t k = 0; k < p.a.cols; ++k) {
        const float a = p.a.data[i * p.a.row_stride + k * p.a.col_stride];
        const float b = p.b.data[k * p.b.row_stride + j * p.b.col_stride];
        sum = fused ? std::fma(a, b, sum) : sum + a * b;
      }
      c.push_back(sum);
    }
  }
  return c;
}

enum class Layout { row_major, transposed, strided };
constexpr Layout kLayouts[] = {Layout::row_major, Layout::transposed, Layout::strided};

/// A matrix that ends where its memory ends, so that a sanitizer sees a read past it.
struct Matrix {
  Matrix(std::size_t rows, std::size_t cols, Layout layout, std::uint32_t part)
      : data(numbers(rows * cols * (layout == Layout::strided ? 3 : 1), part)),
        view(row_major(data.data(), rows, cols)) {
    if (layout == Layout::transposed) view = row_major(data.data(), cols, rows).transposed();
    if (layout == Layout::strided) view = {data.data(), rows, cols, 3 * cols, 3};
  }
  std::vector<float> data;
  MatrixView view;
};

/// C inside a larger array: what lies between its rows must stay as it is.
class Output {
 public:
  static constexpr float kUntouched = 12345;

  Output(std::size_t rows, std::size_t cols)
      : rows_(rows), cols_(cols), data_(rows * (cols + kGap), kUntouched) {}
  float* data() { return data_.data(); }
  std::size_t stride() const { return cols_ + kGap; }
  void expect_bits(const std::vector<float>& expected) const {
    for (std::size_t i = 0; i < rows_; ++i)
      for (std::size_t j = 0; j < stride(); ++j)
        ASSERT_EQ(std::bit_cast<std::uint32_t>(data_[i * stride() + j]),
                  std::bit_cast<std::uint32_t>(j < cols_ ? expected[i * cols_ + j] : kUntouched))
            << "row " << i << ", column " << j << " of " << rows_ << " x " << cols_;
  }

 private:
  static constexpr std::size_t kGap = 3;
  std::size_t rows_, cols_;
  std::vector<float> data_;
};

struct Shape {
  std::size_t rows, inner, cols;
};

void expect_plain_bits(Team& team, Shape shape, Layout a_layout, Layout b_layout) {
  const Matrix a(shape.rows, shape.inner, a_layout, 1);
  const Matrix b(shape.inner, shape.cols, b_layout, 2);
  Output c(shape.rows, shape.cols);
  const Product product{a.view, b.view, c.data(), c.stride(), {}};
  matmul(team, product);
  c.expect_bits(plain(product));
}

TEST(Matmul, EveryShapeUpTo40) {
  on_every_target([] {
    Team team(1);
    for (std::size_t n = 1; n <= 40; ++n) {
      for (std::size_t other : {std::size_t{1}, 41 - n, std::size_t{33}}) {
        expect_plain_bits(team, {n, other, 7}, Layout::row_major, Layout::row_major);
        expect_plain_bits(team, {other, n, 17}, Layout::row_major, Layout::transposed);
        expect_plain_bits(team, {5, other, n}, Layout::transposed, Layout::row_major);
        expect_plain_bits(team, {other, 6, n}, Layout::row_major, Layout::transposed);
      }
    }
  });
}

// Rows a multiple of 1024 numbers apart, and columns enough to repay a copy of them.
TEST(Matmul, CrowdedRows) {
  on_every_target([] {
    Team team(1);
    for (const std::size_t rows : {7, 8, 256, 263})
      expect_plain_bits(team, {rows, 1024, 530}, Layout::row_major, Layout::row_major);
    expect_plain_bits(team, {9, 2048, 512}, Layout::row_major, Layout::transposed);
  });
}

TEST(Matmul, EveryLayout) {
  on_every_target([] {
    Team team(1);
    for (Layout a : kLayouts)
      for (Layout b : kLayouts)
        for (Shape shape : {Shape{1, 1, 1}, {13, 5, 35}, {20, 128, 10}, {9, 258, 66}})
          expect_plain_bits(team, shape, a, b);
  });
}

// Where the inner dimension is cut for the cache, sums pass through C: the bits must not notice.
TEST(Matmul, LongSumsKeepTheirOrder) {
  on_every_target([] {
    Team team(1);
    for (std::size_t inner : {255, 256, 257, 511, 512, 513, 784, 1025})
      expect_plain_bits(team, {9, inner, 34}, Layout::row_major, Layout::row_major);
  });
}

TEST(Matmul, AnyNumberOfThreadsGivesTheSameBits) {
  for (int threads : {1, 2, 3}) {
    Team team(threads);
    for (Shape shape : {Shape{128, 300, 100}, {257, 128, 10}, {100, 784, 1}, {33, 65, 129}, {1, 700, 300}})
      for (Layout b : {Layout::row_major, Layout::transposed})
        expect_plain_bits(team, shape, Layout::row_major, b);
  }
}

TEST(Matmul, AnySplitIntoBlocksGivesTheSameBits) {
  on_every_target([] {
    const Matrix a(50, 300, Layout::row_major, 1);
    const Matrix b(300, 70, Layout::row_major, 2);
    for (std::size_t row_cut : {1, 7, 32, 49})
      for (std::size_t col_cut : {1, 10, 32, 33, 69}) {
        Output c(50, 70);
        const Product product{a.view, b.view, c.data(), c.stride(), {}};
        for (Range rows : {Range{row_cut, 50}, {0, row_cut}})
          for (Range cols : {Range{col_cut, 70}, {0, col_cut}}) matmul_block(product, rows, cols);
        c.expect_bits(plain(product));
      }
  });
}

TEST(Matmul, StartsFromABias) {
  on_every_target([] {
    Team team(2);
    for (std::size_t cols : {1, 10, 32, 45}) {
      const Matrix a(130, 300, Layout::row_major, 1);
      const Matrix b(300, cols, Layout::row_major, 2);
      const std::vector<float> bias = numbers(cols, 3);
      Output c(130, cols);
      const Product product{a.view, b.view, c.data(), c.stride(), {bias.data()}};
      matmul(team, product);
      c.expect_bits(plain(product));
    }
  });
}

TEST(Matmul, AddsToC) {
  on_every_target([] {
    Team team(2);
    const Matrix a(70, 600, Layout::transposed, 1);
    const Matrix b(600, 50, Layout::row_major, 2);
    const std::vector<float> before = numbers(70 * 50, 3);
    Output c(70, 50);
    for (std::size_t i = 0; i < 70; ++i) std::copy_n(&before[i * 50], 50, c.data() + i * c.stride());
    const std::vector<float> expected = plain({a.view, b.view, nullptr, 0, {before.data(), 50}});
    matmul(team, {a.view, b.view, c.data(), c.stride(), {c.data(), c.stride()}});
    c.expect_bits(expected);
  });
}

TEST(Matmul, EmptyShapes) {
  Team team(2);
  const float bias[] = {1, 2, 3};
  Output none(0, 3);
  matmul(team, {row_major(nullptr, 0, 5), row_major(bias, 5, 3), none.data(), 3, {}});
  Output c(2, 3);  // an empty sum is what it starts from
  matmul(team, {row_major(nullptr, 2, 0), row_major(nullptr, 0, 3), c.data(), c.stride(), {bias}});
  c.expect_bits({1, 2, 3, 1, 2, 3});
}

// A zero times infinity is a NaN: no shortcut for zeros, and what pads a panel reaches no element.
TEST(Matmul, NotANumberStaysInItsRow) {
  on_every_target([] {
    Team team(1);
    Matrix a(9, 20, Layout::row_major, 1);
    const Matrix b(20, 17, Layout::row_major, 2);
    a.data[3 * 20 + 4] = std::numeric_limits<float>::quiet_NaN();
    a.data[5 * 20 + 6] = std::numeric_limits<float>::infinity();
    std::vector<float> c(9 * 17);
    matmul(team, {a.view, b.view, c.data(), 17, {}});
    for (std::size_t i = 0; i < 9; ++i)
      for (std::size_t j = 0; j < 17; ++j) {
        EXPECT_EQ(std::isnan(c[i * 17 + j]), i == 3) << i << ", " << j;
        EXPECT_EQ(std::isinf(c[i * 17 + j]), i == 5) << i << ", " << j;
      }
  });
}

// |c - exact| <= m u / (1 - m u) sum |a||b|, against products and sums in double.
TEST(Matmul, ErrorIsWithinTheBound) {
  on_every_target([] {
    Team team(1);
    const Matrix a(20, 784, Layout::row_major, 1);
    const Matrix b(784, 30, Layout::row_major, 2);
    std::vector<float> c(20 * 30);
    matmul(team, {a.view, b.view, c.data(), 30, {}});
    const double mu = 784 * 0x1p-24;
    for (std::size_t i = 0; i < 20; ++i)
      for (std::size_t j = 0; j < 30; ++j) {
        double exact = 0, size = 0;
        for (std::size_t k = 0; k < 784; ++k) {
          const double term = double{a.data[i * 784 + k]} * double{b.data[k * 30 + j]};
          exact += term;
          size += std::abs(term);
        }
        EXPECT_LE(std::abs(c[i * 30 + j] - exact), mu / (1 - mu) * size);
      }
  });
}

TEST(Matmul, RefusesShapesThatDisagree) {
  Team team(1);
  const std::vector<float> data(100);
  std::vector<float> c(100);
  const auto message = [&](const Product& product) {
    try {
      matmul(team, product);
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string("nothing thrown");
  };
  EXPECT_EQ(message({row_major(data.data(), 4, 5), row_major(data.data(), 6, 7), c.data(), 7, {}}),
            "product of 4 x 5 and 6 x 7: the inner sizes differ");
  EXPECT_EQ(message({row_major(data.data(), 4, 5), row_major(data.data(), 5, 7), c.data(), 6, {}}),
            "product: rows of C 6 apart, expected at least 7");
}

}  // namespace
}  // namespace calando::cpu
