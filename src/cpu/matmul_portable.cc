// SPDX-License-Identifier: MIT
// The matrix product without Highway: the same sums in the same order, one row of C after the other.
#ifdef CALANDO_PORTABLE
#include "src/cpu/matmul.h"

namespace calando::cpu {

void matmul_block(const Product& p, Range rows, Range cols) noexcept {
  for (std::size_t i = rows.first; i < rows.last; ++i) {
    float* c = p.c + i * p.c_stride;
    for (std::size_t j = cols.first; j < cols.last; ++j)
      c[j] = p.start.data == nullptr ? 0 : p.start.data[i * p.start.row_stride + j];
    for (std::size_t k = 0; k < p.a.cols; ++k) {
      const float a = p.a.data[i * p.a.row_stride + k * p.a.col_stride];
      const float* b = p.b.data + k * p.b.row_stride;
      for (std::size_t j = cols.first; j < cols.last; ++j) c[j] += a * b[j * p.b.col_stride];
    }
  }
}

MatmulKernel matmul_kernel() noexcept { return {"portable", false}; }

}  // namespace calando::cpu
#endif
