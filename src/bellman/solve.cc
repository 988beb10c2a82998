// SPDX-License-Identifier: MIT
// The entry point: options checked, the criterion's solver called.
#include "calando/solve.h"

#include <fmt/format.h>

#include <algorithm>

#include "calando/error.h"
#include "src/bellman/average.h"
#include "src/bellman/discounted.h"
#include "src/bellman/horizon.h"
#include "src/bellman/robust.h"
#include "src/bellman/total.h"

namespace calando {
namespace {

std::string_view name_of(Criterion criterion) { return kCriterionNames[static_cast<std::size_t>(criterion)]; }

void check_numbers(const SolveOptions& options) {
  const auto refuse = [](const char* name, auto value, const char* expected) {
    throw UsageError(fmt::format("{} {}, expected {}", name, value, expected));
  };
  if (!(options.tolerance >= 0)) refuse("tolerance", options.tolerance, "a number that is not negative");
  if (!(options.time_limit >= 0)) refuse("time limit", options.time_limit, "a number of seconds");
  if (!(options.max_sweeps > 0)) refuse("max_sweeps", options.max_sweeps, "a number above 0");
  if (options.evaluation_sweeps < 0) refuse("evaluation sweeps", options.evaluation_sweeps, "0 or more");
  if (options.threads < 0) refuse("threads", options.threads, "0 or more");
  if (options.horizon < 0) refuse("horizon", options.horizon, "a number of steps");
  if (!(options.radius >= 0 && options.radius <= 1)) refuse("radius", options.radius, "0 <= radius <= 1");
}

/// The options that only some criteria have.
void check_criterion(const SolveOptions& options) {
  const Criterion criterion = options.criterion;
  const bool robust = criterion == Criterion::robust;
  const bool discounts = criterion <= Criterion::horizon || robust;
  if (options.discount && !discounts) {
    throw UsageError(
        fmt::format("discount {}: the criterion {} has none", *options.discount, name_of(criterion)));
  }
  if (options.discount && !(*options.discount >= 0 && *options.discount <= 1)) {
    throw UsageError(fmt::format("discount {}, expected 0 <= discount <= 1", *options.discount));
  }
  if (options.horizon == 0 && criterion == Criterion::horizon) {
    throw UsageError("horizon 0, expected a number of steps above 0");
  }
  if (options.horizon > 0 && criterion != Criterion::horizon && !robust) {
    throw UsageError(fmt::format("horizon {}: the criterion is {}", options.horizon, name_of(criterion)));
  }
  if (options.radius > 0 && !robust) {
    throw UsageError(
        fmt::format("radius {}: the criterion is {}, expected robust", options.radius, name_of(criterion)));
  }
  const bool may_have_goal = criterion == Criterion::reach || criterion == Criterion::total;
  if (options.goal.empty() ? criterion == Criterion::reach : !may_have_goal) {
    throw UsageError(options.goal.empty() ? "reach: the label of the goal is missing"
                                          : fmt::format("goal \"{}\": the criterion is {}, expected reach",
                                                        options.goal, name_of(criterion)));
  }
  if (!options.avoid.empty() && criterion != Criterion::reach) {
    throw UsageError(
        fmt::format("avoid \"{}\": the criterion is {}, expected reach", options.avoid, name_of(criterion)));
  }
  const std::vector<Method> methods = methods_of(criterion);
  if (std::find(methods.begin(), methods.end(), options.method) == methods.end()) {
    std::vector<std::string_view> names;
    for (const Method method : methods) names.push_back(kMethodNames[static_cast<std::size_t>(method)]);
    throw UsageError(fmt::format("method {}: not for the criterion {} (which has {})",
                                 kMethodNames[static_cast<std::size_t>(options.method)], name_of(criterion),
                                 fmt::join(names, ", ")));
  }
  if (options.stage_policies && options.horizon == 0) {
    throw UsageError("policies of stages: the criterion has no horizon");
  }
  if (options.choice_values && criterion != Criterion::discounted && criterion != Criterion::total) {
    throw UsageError(fmt::format("values of choices: not for the criterion {}, only for discounted and total",
                                 name_of(criterion)));
  }
}

/// Intervals have no meaning but for the robust criterion.
void check_intervals(const Mdp& model, const SolveOptions& options) {
  if (model.arrays().least.empty() || options.criterion == Criterion::robust) return;
  throw UsageError(fmt::format("{}: its probabilities are intervals, which only the criterion robust takes",
                               model.notes().name));
}

Solution solve_finite(const Mdp& model, const SolveOptions& options, cpu::Team& team) {
  const bellman::BellmanOperator bellman(model, {.factor = options.discount.value_or(1), .contracts = false},
                                         options.objective, team);
  return bellman::solve_horizon(bellman, options);
}

/// Q of every choice, from the values of states.
std::vector<double> find_choice_values(const Mdp& model, const SolveOptions& options,
                                       const std::vector<double>& values) {
  const MdpArrays& a = model.arrays();
  std::vector<double> q(model.choices());
  for (std::size_t c = 0; c < q.size(); ++c) {
    double expected = 0;
    for (std::uint32_t i = a.row_begin[c]; i < a.row_begin[c + 1]; ++i)
      expected += a.probability[i] * values[a.target[i]];
    q[c] = a.reward[c] + options.discount.value_or(1) * (a.discount.empty() ? 1 : a.discount[c]) * expected;
  }
  return q;
}

Solution solve_criterion(const Mdp& model, const SolveOptions& options, cpu::Team& team) {
  switch (options.criterion) {
    case Criterion::horizon:
      return solve_finite(model, options, team);
    case Criterion::total:
    case Criterion::reach:
      return bellman::solve_total_rewards(model, options, team);
    case Criterion::average:
      return bellman::solve_average(model, options, team);
    case Criterion::robust:
      return bellman::solve_robust(model, options, team);
    case Criterion::discounted:
      break;
  }
  return bellman::solve_discounted(model, options, team);
}

}  // namespace

std::vector<Method> methods_of(Criterion criterion) {
  switch (criterion) {
    case Criterion::discounted:
      return {Method::automatic,
              Method::value_iteration,
              Method::gauss_seidel,
              Method::modified_policy_iteration,
              Method::policy_iteration,
              Method::bicgstab,
              Method::gmres,
              Method::anderson,
              Method::topological,
              Method::wavefront,
              Method::action_elimination};
    case Criterion::total:
    case Criterion::reach:
      return {Method::automatic, Method::topological, Method::interval_iteration,
              Method::optimistic_value_iteration, Method::sound_value_iteration};
    case Criterion::average:
      return {Method::automatic, Method::policy_iteration};
    case Criterion::horizon:
    case Criterion::robust:
      break;
  }
  return {Method::automatic, Method::value_iteration};
}

Solution solve(const Mdp& model, const SolveOptions& options) {
  check_numbers(options);
  check_criterion(options);
  check_intervals(model, options);
  cpu::Team team(options.threads > 0 ? options.threads : cpu::processors());
  Solution solution = solve_criterion(model, options, team);
  if (options.choice_values) solution.choice_values = find_choice_values(model, options, solution.values);
  return solution;
}

}  // namespace calando
