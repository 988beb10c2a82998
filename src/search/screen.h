// SPDX-License-Identifier: MIT
// Rough dot products of one query in float32 or integers: the kernels of a pass for fewer queries than a tile has.
#pragma once

#include <cstddef>
#include <cstdint>

#include "src/similarity/kernel.h"

namespace calando::searching {

/// The elements of rows as float32, without gaps: all types exactly, but f64, which is scaled and rounded.
void floats_of(const similarity::Rows& rows, std::size_t dimension, float* out) noexcept;

/// out[i] = a . row i, in float32, in any order. Not for f64 and bits.
///
/// Error:   (n + 1) 2^-24 / (1 - (n + 1) 2^-24) sum |a||row|, and what subnormal products lose
void rough_dots(const float* a, const similarity::Rows& rows, std::size_t dimension, float* out) noexcept;

/// out[i] = a . row i for rows of i8 or u8, exactly, where dimension * max|a| * 255 < 2^31; then rounded.
void integer_dots(const std::int16_t* a, const similarity::Rows& rows, std::size_t dimension,
                  float* out) noexcept;

/// Scores of one query, to be compared: score[i] step inverse[i] is the rough similarity of row i.
struct RoughScores {
  const float* scores = nullptr;
  float step = 1;
  const float* inverse = nullptr;
  std::size_t count = 0;
};

/// The first row from `from` on whose rough similarity is at least that, or `count`. NaN is none.
std::size_t next_candidate(const RoughScores& rows, std::size_t from, float least) noexcept;

}  // namespace calando::searching
