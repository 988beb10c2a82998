// SPDX-License-Identifier: MIT
#include "src/bellman/discounted.h"

#include "calando/error.h"
#include "src/bellman/adaptive.h"
#include "src/bellman/anderson.h"
#include "src/bellman/certified.h"
#include "src/bellman/elimination.h"
#include "src/bellman/inexact.h"
#include "src/bellman/solvers.h"
#include "src/bellman/wavefront.h"

namespace calando::bellman {
namespace {

/// The method that stands for `automatic`.
Method choose(const Mdp& model) {
  return model.states() <= 64 ? Method::policy_iteration : Method::automatic;
}

/// Returns the method that was in charge at the end.
Method run(Method method, CertifiedIterate& iterate, const SolveOptions& options) {
  switch (method) {
    case Method::value_iteration:
      value_iteration(iterate);
      break;
    case Method::gauss_seidel:
      gauss_seidel(iterate);
      break;
    case Method::modified_policy_iteration:
      modified_policy_iteration(iterate, options.evaluation_sweeps);
      break;
    case Method::policy_iteration:
      policy_iteration(iterate);
      break;
    case Method::bicgstab:
      inexact_policy_iteration(iterate, Subspace::bicgstab);
      break;
    case Method::gmres:
      inexact_policy_iteration(iterate, Subspace::gmres);
      break;
    case Method::anderson:
      anderson(iterate);
      break;
    case Method::topological:
      topological(iterate);
      break;
    case Method::wavefront:
      wavefront(iterate);
      break;
    case Method::action_elimination:
      action_elimination(iterate);
      break;
    default:
      return solve_adaptively(iterate);
  }
  return method;
}

}  // namespace

Solution solve_discounted(const Mdp& model, const SolveOptions& options, cpu::Team& team) {
  if (!options.discount) throw UsageError("the discount is missing, expected 0 <= discount < 1");
  const BellmanOperator bellman(model, {.factor = *options.discount}, options.objective, team);
  CertifiedIterate iterate(bellman, options);
  const Method method =
      run(options.method == Method::automatic ? choose(model) : options.method, iterate, options);
  return std::move(iterate).finish(method);
}

}  // namespace calando::bellman
