// SPDX-License-Identifier: MIT
#include "src/bellman/robust.h"

#include "calando/error.h"
#include "src/bellman/certified.h"
#include "src/bellman/horizon.h"
#include "src/bellman/solvers.h"

namespace calando::bellman {
namespace {

/// The mass that is left passes through one more subtraction a successor, and each product through one more addition.
Discounting with_roundings(const Mdp& model, Discounting discounting) {
  discounting.extra_depth = 2 * model.measures().rounding_depth + 8;
  const MdpArrays& a = model.arrays();
  for (std::size_t c = 0; c < model.choices(); ++c) {
    discounting.extra_depth =
        std::max(discounting.extra_depth, 3 * (a.row_begin[c + 1] - a.row_begin[c]) + 8);
  }
  return discounting;
}

}  // namespace

RobustOperator::RobustOperator(const Mdp& model, Discounting discounting, Objective objective, double radius,
                               cpu::Team& team)
    : BellmanOperator(model, with_roundings(model, discounting), objective, team), radius_(radius) {
  if (radius == 0 && model.arrays().least.empty()) {
    throw UsageError(model.notes().name +
                     ": no intervals of probabilities; a radius makes them of any model's (--radius 0.05)");
  }
}

double RobustOperator::worst(std::uint32_t choice, std::span<const double> v,
                             std::vector<Outcome>& outcomes) const {
  const MdpArrays& a = arrays();
  outcomes.clear();
  double rest = a.termination.empty() ? 1 : 1 - a.termination[choice];
  double sum = 0;
  for (std::uint32_t i = a.row_begin[choice]; i < a.row_begin[choice + 1]; ++i) {
    const double value = v[a.target[i]];
    outcomes.push_back({value, most(i) - least(i)});
    sum += least(i) * value;
    rest -= least(i);
  }
  std::sort(outcomes.begin(), outcomes.end(), [](auto& x, auto& y) { return x.value < y.value; });
  for (const Outcome& outcome : outcomes) {
    if (!(rest > 0)) break;
    const double mass = std::min(rest, outcome.room);
    sum += mass * outcome.value;
    rest -= mass;
  }
  return sum;
}

Extremes RobustOperator::sweep(std::span<const double> v, std::span<double> next,
                               std::span<std::uint32_t> policy) const {
  const MdpArrays& a = arrays();
  return sweep_blocks([&](std::uint32_t first, std::uint32_t last) {
    Extremes extremes;
    std::vector<Outcome> outcomes;
    for (std::uint32_t s = first; s < last; ++s) {
      double best = -std::numeric_limits<double>::infinity();
      std::uint32_t best_choice = a.choice_begin[s];
      for (std::uint32_t c = a.choice_begin[s]; c < a.choice_begin[s + 1]; ++c) {
        const double q = reward(c) + factor(c) * worst(c, v, outcomes);
        if (q > best) {
          best = q;
          best_choice = c;
        }
        extremes.high = std::max(extremes.high, (q - v[s]) * weight(c));
      }
      extremes.low = std::min(extremes.low, (best - v[s]) * weight(best_choice));
      extremes.magnitude = std::max(extremes.magnitude, std::abs(v[s]));
      next[s] = best;
      policy[s] = best_choice;
    }
    return extremes;
  });
}

Solution solve_robust(const Mdp& model, const SolveOptions& options, cpu::Team& team) {
  const bool endless = options.horizon == 0;
  if (endless && !options.discount)
    throw UsageError("robust: the discount is missing, expected 0 <= discount < 1");
  const RobustOperator robust(model, {.factor = options.discount.value_or(1), .contracts = endless},
                              options.objective, options.radius, team);
  if (!endless) return solve_horizon(robust, options);
  CertifiedIterate iterate(robust, options);
  value_iteration(iterate);
  return std::move(iterate).finish(Method::value_iteration);
}

}  // namespace calando::bellman
