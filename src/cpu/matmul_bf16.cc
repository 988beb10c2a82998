// SPDX-License-Identifier: MIT
#include "src/cpu/matmul_bf16.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__) && !defined(CALANDO_PORTABLE)
#include <immintrin.h>
#define CALANDO_BF16 1
#define CALANDO_BF16_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))
#endif

namespace calando::cpu {
namespace {

/// Pairs of a panel that stay in the second-level cache beside the rows of A that meet them: 64 KB.
constexpr std::size_t kPairs = 512;

std::uint32_t pair_of(const BFloat16* first, const BFloat16* second) {
  return std::uint32_t{first->bits} | std::uint32_t{second->bits} << 16;
}

}  // namespace

void pack_bf16_panel(const BFloat16* b, std::size_t stride, bool transposed, std::size_t depth,
                     std::size_t panel, std::uint32_t* panels) noexcept {
  std::uint32_t* const to = panels + panel * kBf16Side * (depth / 2);
  if (!transposed) {
    for (std::size_t k = 0; k < depth; k += 2) {
      const BFloat16* const row = b + k * stride + panel * kBf16Side;
      for (std::size_t j = 0; j < kBf16Side; ++j)
        to[k / 2 * kBf16Side + j] = pair_of(row + j, row + stride + j);
    }
    return;
  }
  constexpr std::size_t kSome = 16;  // pairs of each column in turn, so that what is written stays in cache
  for (std::size_t first = 0; first < depth / 2; first += kSome) {
    for (std::size_t j = 0; j < kBf16Side; ++j) {
      const BFloat16* const column = b + (panel * kBf16Side + j) * stride;
      for (std::size_t k = first; k < std::min(depth / 2, first + kSome); ++k)
        to[k * kBf16Side + j] = pair_of(column + 2 * k, column + 2 * k + 1);
    }
  }
}

#if defined(CALANDO_BF16)

bool has_bf16_products() noexcept {
  return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl");
}

namespace {

constexpr std::size_t kTileRows = 8;  // sixteen vectors of sums
static_assert(kBf16Side % kTileRows == 0);

/// A tile of C stays in registers while k advances.
CALANDO_BF16_TARGET void multiply_tile(const BFloat16* a, std::size_t stride, const std::uint32_t* panel,
                                       std::size_t pairs, float* c, std::size_t c_stride) {
  __m512 sum[kTileRows][2];
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kTileRows; ++r) {
    sum[r][0] = _mm512_loadu_ps(c + r * c_stride);
    sum[r][1] = _mm512_loadu_ps(c + r * c_stride + 16);
  }
  for (std::size_t k = 0; k < pairs; ++k) {
    const auto left = (__m512bh)_mm512_loadu_si512(panel + k * kBf16Side);
    const auto right = (__m512bh)_mm512_loadu_si512(panel + k * kBf16Side + 16);
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kTileRows; ++r) {
      std::int32_t two;
      std::memcpy(&two, a + r * stride + 2 * k, sizeof two);
      const auto x = (__m512bh)_mm512_set1_epi32(two);
      sum[r][0] = _mm512_dpbf16_ps(sum[r][0], x, left);
      sum[r][1] = _mm512_dpbf16_ps(sum[r][1], x, right);
    }
  }
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kTileRows; ++r) {
    _mm512_storeu_ps(c + r * c_stride, sum[r][0]);
    _mm512_storeu_ps(c + r * c_stride + 16, sum[r][1]);
  }
}

}  // namespace

void multiply_bf16(const Bf16Product& p, std::size_t rows, std::size_t cols) noexcept {
  for (std::size_t first = 0; first < p.depth / 2; first += kPairs) {
    const std::size_t pairs = std::min(kPairs, p.depth / 2 - first);
    for (std::size_t j = 0; j < cols; j += kBf16Side) {
      const std::uint32_t* const panel = p.panels + j * (p.depth / 2) + first * kBf16Side;
      for (std::size_t i = 0; i < rows; i += kTileRows) {
        multiply_tile(p.a + i * p.a_stride + 2 * first, p.a_stride, panel, pairs, p.c + i * p.c_stride + j,
                      p.c_stride);
      }
    }
  }
}

#else

bool has_bf16_products() noexcept { return false; }
void multiply_bf16(const Bf16Product&, std::size_t, std::size_t) noexcept {}

#endif

}  // namespace calando::cpu
