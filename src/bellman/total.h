// SPDX-License-Identifier: MIT
// Total rewards until the process ends, and the probability of reaching a goal: with bounds.
#pragma once

#include <vector>

#include "calando/solve.h"
#include "src/bellman/budget.h"
#include "src/bellman/quotient.h"
#include "src/cpu/threads.h"

namespace calando::bellman {

/// Bounds on the total rewards of a problem, to be maximised, and a policy.
struct TotalBounds {
  std::vector<double> lower;
  std::vector<double> upper;
  std::vector<std::uint32_t> policy;  // the model's choices; kStay: any that stays in the component
  EndComponents components;           // the components that were made into one state
  double gap = 0;                     // the largest of the finite ones
};

/// Solves to 2 `tolerance`; the budget's report gets status, method, gap and history.
///
/// Throws:  DataError as make_quotient() does
TotalBounds solve_total(const TotalProblem& problem, const SolveOptions& options, cpu::Team& team,
                        Budget& budget, SolveReport& report);

/// The first choice of a state that stays in its component; its first where it has none.
std::uint32_t first_staying(const MdpArrays& arrays, std::uint32_t state, const EndComponents& components);

/// solve() for the criteria `total` and `reach`.
Solution solve_total_rewards(const Mdp& model, const SolveOptions& options, cpu::Team& team);

}  // namespace calando::bellman
