// SPDX-License-Identifier: MIT
// Values found component by component, those that others lead to first: without proof, as near as doubles go.
#pragma once

#include <span>
#include <vector>

#include "calando/mdp.h"
#include "src/bellman/budget.h"
#include "src/bellman/graph.h"
#include "src/bellman/krylov.h"
#include "src/cpu/threads.h"

namespace calando::bellman {

/// The states of a model, component by component in an order in which successors come first; within a component in the
/// order of a wave that starts where the component can be left, or at its largest reward times `sign` where it cannot.
struct Wave {
  std::vector<std::uint32_t> state;  // in that order
  std::vector<std::uint32_t> first;  // of each component, and the number of states
};
Wave make_wave(const MdpArrays& arrays, double sign, cpu::Team& team);

/// What is maximised: the sum of rewards, each step's times `discount`; or the number of steps.
struct Payoff {
  double sign = 1;
  double discount = 1;
  bool counts_steps = false;       // every reward is 1
  const Marks* allowed = nullptr;  // the choices that count; null: all
};

/// v(s) = max_c [ reward + factor sum_{s' != s} p v(s') ] / (1 - factor p(s)), self-loops taken out exactly.
class ComponentSolver {
 public:
  ComponentSolver(const MdpArrays& arrays, const Wave& wave, const Payoff& payoff, cpu::Team& team,
                  Budget& budget);

  /// Improves v until no state changes by more than `tolerance`, or by rounding alone. False where the budget ended it.
  bool run(std::span<double> v, double tolerance);

  /// One sweep in the order of the wave, each state from the newest values. The largest change.
  // NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): it does not see the constructor, in another file
  double sweep_all(std::span<double> v) { return sweep(wave_.state, v); }

 private:
  struct Choice {
    double value;
    std::uint32_t index;
  };
  Choice best(std::span<const double> v, std::uint32_t state) const noexcept;
  double factor(std::size_t c) const noexcept {
    return arrays_.discount.empty() ? payoff_.discount : payoff_.discount * arrays_.discount[c];
  }
  double reward(std::size_t c) const noexcept {
    return payoff_.counts_steps ? 1 : payoff_.sign * arrays_.reward[c];
  }
  bool allowed(std::size_t c) const noexcept {
    return payoff_.allowed == nullptr || (*payoff_.allowed)[c] != 0;
  }

  bool run_component(std::span<const std::uint32_t> states, std::span<double> v, double tolerance);
  double sweep(std::span<const std::uint32_t> states, std::span<double> v);
  double work(std::span<const std::uint32_t> states) const noexcept;
  void pack(std::span<const std::uint32_t> states, std::span<const double> v);
  bool evaluate(std::span<const std::uint32_t> states, std::span<double> v, double tolerance);
  void evaluate_dense(std::span<double> x) const;
  void apply(std::span<const double> x, std::span<double> y) const;
  void pass_on(std::span<const double> x, std::span<double> y) const;

  const MdpArrays& arrays_;
  const Wave& wave_;
  Payoff payoff_;
  cpu::Team& team_;
  Budget& budget_;
  std::vector<std::uint32_t> position_;  // of each state within its component
  std::vector<std::uint32_t> component_;
  double magnitude_ = 0;  // of the values that the last sweep has seen
  // The policy of a component, its self-loops taken out: x = right + rows x.
  std::vector<std::uint32_t> row_begin_;
  std::vector<std::uint32_t> target_;
  std::vector<double> probability_;
  std::vector<double> right_;
  std::vector<std::uint32_t> order_;  // of the rows: along it values travel
  std::vector<std::uint32_t> place_;  // of each row in it
};

}  // namespace calando::bellman
