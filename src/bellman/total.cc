// SPDX-License-Identifier: MIT
#include "src/bellman/total.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "src/bellman/bounded_methods.h"
#include "src/bellman/component_solver.h"
#include "src/bellman/row.h"
#include "src/bellman/weighted_bounds.h"

namespace calando::bellman {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Values of the quotient, the narrowest bounds proven so far, and their policy.
class TotalIterate {
 public:
  TotalIterate(const Quotient& quotient, cpu::Team& team, Budget& budget)
      : quotient_(quotient),
        model_(*quotient.model),
        team_(team),
        budget_(budget),
        wave_(make_wave(model_.arrays(), 1, team)),
        v(model_.states()),
        w_(model_.states()),
        lower(model_.states(), -kInfinity),
        upper(model_.states(), kInfinity) {}

  /// Values whose last changes are at most `tolerance`, and what they prove. False where the budget ended it.
  bool improve(double tolerance) {
    const MdpArrays& arrays = model_.arrays();
    if (!ComponentSolver(arrays, wave_, {}, team_, budget_).run(v, tolerance)) return false;
    scale_ = 0;
    for (const double x : v) scale_ = std::max(scale_, std::abs(x));
    if (scale_ == 0) scale_ = model_.measures().largest_reward;
    // Choices that are not much worse than the best have to lead to the end as well: the fewer, the lighter the weights.
    double slack = std::max(1e-3 * scale_, 100 * tolerance);
    for (int attempt = 0; attempt < 6; ++attempt, slack = quotient_.ends_surely ? kInfinity : slack / 64) {
      const Marks allowed = nearly_best(model_, v, slack);
      if (!quotient_.ends_surely && stays_for_ever(allowed)) continue;
      const Payoff steps{.counts_steps = true, .allowed = &allowed};
      std::fill(w_.begin(), w_.end(), 0.0);
      if (!ComponentSolver(arrays, wave_, steps, team_, budget_).run(w_, kStepsTolerance)) return false;
      const WeightedBounds bounds = prove_bounds(model_, v, w_, team_);
      if (budget_.spend(1)) return false;
      if (!bounds.proven) continue;
      publish(bounds);
      break;
    }
    return true;
  }

  /// From the bounds proven so far on, by a method that moves both.
  void enclose(Method method, double tolerance) {
    const Enclosure bounds{lower, upper};
    if (method == Method::interval_iteration) {
      interval_iteration(model_, wave_, tolerance, bounds, budget_);
    } else if (method == Method::sound_value_iteration) {
      sound_value_iteration(model_, wave_, tolerance, bounds, budget_);
    } else {
      optimistic_value_iteration(model_, wave_, tolerance, bounds, budget_);
    }
    gap_ = bounds.gap();
    // A policy that attains T lower >= lower has that value at least: it cannot stay, having nowhere to.
    policy = prove_bounds(model_, lower, w_, team_).policy;
  }

  double gap() const noexcept { return gap_; }
  double scale() const noexcept { return scale_; }

 private:
  static constexpr double kStepsTolerance = 0.25;  // weights then fall by three quarters of a step, at least

  bool stays_for_ever(const Marks& allowed) const {
    Marks lasting = choices_that_do_not_leak(model_.arrays());
    for (std::size_t c = 0; c < lasting.size(); ++c) lasting[c] &= allowed[c];
    return maximal_end_components(model_.arrays(), std::move(lasting)).count > 0;
  }

  void publish(const WeightedBounds& bounds) {
    constexpr double kRoundings = 4 * kUnitRoundoff;
    double gap = 0;
    for (std::size_t s = 0; s < v.size(); ++s) {
      const double down = bounds.below * w_[s];
      const double up = bounds.above * w_[s];
      lower[s] = std::max(lower[s], v[s] - down - kRoundings * (std::abs(v[s]) + down));
      upper[s] = std::min(upper[s], v[s] + up + kRoundings * (std::abs(v[s]) + up));
      gap = std::max(gap, upper[s] - lower[s]);
    }
    if (gap < gap_) policy = bounds.policy;
    gap_ = std::min(gap_, gap);
    budget_.tell_gap(gap_);
  }

  const Quotient& quotient_;
  const Mdp& model_;
  cpu::Team& team_;
  Budget& budget_;
  Wave wave_;

 public:
  std::vector<double> v;

 private:
  std::vector<double> w_;
  double scale_ = 0;
  double gap_ = kInfinity;

 public:
  std::vector<double> lower;
  std::vector<double> upper;
  std::vector<std::uint32_t> policy;
};

/// Rounds of ever smaller changes, until the bounds are near enough or rounding keeps them apart.
void iterate_to(double tolerance, TotalIterate& iterate, Budget& budget, SolveReport& report) {
  double change = std::max(tolerance, 1e-3);
  double before = kInfinity;
  for (int without_gain = 0;;) {
    if (!iterate.improve(change)) return;
    const double gap = iterate.gap();
    report.history.push_back({report.sweeps, gap});
    if (gap <= 2 * tolerance) {
      budget.stop(SolveStatus::converged);
      return;
    }
    const bool at_rounding = change <= kUnitRoundoff * iterate.scale();
    without_gain = gap < 0.9 * before ? 0 : without_gain + 1;
    if (at_rounding && without_gain >= 2) {
      budget.stop(std::isfinite(gap) ? SolveStatus::rounding_limit : SolveStatus::not_converged);
      return;
    }
    before = std::min(gap, before);
    change = std::isfinite(gap) ? std::min(change / 10, change * tolerance / gap) : change / 100;
    change = std::max(change, 0.5 * kUnitRoundoff * iterate.scale());
  }
}

/// The quotient's answer for the model's states.
class Expansion {
 public:
  Expansion(const TotalProblem& problem, const Quotient& quotient) : problem_(problem), quotient_(quotient) {}

