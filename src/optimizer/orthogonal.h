// SPDX-License-Identifier: MIT
// The iteration of Newton and Schulz, which makes a matrix nearly orthogonal.
#pragma once

#include <cstddef>
#include <span>

#include "src/cpu/threads.h"

namespace calando::optimizer {

/// How often, and the polynomial a s + b s^3 + c s^5 that each iteration applies to the singular values s.
struct NewtonSchulz {
  int steps;
  double a, b, c;
  double smallest_norm;
  bool bf16 =
      false;  // of float: the factors of every product rounded to bfloat16, where cpu::has_bf16_products()
  bool norm_added = false;  // |X| + smallest_norm instead
};

/// X / max(|X|, smallest_norm), then `steps` times X <- (a I + b A + c A^2) X with A = X X^T.
///
/// Shapes:  X rows x columns, row-major; a matrix higher than wide is worked on as its transpose
/// Error:   the same bits for any team on one machine
template <class T>
void orthogonalize(cpu::Team& team, std::span<T> x, std::size_t rows, std::size_t cols,
                   const NewtonSchulz& how);

/// The iterations on what is divided already, with products of bfloat16.
void iterate_bf16(cpu::Team& team, std::span<float> x, std::size_t rows, std::size_t cols,
                  const NewtonSchulz& how);

}  // namespace calando::optimizer
