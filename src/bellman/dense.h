// SPDX-License-Identifier: MIT
// Small dense systems, by elimination.
#pragma once

#include <span>
#include <vector>

namespace calando::bellman {

/// Solves a x = b: b becomes x, a is used up. Rows of a are b.size() long. A singular system gives what is not finite.
///
/// Source:  Gaussian elimination with partial pivoting; Golub & Van Loan, algorithm 3.4.1.
void solve_dense(std::vector<double>& a, std::span<double> b);

}  // namespace calando::bellman
