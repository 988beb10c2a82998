// SPDX-License-Identifier: MIT
// Sums of squares whose bits depend on nothing but the numbers.
#pragma once

#include <span>

#include "calando/numbers.h"
#include "src/cpu/threads.h"

namespace calando::optimizer {

/// A sum whose order depends on the number of terms alone; its error grows with the logarithm of it.
double tree_sum(std::span<const double> terms);

/// The sum of the squares of a tensor: of its blocks of cpu::kLongestPiece, then tree_sum.
double square_sum_of(ConstNumbers numbers, cpu::Team& team);

}  // namespace calando::optimizer
