// SPDX-License-Identifier: MIT
// The entry point: options checked, the solver chosen.
#include "calando/solve.h"

#include <fmt/format.h>

#include "calando/error.h"
#include "src/bellman/certified.h"
#include "src/bellman/solvers.h"

namespace calando {
namespace {

void check(const SolveOptions& options) {
  const auto refuse = [](const char* name, auto value, const char* expected) {
    throw UsageError(fmt::format("{} {}, expected {}", name, value, expected));
  };
  if (!(options.tolerance >= 0)) refuse("tolerance", options.tolerance, "a number that is not negative");
  if (!(options.time_limit >= 0)) refuse("time limit", options.time_limit, "a number of seconds");
  if (!(options.max_sweeps > 0)) refuse("max_sweeps", options.max_sweeps, "a number above 0");
  if (options.evaluation_sweeps < 0) refuse("evaluation sweeps", options.evaluation_sweeps, "0 or more");
  if (options.threads < 0) refuse("threads", options.threads, "0 or more");
}

/// The method that stands for `automatic`.
Method choose(const Mdp& model) {
  return model.states() <= 64 ? Method::policy_iteration : Method::modified_policy_iteration;
}

}  // namespace

Solution solve(const Mdp& model, const SolveOptions& options) {
  check(options);
  cpu::Team team(options.threads > 0 ? options.threads : cpu::processors());
  const bellman::BellmanOperator bellman(model, options.discount, options.objective, team);
  bellman::CertifiedIterate iterate(bellman, options);
  const Method method = options.method == Method::automatic ? choose(model) : options.method;
  switch (method) {
    case Method::value_iteration:
      bellman::value_iteration(iterate);
      break;
    case Method::gauss_seidel:
      bellman::gauss_seidel(iterate);
      break;
    case Method::policy_iteration:
      bellman::policy_iteration(iterate);
      break;
    case Method::automatic:
    case Method::modified_policy_iteration:
      bellman::modified_policy_iteration(iterate, options.evaluation_sweeps);
      break;
  }
  return std::move(iterate).finish(method);
}

}  // namespace calando
