// SPDX-License-Identifier: MIT
// Loops over the numbers of rows, compiled for each instruction set. The same bits on all of them.
#pragma once

#include <cstddef>

#include "src/train/model_options.h"

namespace calando::training {

/// out[i] = (raw[i] - mean[i]) factor[i]; of a NaN 0, so that a missing number is the mean.
void standardise(std::size_t count, const float* raw, const float* mean, const float* factor,
                 float* out) noexcept;
void standardise(std::size_t count, const unsigned char* raw, const float* mean, const float* factor,
                 float* out) noexcept;

/// y = activation(z), in place; and gain = the activation's derivative at z.
void activate(Activation activation, std::size_t count, float* zy, float* gain) noexcept;
/// The same without the derivative.
void activate(Activation activation, std::size_t count, float* zy) noexcept;

/// y[i] *= gain[i]
void scale(std::size_t count, float* y, const float* gain) noexcept;

/// sums[c] += each row's number in column c, the rows in their order.
///
/// Shapes:  rows: count x columns, row-major
void add_rows(std::size_t count, std::size_t columns, const float* rows, float* sums) noexcept;

}  // namespace calando::training
