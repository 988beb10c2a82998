// SPDX-License-Identifier: MIT
// What is left of a model to be solved for total rewards: end components without rewards made into one state each, states
// of infinite value taken out.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "calando/mdp.h"
#include "src/bellman/graph.h"

namespace calando::bellman {

/// A problem of total rewards, to be maximised.
struct TotalProblem {
  const Mdp& model;
  double sign = 1;       // -1: the model's rewards are costs
  bool pays = true;      // whether the model's rewards count
  Marks goal = {};       // states that end the process; empty: none
  double goal_pays = 0;  // what they pay, to be maximised; those marked kLost pay nothing
  /// What staying for ever in an end component without rewards pays; empty: nothing.
  std::function<double(std::uint32_t component)> staying = {};
};

/// The mark of a state that ends the process and is no goal.
inline constexpr std::uint8_t kLost = 2;

/// In the place of a choice of the model: to stay in the component for ever, or at the goal.
inline constexpr std::uint32_t kStay = kNone;

/// A model in which every policy that is not of infinite loss ends the process.
///
///   end components without rewards  ->  a state with all choices that leave it, and one that ends the process
///   gains for ever in reach         ->  value infinity
///   losses for ever inescapable     ->  value -infinity
struct Quotient {
  std::vector<double> infinite;         // per state of the model: 0, or its value
  std::vector<std::uint32_t> node_of;   // per state of the model; kNone where it is infinite
  std::vector<std::uint32_t> original;  // per choice of the quotient: the model's, or kStay
  EndComponents components;             // those that were made into one state
  std::vector<std::uint32_t>
      policy_of_infinite;    // per state of the model: what gains without end; kStay elsewhere
  bool ends_surely = true;   // under every policy
  std::optional<Mdp> model;  // nothing where all states are infinite
};

/// Throws:  DataError naming a state: in an end component with rewards of both signs, or with infinite gains and inescapable
///          infinite losses
Quotient make_quotient(const TotalProblem& problem);

}  // namespace calando::bellman
