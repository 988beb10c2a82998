// SPDX-License-Identifier: MIT
#pragma once

#include "calando/solve.h"
#include "src/cpu/threads.h"

namespace calando::bellman {

/// solve() for the criterion `discounted`.
Solution solve_discounted(const Mdp& model, const SolveOptions& options, cpu::Team& team);

}  // namespace calando::bellman
