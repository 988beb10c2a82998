// SPDX-License-Identifier: MIT
// Rewards of a number of steps, by backward induction.
#pragma once

#include "src/bellman/operator.h"

namespace calando::bellman {

/// v_0 = 0, v_{k+1} = T v_k, and the answer is v_horizon.
///
/// Error:   rounding, added up step by step. Where the solve is stopped after k steps, what the rest can add:
///          the smallest and largest change of the last step, each time times the smallest or largest beta
/// Source:  Bellman 1957; Puterman 1994, section 4.3
Solution solve_horizon(const BellmanOperator& model, const SolveOptions& options);

}  // namespace calando::bellman
