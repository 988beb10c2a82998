// SPDX-License-Identifier: MIT
#include "src/bellman/solvers.h"

#include <cmath>

#include "src/bellman/policy_chain.h"

namespace calando::bellman {
namespace {

/// What shrinks to zero as a policy's values are found: constants do not count where they change no policy.
double distance(const Extremes& change, bool uniform) { return uniform ? change.span() : change.size(); }

struct Evaluation {
  std::int64_t sweeps;  // at most
  double fraction;      // of the first change, at which to stop
};

/// Sweeps of one policy from next on, into next. True where the solve is over.
bool evaluate(CertifiedIterate& iterate, const PolicyChain& chain, const Evaluation& until) {
  const bool uniform = iterate.model().uniform();
  double goal = 0;
  for (std::int64_t k = 0; k < until.sweeps; ++k) {
    const Extremes change = chain.apply(iterate.next, iterate.v);
    iterate.v.swap(iterate.next);
    if (iterate.spend(chain.work())) return true;
    const double now = distance(change, uniform);
    if (k == 0) goal = until.fraction * now;
    if (now <= goal) break;
  }
  return false;
}

}  // namespace

void value_iteration(CertifiedIterate& iterate) {
  while (!iterate.improve()) iterate.accept();
}

void gauss_seidel(CertifiedIterate& iterate) {
  const BellmanOperator& model = iterate.model();
  const auto width = [&](const Extremes& change) { return distance(change, false); };
  while (!iterate.improve()) {
    iterate.accept();
    // A proof costs a sweep: only after the change has fallen to a tenth, or after a number of sweeps without that.
    const double goal = width(iterate.extremes()) / 10;
    for (int sweep = 0; sweep < 100; ++sweep) {
      const Extremes change = model.sweep_gauss_seidel(iterate.v, iterate.next, iterate.policy);
      iterate.accept();
      if (iterate.spend(1)) return;
      if (width(change) <= goal) break;
    }
  }
}

void modified_policy_iteration(CertifiedIterate& iterate, std::int64_t sweeps) {
  constexpr Evaluation kAsManyAsPay{.sweeps = 50, .fraction = 0.1};
  const Evaluation until = sweeps > 0 ? Evaluation{.sweeps = sweeps, .fraction = 0} : kAsManyAsPay;
  PolicyChain chain(iterate.model());
  while (!iterate.improve()) {
    chain.pack(iterate.policy);
    if (evaluate(iterate, chain, until)) return;
    iterate.accept();
  }
}

namespace {

/// Policies by factorisation. One that stays the best has its residual solved for as well, which makes up for the rounding of
/// the factorisation; where that gains nothing any more, nothing is left to gain.
void policy_iteration_directly(CertifiedIterate& iterate) {
  PolicyChain chain(iterate.model());
  std::vector<std::uint32_t> before;
  std::vector<double> correction(iterate.v.size());
  double gap = std::numeric_limits<double>::infinity();
  while (!iterate.improve()) {
    if (before != iterate.policy) {
      before = iterate.policy;
      chain.pack(before);
      chain.solve(iterate.v);
    } else {
      if (!(iterate.gap() < 0.5 * gap)) iterate.nothing_to_gain();
      for (std::size_t s = 0; s < correction.size(); ++s) correction[s] = iterate.next[s] - iterate.v[s];
      chain.solve_for(correction);
      for (std::size_t s = 0; s < correction.size(); ++s) iterate.v[s] += correction[s];
    }
    gap = iterate.gap();
  }
}

}  // namespace

void policy_iteration(CertifiedIterate& iterate) {
  if (iterate.model().states() <= kLargestDirect) {
    policy_iteration_directly(iterate);
    return;
  }
  PolicyChain chain(iterate.model());
  while (!iterate.improve()) {
    chain.pack(iterate.policy);
    if (evaluate(iterate, chain, {.sweeps = 100'000, .fraction = 1e-6})) return;
    iterate.accept();
  }
}

}  // namespace calando::bellman
