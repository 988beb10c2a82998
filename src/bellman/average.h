// SPDX-License-Identifier: MIT
// Reward per step in the long run.
#pragma once

#include "calando/solve.h"
#include "src/bellman/budget.h"
#include "src/cpu/threads.h"

namespace calando::bellman {

/// The gain of a model that is one end component: the same in every state.
struct Gain {
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
  std::vector<double> bias;           // up to a constant
  std::vector<std::uint32_t> policy;  // the model's choices
};

/// min_s (T h - h) <= gain <= max_s (T h - h) for every h; h by policies, evaluated directly or by damped sweeps.
///
/// Source:  Puterman 1994, theorem 8.5.5 and section 8.5.4
Gain solve_gain(const Mdp& model, Objective objective, double tolerance, cpu::Team& team, Budget& budget);

/// solve() for the criterion `average`: the gains of the maximal end components, and the total reward of ending in them.
Solution solve_average(const Mdp& model, const SolveOptions& options, cpu::Team& team);

}  // namespace calando::bellman
