// SPDX-License-Identifier: MIT
// Products of bfloat16 matrices with sums in float32, by the instructions that some processors have for it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "calando/bfloat16.h"

namespace calando::cpu {

/// Whether this processor has avx512_bf16; nothing else here may be called where it has not.
bool has_bf16_products() noexcept;

/// Sides of all matrices here are multiples of it; a tile of a product has as many columns.
inline constexpr std::size_t kBf16Side = 32;

/// A matrix as the right operand of a product: for each panel of kBf16Side columns, pairs of neighbours of a column in the order of their use.
///
///   panels[(j / 32) depth / 2 * 32 + k / 2 * 32 + j % 32] = {b(k, j), b(k + 1, j)}   for even k
///
/// Shapes:  B depth x cols, rows `stride` apart, or its transpose: cols x depth; panel j / 32 alone is written
void pack_bf16_panel(const BFloat16* b, std::size_t stride, bool transposed, std::size_t depth,
                     std::size_t panel, std::uint32_t* panels) noexcept;

/// A block of C += A B with A row-major and B in panels.
struct Bf16Product {
  const BFloat16* a;  // the block's rows
  std::size_t a_stride;
  const std::uint32_t* panels;  // from the block's first column on
  std::size_t depth;
  float* c;
  std::size_t c_stride;
};

/// Error:   pairs in the order of k, as vdpbf16ps sums them; the same bits for any division into blocks
void multiply_bf16(const Bf16Product& product, std::size_t rows, std::size_t cols) noexcept;

}  // namespace calando::cpu
