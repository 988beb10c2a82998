// SPDX-License-Identifier: MIT
// Bounds on total rewards from one look at every choice, for values however found.
#pragma once

#include <span>
#include <vector>

#include "calando/mdp.h"
#include "src/bellman/graph.h"
#include "src/cpu/threads.h"

namespace calando::bellman {

/// v - below w <= V* <= v + above w, where `proven`; and a policy that ends the process surely.
struct WeightedBounds {
  bool proven = false;
  double below = 0;
  double above = 0;
  std::vector<std::uint32_t> policy;  // the model's choices
};

/// With a positive weight w of each state, d = w(s) - f sum p w(s') and A = Q - v of a choice:
///
///   above = max A / d over the choices with d > 0, if A <= above d for those with d <= 0: then T (v + above w) <= v + above w
///   below = max -A / d of one choice with d > 0 in each state:                         then T (v - below w) >= v - below w
///
/// where T is the operator of total rewards, to which every vector converges if policies that do not end are of infinite loss.
///
/// Error:   rounding included, row by row
/// Source:  Bertsekas & Tsitsiklis 1991, propositions 2 and 3; with w = 1, MacQueen 1966
WeightedBounds prove_bounds(const Mdp& model, std::span<const double> v, std::span<const double> w,
                            cpu::Team& team);

/// The choices whose Q is within `slack` of v.
Marks nearly_best(const Mdp& model, std::span<const double> v, double slack);

}  // namespace calando::bellman
