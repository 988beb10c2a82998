// SPDX-License-Identifier: MIT
#include "src/bellman/horizon.h"

#include <cmath>
#include <numeric>

#include "src/bellman/budget.h"
#include "src/bellman/row.h"

namespace calando::bellman {
namespace {

struct Betas {
  double smallest = 1;
  double largest = 0;
};

/// Of all choices: factor x probability of going on.
Betas betas_of(const BellmanOperator& model) {
  const MdpArrays& a = model.arrays();
  Betas betas;
  for (std::size_t c = 0; c < a.reward.size(); ++c) {
    const double beta = model.factor(c) * (a.termination.empty() ? 1 : std::max(0.0, 1 - a.termination[c]));
    betas.smallest = std::min(betas.smallest, beta);
    betas.largest = std::max(betas.largest, beta);
  }
  return betas;
}

/// change (beta + beta^2 + ... + beta^steps), with the beta that makes the most of it; without steps the truth is exact.
double rest(double change, const Betas& betas, std::int64_t steps, bool largest) {
  const double beta = (change > 0) == largest ? betas.largest : betas.smallest;
  if (steps == 0 || beta == 0 || change == 0) return 0;
  const auto count = static_cast<double>(steps);
  const double sum = beta < 1 ? beta * (1 - std::pow(beta, count)) / (1 - beta) : count;
  // Near 1 the quotient cancels, and the sum is between steps beta^steps and steps.
  const double safe = largest == (change > 0) ? std::min(count, sum * (1 + 1e-6) + 1e-300) : sum * (1 - 1e-6);
  return change * safe;
}

}  // namespace

Solution solve_horizon(const BellmanOperator& model, const SolveOptions& options) {
  Solution solution;
  Budget budget(options, solution.report);
  const std::size_t states = model.states();
  std::vector<double> v(states);
  std::vector<double> next(states);
  std::vector<std::uint32_t> policy(states);
  for (std::size_t s = 0; s < states; ++s) policy[s] = model.arrays().choice_begin[s];
  if (options.stage_policies) {
    solution.stage_policies.resize(static_cast<std::size_t>(options.horizon) * states);
  }
  const Betas betas = betas_of(model);
  double error = 0;
  Extremes extremes{0, 0, 0};
  std::int64_t step = 0;
  while (step < options.horizon) {
    extremes = model.sweep(v, next, policy);
    error = betas.largest * (1 + 4 * kUnitRoundoff) * error + model.rounding_error(extremes.magnitude);
    v.swap(next);
    ++step;
    if (options.stage_policies) {
      const auto stage = static_cast<std::size_t>(options.horizon - step);
      for (std::size_t s = 0; s < states; ++s) {
        solution.stage_policies[stage * states + s] =
            static_cast<std::int32_t>(policy[s] - model.arrays().choice_begin[s]);
      }
    }
    if (budget.spend(1)) break;
  }
  const bool done = step == options.horizon;
  const double per_step = 4 * error;  // of the change, as both ends of it carry an error
  const std::int64_t left = options.horizon - step;
  const double down = rest(extremes.low - per_step, betas, left, false) - error;
  const double up = rest(extremes.high + per_step, betas, left, true) + error;
  solution.lower.resize(states);
  solution.upper.resize(states);
  solution.values.resize(states);
  solution.policy.resize(states);
  double gap = 0;
  for (std::size_t s = 0; s < states; ++s) {
    const double size = kUnitRoundoff * (std::abs(v[s]) + std::abs(down) + std::abs(up));
    const double low = v[s] + down - 2 * size;
    const double high = v[s] + up + 2 * size;
    solution.lower[s] = model.sign() > 0 ? low : -high;
    solution.upper[s] = model.sign() > 0 ? high : -low;
    solution.values[s] = done ? model.sign() * v[s] : std::midpoint(solution.lower[s], solution.upper[s]);
    solution.policy[s] = static_cast<std::int32_t>(policy[s] - model.arrays().choice_begin[s]);
    gap = std::max(gap, high - low);
  }
  solution.report.method = Method::value_iteration;
  solution.report.gap = gap;
  if (done) {
    budget.stop(gap <= 2 * options.tolerance ? SolveStatus::converged : SolveStatus::rounding_limit);
  }
  solution.report.seconds = budget.seconds();
  return solution;
}

}  // namespace calando::bellman
