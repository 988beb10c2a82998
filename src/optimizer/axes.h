// SPDX-License-Identifier: MIT
// A tensor turned by a matrix along each of its axes, one after the other.
#pragma once

#include <functional>
#include <numeric>
#include <span>
#include <vector>

#include "src/optimizer/matrices.h"

namespace calando::optimizer {

/// Calls f(axis, size, rest, x) for each axis, x being the tensor with that axis as rows and the others, in turn, as columns; f returns
/// the matrix size x size whose product with x^T comes next, or null for the identity. After the last axis the tensor has its own order.
template <class T, class F>
void for_each_axis(cpu::Team& team, std::span<const std::size_t> shape, std::vector<T>& x, const F& f) {
  std::vector<T> next(x.size());
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    const std::size_t size = shape[axis], rest = x.size() / size;
    const T* const matrix = f(axis, size, rest, std::span<const T>(x));
    if (matrix != nullptr) {
      multiply_transposed(team, x.data(), matrix, {rest, size, size}, next.data());
    } else {
      transpose(team, x.data(), size, rest, next.data());
    }
    x.swap(next);
  }
}

}  // namespace calando::optimizer
