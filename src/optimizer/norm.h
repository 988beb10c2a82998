// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

namespace calando::optimizer {

/// Elements of a block; a tensor's norm is a sum over its blocks.
inline constexpr std::size_t kBlock = 8192;

/// The sum of squares of at most kBlock elements, in double: eight lanes, each in order, then a fixed tree.
///
/// Error:   the same bits everywhere; squares of float32 are exact, so within kBlock / 8 2^-53 of the sum
double block_square_sum(std::span<const float> block) noexcept;

}  // namespace calando::optimizer
