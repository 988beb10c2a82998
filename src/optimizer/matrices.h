// SPDX-License-Identifier: MIT
// Products of dense matrices, row-major, in float or double: the same bits for any team on one machine.
#pragma once

#include <cstddef>

#include "src/cpu/threads.h"

namespace calando::optimizer {

/// out = M M^T, M being size x length: half of it is worked out, the other half is its mirror image.
template <class T>
void gram(cpu::Team& team, const T* m, std::size_t size, std::size_t length, T* out);

/// out = S X, S being size x size and X size x cols.
void multiply(cpu::Team& team, const float* s, const float* x, std::size_t size, std::size_t cols,
              float* out);
void multiply(cpu::Team& team, const double* s, const double* x, std::size_t size, std::size_t cols,
              double* out);

/// rows x cols, sums of `inner` terms.
struct ProductShape {
  std::size_t rows, inner, cols;
};

/// out = X^T B, X being inner x rows and B inner x cols.
void multiply_transposed(cpu::Team& team, const float* x, const float* b, const ProductShape& shape,
                         float* out);
void multiply_transposed(cpu::Team& team, const double* x, const double* b, const ProductShape& shape,
                         double* out);

/// to[j, i] = from[i, j], in squares that stay in cache.
template <class T>
void transpose(cpu::Team& team, const T* from, std::size_t rows, std::size_t cols, T* to);

}  // namespace calando::optimizer
