// SPDX-License-Identifier: MIT
// What a row is before it meets another: its scale and its square, and the one place where sums become a similarity.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "calando/similarity.h"
#include "src/similarity/kernel.h"

namespace calando::similarity {

/// The scale of a row of f64, of its largest magnitude's bits; {1, 1} for a row of zeros, or one that is not finite.
Scale scale_of(std::uint64_t largest_magnitude) noexcept;

/// Scales of all rows where they are f64, else nothing.
std::vector<Scale> scales_of(const Vectors& vectors);

/// The rows [first, first + count) as the kernels want them. `scales` are those of all rows, or empty.
Rows rows_of(const Vectors& vectors, std::span<const Scale> scales, std::size_t first,
             std::size_t count) noexcept;

/// a . a of every row, scaled; not finite where a number is not, which the sum of finite ones always is.
std::vector<double> squares_of(const Vectors& vectors, std::span<const Scale> scales);

/// dot / sqrt(aa bb) within [-1, 1]; NaN stays NaN. A vector of zeros takes what `undefined` says, `error` being the
/// caller's to throw: it gives NaN here. Neither product nor root leaves the range of doubles.
inline double similarity_of(double dot, double aa, double bb, Undefined undefined) noexcept {
  if (aa == 0 || bb == 0) {
    const bool known = undefined == Undefined::zero && std::isfinite(aa) && std::isfinite(bb);
    return known ? 0 : std::numeric_limits<double>::quiet_NaN();
  }
  const double s = dot / std::sqrt(aa * bb);
  return s > 1 ? 1 : s < -1 ? -1 : s;
}

/// "f32 vectors of dimension 128"
std::string description_of(const Vectors& vectors);

/// Throws:  UsageError: types or dimensions differ, or bits of a dimension that is no multiple of 8.
void require_alike(const char* function, const Vectors& a, const Vectors& b);

/// Throws:  UsageError where a row is zero and `undefined` is error.
void refuse_zeros(const char* function, std::span<const double> squares, Undefined undefined);

}  // namespace calando::similarity
