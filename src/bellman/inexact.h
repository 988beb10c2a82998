// SPDX-License-Identifier: MIT
// Policies evaluated as exactly as pays: by sweeps while they gain, by Krylov subspaces where those would be many, over a
// hierarchy of states where there is one.
#pragma once

#include "src/bellman/certified.h"
#include "src/bellman/krylov.h"
#include "src/bellman/policy_chain.h"
#include "src/bellman/there_and_back.h"

namespace calando::bellman {

enum class Subspace { where_it_pays, bicgstab, gmres };

/// v <- about the value of the greedy policy of v. A policy whose subspace gains less than sweeps would is evaluated by sweeps.
///
/// Source:  Gargiani, Liao-McPherson, Zanelli & Lygeros 2022, with a safeguard: what does not lower the residual is dropped.
class InexactPolicyIteration {
 public:
  InexactPolicyIteration(CertifiedIterate& iterate, Subspace subspace);

  /// One evaluation of the iterate's policy, from its last improvement on. True where the solve is over.
  bool evaluate();
  /// Whether what a subspace is helped by has reached its goals so far.
  bool has_help() const noexcept { return has_grid_ || goes_there_and_back_; }
  /// What has helped a similar model's policies is tried first.
  void take_over(const InexactPolicyIteration& other) noexcept {
    goes_there_and_back_ = other.goes_there_and_back_;
  }
  bool has_used_subspaces() const noexcept { return used_; }

 private:
  double distance(const Extremes& change) const noexcept;
  double fraction();
  bool sweep(double& now);
  bool prepare_grid();
  bool solve(double now, double goal, double rate);
  int improve_in_subspace(double goal);

  CertifiedIterate& iterate_;
  Subspace subspace_;
  PolicyChain chain_;
  Extremes change_;                    // of the last sweep of the policy
  std::vector<std::uint32_t> before_;  // the policy of the last evaluation
  bool before_is_same_ = false;        // whether it is the policy of this one
  double first_change_ = 0;            // of its first sweep
  cpu::Array<double> saved_;
  bool used_ = false;
  bool pays_ = true;      // whether the last subspace has gained more than sweeps of the same cost
  int sweeps_alone_ = 0;  // policies evaluated since it has not
  int patience_ = 4;      // of them, until it is tried again
  Multigrid grid_;
  std::vector<std::uint32_t> of_grid_;  // the policy that it was made for
  bool has_grid_ = false;
  bool wants_grid_;
  ThereAndBack there_and_back_;
  bool goes_there_and_back_ = false;
  bool may_go_there_and_back_ = true;
  int failures_ = 0;  // of that
  int products_;      // that a subspace may take: more each time that it was not enough
};

/// The whole method: improvements and evaluations in turn.
void inexact_policy_iteration(CertifiedIterate& iterate, Subspace subspace);

}  // namespace calando::bellman