  /// Toward the state of the component that takes the chosen exit, by choices that stay in it.
  void expand(const TotalIterate& iterate, TotalBounds& bounds) const {
    const MdpArrays& a = problem_.model.arrays();
    const std::size_t states = problem_.model.states();
    Marks at_exit(states);
    for (std::uint32_t s = 0; s < states; ++s) {
      const std::uint32_t node = quotient_.node_of[s];
      if (node == kNone) continue;
      bounds.lower[s] = iterate.lower[node];
      bounds.upper[s] = iterate.upper[node];
      bounds.policy[s] = kStay;
      if (iterate.policy.empty()) continue;
      const std::uint32_t c = quotient_.original[iterate.policy[node]];
      if (c == kStay || c < a.choice_begin[s] || c >= a.choice_begin[s + 1]) continue;
      bounds.policy[s] = c;
      at_exit[s] = 1;
    }
    if (quotient_.components.count == 0) return;
    for (std::uint32_t s = 0; s < states; ++s) {
      if (quotient_.components.of_state[s] == kNone) at_exit[s] = 0;
    }
    const Marks& internal = quotient_.components.internal;
    can_reach(a, Predecessors(a, internal), internal, at_exit, &bounds.policy);
  }

 private:
  const TotalProblem& problem_;
  const Quotient& quotient_;
};

}  // namespace

TotalBounds solve_total(const TotalProblem& problem, const SolveOptions& options, cpu::Team& team,
                        Budget& budget, SolveReport& report) {
  Quotient quotient = make_quotient(problem);
  TotalBounds bounds{quotient.infinite, quotient.infinite, quotient.policy_of_infinite, {}, 0};
  report.method = Method::topological;
  if (!quotient.model) {
    budget.stop(SolveStatus::converged);
    return bounds;
  }
  TotalIterate iterate(quotient, team, budget);
  const bool encloses = options.method == Method::interval_iteration ||
                        options.method == Method::optimistic_value_iteration ||
                        options.method == Method::sound_value_iteration;
  if (encloses) {
    report.method = options.method;
    for (double change = 1e-3; !budget.stopped() && !std::isfinite(iterate.gap()) && change > 1e-18;
         change /= 100)
      iterate.improve(change);
    if (!budget.stopped() && std::isfinite(iterate.gap())) iterate.enclose(options.method, options.tolerance);
    report.history.push_back({report.sweeps, iterate.gap()});
  } else {
    iterate_to(options.tolerance, iterate, budget, report);
  }
  Expansion(problem, quotient).expand(iterate, bounds);
  bounds.gap = iterate.gap();
  bounds.components = std::move(quotient.components);
  return bounds;
}

std::uint32_t first_staying(const MdpArrays& a, std::uint32_t s, const EndComponents& components) {
  for (std::uint32_t c = a.choice_begin[s]; c < a.choice_begin[s + 1]; ++c) {
    if (!components.internal.empty() && components.internal[c] != 0) return c;
  }
  return a.choice_begin[s];
}

namespace {

Marks marks_of(const Mdp& model, const std::string& label) {
  Marks marks(model.states());
  for (const std::uint32_t s : model.label(label)) marks[s] = 1;
  return marks;
}

/// States in which the goal can no more be reached as it is asked for: `avoid` is a label, or a label that they lack.
void mark_lost(const Mdp& model, const std::string& avoid, Marks& goal) {
  const bool lack = avoid.front() == '!';
  const Marks named = marks_of(model, lack ? avoid.substr(1) : avoid);
  for (std::size_t s = 0; s < goal.size(); ++s) {
    if (goal[s] == 0 && (named[s] != 0) != lack) goal[s] = kLost;
  }
}

}  // namespace

Solution solve_total_rewards(const Mdp& model, const SolveOptions& options, cpu::Team& team) {
  const bool reach = options.criterion == Criterion::reach;
  const double sign = options.objective == Objective::maximise ? 1 : -1;
  TotalProblem problem{.model = model, .sign = sign, .pays = !reach};
  if (!options.goal.empty()) problem.goal = marks_of(model, options.goal);
  if (reach) problem.goal_pays = sign;
  if (!options.avoid.empty()) mark_lost(model, options.avoid, problem.goal);
  Solution solution;
  Budget budget(options, solution.report);
  TotalBounds bounds = solve_total(problem, options, team, budget, solution.report);
  const std::size_t states = model.states();
  solution.values.resize(states);
  solution.policy.resize(states);
  solution.lower = std::move(bounds.lower);
  solution.upper = std::move(bounds.upper);
  if (sign < 0) {
    solution.lower.swap(solution.upper);
    for (double& x : solution.lower) x = -x;
    for (double& x : solution.upper) x = -x;
  }
  const MdpArrays& a = model.arrays();
  solution.report.gap = reach ? std::min(bounds.gap, 1.0) : bounds.gap;
  for (std::uint32_t s = 0; s < states; ++s) {
    double& lower = solution.lower[s];
    double& upper = solution.upper[s];
    if (reach) {
      lower = std::clamp(lower, 0.0, 1.0);
      upper = std::clamp(upper, 0.0, 1.0);
    }
    solution.values[s] = lower == upper ? lower : std::midpoint(lower, upper);
    const std::uint32_t c =
        bounds.policy[s] == kStay ? first_staying(a, s, bounds.components) : bounds.policy[s];
    solution.policy[s] = static_cast<std::int32_t>(c - a.choice_begin[s]);
  }
  solution.report.seconds = budget.seconds();
  return solution;
}

}  // namespace calando::bellman
