// SPDX-License-Identifier: MIT
// Total rewards from both sides: bounds that are moved toward each other by the operator itself.
#pragma once

#include <vector>

#include "calando/mdp.h"
#include "src/bellman/budget.h"
#include "src/bellman/component_solver.h"

namespace calando::bellman {

/// lower <= V* <= upper of a quotient, in every state.
struct Enclosure {
  std::vector<double>& lower;
  std::vector<double>& upper;

  double gap() const noexcept;
};

/// lower <- max(lower, T lower), upper <- min(upper, T upper), state by state in the order of the wave, less and plus what
/// rounding can do: T is monotone, so both stay bounds, and without end components both converge.
///
/// Source:  Haddad & Monmege 2018; Baier, Klein, Leuschner, Parker & Wunderlich 2017
void interval_iteration(const Mdp& quotient, const Wave& wave, double tolerance, Enclosure bounds,
                        Budget& budget);

/// The lower bound alone is moved; then lower + tolerance is tried as an upper one, and is one if a sweep lowers it everywhere.
///
/// Source:  Hartmanns & Kaminski 2020, with the test at the lower bound in the place of the last iterate
void optimistic_value_iteration(const Mdp& quotient, const Wave& wave, double tolerance, Enclosure bounds,
                                Budget& budget);

/// What k steps pay and how likely the process goes on after them, for choices that depend on the step; with least and most of all
/// values these prove bounds, and these prove least and most.
///
/// Error:   rounding included, as it adds up from step to step; where that keeps the bounds apart, interval iteration goes on
/// Source:  Quatmann & Katoen 2018, algorithm 2
void sound_value_iteration(const Mdp& quotient, const Wave& wave, double tolerance, Enclosure bounds,
                           Budget& budget);

}  // namespace calando::bellman
