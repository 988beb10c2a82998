// SPDX-License-Identifier: MIT
#include "src/bellman/bounded_methods.h"

#include <algorithm>
#include <cmath>

#include "src/bellman/row.h"

namespace calando::bellman {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The operator of total rewards with what rounding can do to it.
class RoundedOperator {
 public:
  explicit RoundedOperator(const Mdp& model) : a_(model.arrays()), model_(model) {}

  struct Value {
    double value;
    double error;
  };
  Value best(std::span<const double> v, std::uint32_t s) const noexcept {
    Value best{-kInfinity, 0};
    for (std::uint32_t c = a_.choice_begin[s]; c < a_.choice_begin[s + 1]; ++c) {
      const std::uint32_t row = a_.row_begin[c];
      const std::uint32_t count = a_.row_begin[c + 1] - row;
      double size = 0;
      for (std::uint32_t i = row; i < row + count; ++i) size += a_.probability[i] * std::abs(v[a_.target[i]]);
      const double f = a_.discount.empty() ? 1 : a_.discount[c];
      const double q =
          a_.reward[c] + f * row_dot(a_.probability.data() + row, a_.target.data() + row, count, v.data());
      const double error = (row_depth(count) + 4) * kUnitRoundoff * (std::abs(a_.reward[c]) + f * size) +
                           model_.measures().row_slack * f * size + model_.notes().reward_rounding;
      best.value = std::max(best.value, q);
      best.error = std::max(best.error, error);
    }
    return best;
  }

 private:
  const MdpArrays& a_;
  const Mdp& model_;
};

/// The largest rise of the lower bound in a sweep.
double raise(const RoundedOperator& model, const Wave& wave, std::vector<double>& lower) {
  double most = 0;
  for (const std::uint32_t s : wave.state) {
    const auto [value, error] = model.best(lower, s);
    most = std::max(most, value - error - lower[s]);
    lower[s] = std::max(lower[s], value - error);
  }
  return most;
}

double let_fall(const RoundedOperator& model, const Wave& wave, std::vector<double>& upper) {
  double most = 0;
  for (const std::uint32_t s : wave.state) {
    const auto [value, error] = model.best(upper, s);
    most = std::max(most, upper[s] - (value + error));
    upper[s] = std::min(upper[s], value + error);
  }
  return most;
}

/// Whether T u <= u everywhere, rounding included: then u is an upper bound.
bool is_upper_bound(const RoundedOperator& model, std::span<const double> u) {
  for (std::uint32_t s = 0; s < u.size(); ++s) {
    const auto [value, error] = model.best(u, s);
    if (!(value + error <= u[s])) return false;
  }
  return true;
}

}  // namespace

double Enclosure::gap() const noexcept {
  double most = 0;
  for (std::size_t s = 0; s < lower.size(); ++s) most = std::max(most, upper[s] - lower[s]);
  return most;
}

void interval_iteration(const Mdp& quotient, const Wave& wave, double tolerance, Enclosure bounds,
                        Budget& budget) {
  const RoundedOperator model(quotient);
  while (bounds.gap() > 2 * tolerance) {
    const double change = std::max(raise(model, wave, bounds.lower), let_fall(model, wave, bounds.upper));
    budget.tell_gap(bounds.gap());
    if (budget.spend(2)) return;
    if (change > 0) continue;
    budget.stop(SolveStatus::rounding_limit);
    return;
  }
  budget.stop(SolveStatus::converged);
}

void optimistic_value_iteration(const Mdp& quotient, const Wave& wave, double tolerance, Enclosure bounds,
                                Budget& budget) {
  constexpr int kMostTries = 1'000'000;
  int tries =
      30;  // sweeps of a guess, before the lower bound is moved on: from far away they would be in vain
  const RoundedOperator model(quotient);
  double change = kInfinity;
  for (double small = tolerance; bounds.gap() > 2 * tolerance; small /= 2) {
    do {
      change = raise(model, wave, bounds.lower);
      if (budget.spend(1)) return;
    } while (change > small);
    std::vector<double> guess(bounds.lower);
    for (double& u : guess) u += 2 * tolerance;
    for (int k = 0; k < tries; ++k) {
      const bool proven = is_upper_bound(model, guess);
      if (budget.spend(1)) return;
      if (proven) {
        for (std::size_t s = 0; s < guess.size(); ++s) bounds.upper[s] = std::min(bounds.upper[s], guess[s]);
        break;
      }
      let_fall(model, wave, guess);
    }
    budget.tell_gap(bounds.gap());
    tries *= 2;
    if (change > 0 || tries < kMostTries || bounds.gap() <= 2 * tolerance) continue;
    budget.stop(SolveStatus::rounding_limit);
    return;
  }
  budget.stop(SolveStatus::converged);
}

}  // namespace calando::bellman
