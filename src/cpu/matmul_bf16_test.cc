// SPDX-License-Identifier: MIT
// Products of bfloat16 matrices: against double, and that neither the division into blocks nor the side of a transpose changes a bit.
#include "src/cpu/matmul_bf16.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "src/cpu/narrow.h"
#include "src/cpu/random.h"

namespace calando::cpu {
namespace {

std::vector<BFloat16> random_matrix(std::size_t count, std::uint32_t part) {
  const Random random(17, Purpose::test, part);
  std::vector<BFloat16> result(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto x = static_cast<float>(random.uniform(i) - 0.5);
    narrow_bf16(&x, &result[i], 1);
  }
  return result;
}

std::vector<BFloat16> transpose(const std::vector<BFloat16>& m, std::size_t rows, std::size_t cols) {
  std::vector<BFloat16> result(m.size());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) result[j * rows + i] = m[i * cols + j];
  }
  return result;
}

constexpr std::size_t kRows = 64, kDepth = 1504, kCols = 96;  // more than one part in depth

std::vector<std::uint32_t> packed(const std::vector<BFloat16>& b, bool transposed) {
  std::vector<std::uint32_t> panels(kDepth / 2 * kCols);
  for (std::size_t panel = 0; panel < kCols / kBf16Side; ++panel)
    pack_bf16_panel(b.data(), transposed ? kDepth : kCols, transposed, kDepth, panel, panels.data());
  return panels;
}

TEST(Bf16Products, PanelsOfAMatrixAndOfItsTransposeAreTheSame) {
  const std::vector<BFloat16> b = random_matrix(kDepth * kCols, 1);
  const std::vector<std::uint32_t> panels = packed(b, false);
  EXPECT_EQ(packed(transpose(b, kDepth, kCols), true), panels);
  for (std::size_t k = 0; k < kDepth; k += 2) {
    for (std::size_t j = 0; j < kCols; ++j) {
      const std::uint32_t pair = panels[j / 32 * (kDepth / 2) * 32 + k / 2 * 32 + j % 32];
      ASSERT_EQ(pair & 0xFFFFU, b[k * kCols + j].bits);
      ASSERT_EQ(pair >> 16, b[(k + 1) * kCols + j].bits);
    }
  }
}

TEST(Bf16Products, AreThoseOfDoubleWithinTheRoundingOfTheirSums) {
  if (!has_bf16_products()) GTEST_SKIP() << "this processor has no avx512_bf16";
  const std::vector<BFloat16> a = random_matrix(kRows * kDepth, 0), b = random_matrix(kDepth * kCols, 1);
  const std::vector<std::uint32_t> panels = packed(b, false);
  std::vector<float> c(kRows * kCols, 0.25F), parts = c;
  multiply_bf16({a.data(), kDepth, panels.data(), kDepth, c.data(), kCols}, kRows, kCols);
  for (std::size_t i = 0; i < kRows; ++i) {
    for (std::size_t j = 0; j < kCols; ++j) {
      double exact = 0.25, sizes = 0.25;
      for (std::size_t k = 0; k < kDepth; ++k) {
        const double term = static_cast<double>(float{a[i * kDepth + k]}) * float{b[k * kCols + j]};
        exact += term;
        sizes += std::abs(term);
      }
      // Products are exact in float; each sum rounds once.
      EXPECT_LE(std::abs(c[i * kCols + j] - exact), kDepth * 0x1p-24 * sizes);
    }
  }
  for (std::size_t i = 0; i < kRows; i += 8) {
    for (std::size_t j = 0; j < kCols; j += kBf16Side) {
      multiply_bf16({a.data() + i * kDepth, kDepth, panels.data() + j * (kDepth / 2), kDepth,
                     parts.data() + i * kCols + j, kCols},
                    8, kBf16Side);
    }
  }
  EXPECT_EQ(parts, c);
}

}  // namespace
}  // namespace calando::cpu
