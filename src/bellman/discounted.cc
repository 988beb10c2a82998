// SPDX-License-Identifier: MIT
#include "src/bellman/discounted.h"

#include "calando/error.h"
#include "src/bellman/certified.h"
#include "src/bellman/solvers.h"

namespace calando::bellman {
namespace {

/// The method that stands for `automatic`.
Method choose(const Mdp& model) {
  return model.states() <= 64 ? Method::policy_iteration : Method::modified_policy_iteration;
}

}  // namespace

Solution solve_discounted(const Mdp& model, const SolveOptions& options, cpu::Team& team) {
  if (!options.discount) throw UsageError("the discount is missing, expected 0 <= discount < 1");
  const BellmanOperator bellman(model, {.factor = *options.discount}, options.objective, team);
  CertifiedIterate iterate(bellman, options);
  const Method method = options.method == Method::automatic ? choose(model) : options.method;
  switch (method) {
    case Method::value_iteration:
      value_iteration(iterate);
      break;
    case Method::gauss_seidel:
      gauss_seidel(iterate);
      break;
    case Method::policy_iteration:
      policy_iteration(iterate);
      break;
    default:
      modified_policy_iteration(iterate, options.evaluation_sweeps);
      break;
  }
  return std::move(iterate).finish(method);
}

}  // namespace calando::bellman
