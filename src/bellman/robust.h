// SPDX-License-Identifier: MIT
// The operator of a player against nature, who picks the probabilities from intervals, row by row.
#pragma once

#include "src/bellman/operator.h"

namespace calando::bellman {

/// (T v)(s) = max_a [ r(s,a) + f(s,a) min_p sum_s' p(s') v(s') ],  least <= p <= most,  sum p = 1 - termination.
///
/// The worst p gives the poorest successors as much as it may: `least` to all, what is left to the lowest values first. A
/// constant added to v adds beta times itself, as without intervals, so the same sweep proves the same bounds.
///
/// Error:   rounding included: the roundings of a row are counted twice and more
/// Source:  Nilim & El Ghaoui 2005, section 7; Givan, Leach & Dean 2000.
class RobustOperator : public BellmanOperator {
 public:
  /// With radius > 0, intervals are [p - radius, p + radius] within [0, 1], whatever the model has; what ends the process keeps
  /// its probability.
  ///
  /// Throws:  UsageError: no intervals and no radius
  RobustOperator(const Mdp& model, Discounting discounting, Objective objective, double radius,
                 cpu::Team& team);

  Extremes sweep(std::span<const double> v, std::span<double> next,
                 std::span<std::uint32_t> policy) const override;
  bool can_be_precise() const noexcept override { return false; }

 private:
  struct Outcome {
    double value;
    double room;  // most - least
  };
  double worst(std::uint32_t choice, std::span<const double> v, std::vector<Outcome>& outcomes) const;
  double least(std::size_t i) const noexcept {
    return radius_ > 0 ? std::max(0.0, arrays().probability[i] - radius_) : arrays().least[i];
  }
  double most(std::size_t i) const noexcept {
    return radius_ > 0 ? std::min(1.0, arrays().probability[i] + radius_) : arrays().most[i];
  }

  double radius_;
};

/// solve() for the criterion `robust`.
Solution solve_robust(const Mdp& model, const SolveOptions& options, cpu::Team& team);

}  // namespace calando::bellman
