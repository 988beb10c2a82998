// SPDX-License-Identifier: MIT
#include "src/bellman/inexact.h"

#include <algorithm>
#include <cmath>

namespace calando::bellman {
namespace {

constexpr int kFirstSweeps = 6;      // after which their rate is known
constexpr int kMostSweeps = 50;      // of one policy, or
constexpr double kMostWork = 25;     // in sweeps of the model, where that is more
constexpr double kManySweeps = 16;   // from then on a subspace is the cheaper
constexpr int kFirstProducts = 400;  // of the first subspace
constexpr int kFewProducts = 24;     // of a hierarchy, after which going there and back is tried in its place
constexpr int kMostFailures = 3;     // of going there and back: a subspace may have had bad luck
constexpr int kRestart = 30;
constexpr double kLeastGain = 0.5;  // of evaluating a policy: where more is left, rounding may be what is
constexpr double kPlainCost =
    4;  // of a product of a subspace, in sweeps: its vectors are read and written more than once
constexpr double kGridCost = 4;  // of making a hierarchy, in sweeps of the policy
constexpr double kGridStays =
    0.02;  // while a policy has changed in no more of the states, its hierarchy is near enough

/// Of all states, where one of the policies is none.
std::size_t count_differences(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
  if (a.size() != b.size()) return a.size();
  std::size_t count = 0;
  for (std::size_t s = 0; s < a.size(); ++s) count += a[s] != b[s] ? 1 : 0;
  return count;
}

}  // namespace

InexactPolicyIteration::InexactPolicyIteration(CertifiedIterate& iterate, Subspace subspace)
    : iterate_(iterate),
      subspace_(subspace),
      chain_(iterate.model()),
      grid_(iterate.model().team()),
      wants_grid_(subspace == Subspace::where_it_pays),
      there_and_back_(iterate.model().team()),
      products_(kFirstProducts) {}

/// What shrinks to zero: constants do not count where they change no policy.
double InexactPolicyIteration::distance(const Extremes& change) const noexcept {
  return iterate_.model().uniform() ? change.span() : change.size();
}

/// How far to go down: the less the policy has changed, the more its values are worth.
double InexactPolicyIteration::fraction() {
  const std::vector<std::uint32_t>& policy = iterate_.policy;
  const std::size_t changed = count_differences(policy, before_);
  before_ = policy;
  before_is_same_ = changed == 0;
  if (changed == 0) return 1e-6;
  return changed * 1000 < policy.size() ? 1e-2 : 0.1;
}

/// From next on, into next; v is overwritten.
bool InexactPolicyIteration::sweep(double& now) {
  change_ = chain_.apply(iterate_.next, iterate_.v);
  iterate_.v.swap(iterate_.next);
  now = distance(change_);
  return iterate_.spend(chain_.work());
}

bool InexactPolicyIteration::evaluate() {
  chain_.pack(iterate_.policy);
  if (!pays_ && ++sweeps_alone_ > patience_) {
    pays_ = true;
    sweeps_alone_ = 0;
    patience_ *= 2;
  }
  const double part = fraction();
  double now = 0;
  double goal = 0;
  double rate = 0;
  const int most = std::max(kMostSweeps, static_cast<int>(std::min(400.0, kMostWork / chain_.work())));
  for (int k = 0; k < most; ++k) {
    const double last = now;
    if (sweep(now)) return true;
    if (k == 0) {
      goal = std::max(part * now, iterate_.enough());
      if (before_is_same_ && now > kLeastGain * first_change_) iterate_.little_to_gain();
      first_change_ = now;
    }
    if (now <= goal) break;
    rate = k > 0 ? now / last : 0;
    const bool slow =
        k >= kFirstSweeps && !(std::log(goal / now) / std::log(rate) < kManySweeps - (has_help() ? k : 0));
    const bool wanted = subspace_ == Subspace::where_it_pays ? slow && pays_ : k > 0;
    if (!wanted) continue;
    if (solve(now, goal, rate)) return true;
    break;
  }
  iterate_.accept();
  return false;
}

/// A hierarchy for the policy, where that is possible and the last one is not near enough. True where the solve is over.
bool InexactPolicyIteration::prepare_grid() {
  if (!wants_grid_ || goes_there_and_back_) return false;
  const std::vector<std::uint32_t>& policy = iterate_.policy;
  if (has_grid_ && static_cast<double>(count_differences(policy, of_grid_)) <=
                       kGridStays * static_cast<double>(policy.size()))
    return false;
  wants_grid_ = has_grid_ = grid_.build(chain_.rows());
  of_grid_ = policy;
  return iterate_.spend(kGridCost * chain_.work());
}

/// x = reward + P x from next on, into next. The products that it took.
int InexactPolicyIteration::improve_in_subspace(double goal) {
  const BellmanOperator& model = iterate_.model();
  const Vectors vectors(model.team(), saved_.size());
  const auto limits = [&](int products, double work) {
    const double share = chain_.work() * (1 + work);
    return KrylovLimits{goal, products, [this, share] { return iterate_.spend(share); }};
  };
  const Product product = [&](std::span<const double> x, std::span<double> y) { chain_.residual(x, y); };
  if (subspace_ == Subspace::gmres)
    return gmres(vectors, product, chain_.rewards(), iterate_.next, kRestart, limits(products_, 0));
  if (has_grid_) {
    const Product inverse = [&](std::span<const double> x, std::span<double> y) { grid_.apply(x, y); };
    const int most = may_go_there_and_back_ ? std::min(kFewProducts, products_) : products_;
    const int used =
        bicgstab(vectors, product, inverse, chain_.rewards(), iterate_.next, limits(most, grid_.work()));
    if (used < most || !may_go_there_and_back_ || iterate_.over()) return used;
    has_grid_ = false;
    goes_there_and_back_ = true;
    iterate_.next = saved_;
  }
  if (!goes_there_and_back_)
    return bicgstab(vectors, product, chain_.rewards(), iterate_.next, limits(products_, 0));
  there_and_back_.take(chain_.rows());
  const Product inverse = [&](std::span<const double> x, std::span<double> y) {
    there_and_back_.apply(x, y);
  };
  return bicgstab(vectors, product, inverse, chain_.rewards(), iterate_.next,
                  limits(products_, ThereAndBack::kWork));
}

/// The same where it helps; otherwise next stays. True where the solve is over.
bool InexactPolicyIteration::solve(double now, double goal, double rate) {
  saved_ = iterate_.next;
  if (prepare_grid()) return true;
  used_ = true;
  const int used = improve_in_subspace(goal / 2);
  if (iterate_.over()) return true;
  if (used >= products_ && !goes_there_and_back_) products_ *= 2;
  double after = 0;
  if (sweep(after)) return true;
  if (has_grid_) {
    // The rate of the first sweeps flatters those that would follow: what counts is that the goal was reached. The subspace
    // alone may still do better.
    wants_grid_ = has_grid_ = after <= 2 * goal;
  } else if (goes_there_and_back_) {
    if (after > 2 * goal && ++failures_ == kMostFailures)
      goes_there_and_back_ = may_go_there_and_back_ = false;
  } else {
    pays_ = std::log(now / after) > kPlainCost * used * -std::log(rate);
  }
  if (after < now) return false;
  iterate_.next = saved_;
  return false;
}

void inexact_policy_iteration(CertifiedIterate& iterate, Subspace subspace) {
  InexactPolicyIteration policies(iterate, subspace);
  while (!iterate.improve()) {
    if (policies.evaluate()) return;
  }
}

}  // namespace calando::bellman
