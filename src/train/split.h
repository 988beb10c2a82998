// SPDX-License-Identifier: MIT
// The rows that are kept back to measure on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace calando::training {

struct Split {
  std::vector<std::uint32_t> training;  // both ascending
  std::vector<std::uint32_t> validation;
};

/// Keeps back a share of the rows, of each class the same share as nearly as whole rows allow, by seed.
///
///   rows kept back = share x rows, rounded; of each class the whole part of its share, then one more of those classes that lost
///   most by that; at least one row of each class stays
///
/// Shapes:  labels: one for each of `rows`, or none: all are of one class
/// Error:   a function of the seed and of the rows' numbers and labels alone
Split split_rows(std::span<const std::uint32_t> rows, std::span<const std::int32_t> labels,
                 std::size_t classes, double share, std::uint64_t seed);

}  // namespace calando::training
