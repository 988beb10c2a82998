// SPDX-License-Identifier: MIT
// The loops that the roofs are measured with, on the calling thread. Each returns a number that depends on all it did, so
// that no compiler leaves anything out.
#pragma once

#include <cstddef>
#include <span>

#include "src/cpu/roof.h"

namespace calando::cpu {

struct MultiplyAdds {
  double operations = 0;
  float sum = 0;
};
/// Fused multiply-adds on registers, two operations each.
MultiplyAdds multiply_add_rounds(std::size_t rounds) noexcept;

/// A multiple of what one round of stream_range() covers, for any instruction set.
inline constexpr std::size_t kStreamStep = 64;

/// Reads and writes numbers [from, to) of arrays in the order read, updated, written; both ends multiples of kStreamStep.
float stream_range(std::span<float* const> arrays, Stream stream, std::size_t from, std::size_t to) noexcept;

}  // namespace calando::cpu
