// SPDX-License-Identifier: MIT
// Rough similarities in float32 and who of them is worth an exact look: the kernels of a pass over a corpus.
#pragma once

#include <cstddef>
#include <cstdint>

#include "src/similarity/kernel.h"

namespace calando::searching {

/// A row and a query of a tile.
struct Place {
  std::uint32_t row;
  std::uint32_t query;
};

/// Dot products of `rows` rows with `queries` queries, row after row `stride` numbers apart.
struct ScoreTile {
  const float* scores = nullptr;
  std::size_t rows = 0;
  std::size_t queries = 0;
  std::size_t stride = 0;
};

/// Writes the places where score * inverse[row] >= least[query], in the order of the rows, and returns how many. NaN never is.
///
/// Shapes:  `places` has room for all
std::size_t find_candidates(const ScoreTile& tile, const float* inverse, const float* least,
                            Place* places) noexcept;

/// The elements of rows as float32, without gaps: all types exactly, but f64, which is scaled and rounded.
void floats_of(const similarity::Rows& rows, std::size_t dimension, float* out) noexcept;

/// out[i] = a . row i, in float32, in any order. Not for f64 and bits.
///
/// Error:   (n + 1) 2^-24 / (1 - (n + 1) 2^-24) sum |a||row|, and what subnormal products lose
void rough_dots(const float* a, const similarity::Rows& rows, std::size_t dimension, float* out) noexcept;

/// out[i] = a . row i for rows of i8 or u8, exactly, where dimension * max|a| * 255 < 2^31; then rounded.
void integer_dots(const std::int16_t* a, const similarity::Rows& rows, std::size_t dimension,
                  float* out) noexcept;

}  // namespace calando::searching
