// SPDX-License-Identifier: MIT
// An iterate under proof: what every solver of the discounted criterion advances.
#pragma once

#include <optional>
#include <vector>

#include "calando/solve.h"
#include "src/bellman/budget.h"
#include "src/bellman/operator.h"
#include "src/cpu/arena.h"

namespace calando::bellman {

/// Values v, their image next = T v, the greedy policy, the narrowest bounds proven so far, and the reasons to stop.
///
///   while (!iterate.improve()) iterate.accept();    // value iteration
class CertifiedIterate {
 public:
  CertifiedIterate(const BellmanOperator& model, const SolveOptions& options);

  /// One sweep: next = T v and what it proves. True where the solve is over.
  bool improve();
  /// The same, and advantage[c] = Q - v of each of the model's choices.
  bool improve(std::span<float> advantage);

  /// v = next.
  void accept() { v.swap(next); }

  /// Adds to next what the last sweep has shown to be missing in every state alike, if that is most of what is missing.
  void shift();

  /// The caller's method has no better values: what keeps the bounds apart is rounding, of the sweep or of the method.
  void nothing_to_gain() noexcept { nothing_to_gain_ = true; }
  /// The same where the caller cannot be sure: it counts once the bounds are nearly as close as rounding allows.
  void little_to_gain() noexcept { little_to_gain_ = true; }

  /// Counts work that proves nothing; true where the solve is over because of time, work or the observer.
  bool spend(double sweeps) { return budget_.spend(sweeps); }

  /// The answer so far, in the caller's sign. Leaves nothing behind.
  Solution finish(Method method) &&;

  const Extremes& extremes() const noexcept { return extremes_; }
  /// What the last sweep has proven.
  const Shifts& shifts() const noexcept { return shifts_; }
  /// Whether that sweep has told of each choice how good it is, or only of the best.
  bool knows_all_choices() const noexcept { return knows_all_; }
  const BellmanOperator& model() const noexcept { return *model_; }

  /// From now on sweeps are those of a model with fewer choices and the same optimal values; choice i of it is number[i] of the
  /// first one. Both are borrowed until forget_restriction().
  void restrict_to(const BellmanOperator& fewer, std::span<const std::uint32_t> number);
  void forget_restriction() noexcept;
  double gap() const noexcept { return gap_; }
  double smallest_gap() const noexcept { return smallest_gap_; }
  double tolerance() const noexcept { return options_.tolerance; }
  double sweeps() const noexcept { return solution_.report.sweeps; }
  Budget& budget() noexcept { return budget_; }
  bool over() const noexcept { return budget_.stopped(); }
  /// A change of values (its span where constants do not count) that the proof will find small enough.
  double enough() const noexcept;

  cpu::Array<double> v;
  cpu::Array<double> next;
  std::vector<std::uint32_t> policy;

 private:
  bool at_rounding_limit();
  Extremes sweep(std::span<float> advantage);
  Extremes sweep_of_zero(std::span<float> advantage);
  void know_the_best_alone(std::span<float> advantage) const;
  double work_of_sweep() const noexcept;
  void record();
  void publish();

  const BellmanOperator* model_;
  const BellmanOperator* const whole_;
  std::span<const std::uint32_t> number_;  // of the choices of *model_ in *whole_; empty: the same
  bool knows_all_ = false;
  const SolveOptions& options_;
  Extremes extremes_;
  Shifts shifts_{};
  Precision precision_ = Precision::plain;  // twice, once rounding is what keeps the bounds apart
  double gap_ = std::numeric_limits<double>::infinity();  // of the last sweep
  double smallest_gap_ = std::numeric_limits<double>::infinity();
  int sweeps_without_gain_ = 0;
  bool nothing_to_gain_ = false;
  bool little_to_gain_ = false;
  std::size_t record_every_ = 1;
  std::size_t sweeps_certified_ = 0;
  Solution solution_;
  Budget budget_{options_, solution_.report};
  std::vector<std::uint32_t> published_policy_;
};

}  // namespace calando::bellman
