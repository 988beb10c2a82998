// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "src/bellman/bounded_methods.h"
#include "src/bellman/row.h"

namespace calando::bellman {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Of k steps: what they pay, and how likely the process is to go on after them.
struct Steps {
  std::vector<double> paid;
  std::vector<double> open;
  std::vector<double> count;  // how many of the steps are expected at most: each has its rounding
};

class SoundIteration {
 public:
  SoundIteration(const Mdp& model, const Enclosure& bounds)
      : a_(model.arrays()),
        model_(model),
        now_{std::vector<double>(model.states()), std::vector<double>(model.states(), 1),
             std::vector<double>(model.states())},
        next_(now_),
        least_(*std::min_element(bounds.lower.begin(), bounds.lower.end())),
        most_(*std::max_element(bounds.upper.begin(), bounds.upper.end())) {}

  void sweep() {
    for (std::uint32_t s = 0; s < now_.paid.size(); ++s) {
      step(s);
      magnitude_ = std::max(magnitude_, std::abs(next_.paid[s]));
    }
    std::swap(now_, next_);
    narrow();
  }

  void publish(const Enclosure& bounds) const {
    const double largest = std::max(std::abs(least_), std::abs(most_));
    for (std::size_t s = 0; s < now_.paid.size(); ++s) {
      const double error = paid_error(s) + open_error(s) * largest;
      const double low = now_.paid[s] + now_.open[s] * least_ - error;
      const double high = now_.paid[s] + now_.open[s] * most_ + error;
      bounds.lower[s] = std::max(bounds.lower[s], low - std::abs(low) * 4 * kUnitRoundoff);
      bounds.upper[s] = std::min(bounds.upper[s], high + std::abs(high) * 4 * kUnitRoundoff);
    }
  }

 private:
  /// The choice that is best for what may be had later up to most_; where another would be better for less, most_ must not
  /// fall below that.
  void step(std::uint32_t s) {
    const std::size_t first = a_.choice_begin[s];
    const std::size_t count = a_.choice_begin[s + 1] - first;
    paid_.resize(count);
    open_.resize(count);
    std::size_t best = 0;
    double expected_steps = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t c = first + i;
      const std::uint32_t row = a_.row_begin[c];
      const std::uint32_t length = a_.row_begin[c + 1] - row;
      const double factor = a_.discount.empty() ? 1 : a_.discount[c];
      const double* const p = a_.probability.data() + row;
      paid_[i] = a_.reward[c] + factor * row_dot(p, a_.target.data() + row, length, now_.paid.data());
      open_[i] = factor * row_dot(p, a_.target.data() + row, length, now_.open.data());
      expected_steps = std::max(expected_steps,
                                1 + factor * row_dot(p, a_.target.data() + row, length, now_.count.data()));
      if (paid_[i] + open_[i] * most_ > paid_[best] + open_[best] * most_) best = i;
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (open_[i] < open_[best])
        decided_ = std::max(decided_, (paid_[i] - paid_[best]) / (open_[best] - open_[i]));
    }
    next_.paid[s] = paid_[best];
    next_.open[s] = open_[best];
    next_.count[s] = expected_steps;
  }

  /// Twice: a choice that only rounding has preferred costs as much again. The count itself is rounded.
  double steps(std::size_t s) const noexcept { return 2.001 * now_.count[s]; }
  double unit() const noexcept {
    return (model_.measures().rounding_depth + 4) * kUnitRoundoff + model_.measures().row_slack;
  }
  double paid_error(std::size_t s) const noexcept {
    return steps(s) *
           (unit() * (model_.measures().largest_reward + magnitude_) + model_.notes().reward_rounding);
  }
  double open_error(std::size_t s) const noexcept { return steps(s) * unit(); }

  void narrow() {
    double low = kInfinity;
    double high = -kInfinity;
    for (std::size_t s = 0; s < now_.paid.size(); ++s) {
      const double ends = 1 - now_.open[s] - open_error(s);
      if (!(ends > 0)) return;
      const double up = now_.paid[s] + paid_error(s);
      const double down = now_.paid[s] - paid_error(s);
      high = std::max(high, up / (up > 0 ? ends : 1 - now_.open[s] + open_error(s)));
      low = std::min(low, down / (down < 0 ? ends : 1 - now_.open[s] + open_error(s)));
    }
    const auto widened = [](double x, double by) { return x + std::abs(x) * by; };
    most_ = std::min(most_, std::max(decided_, widened(high, 4 * kUnitRoundoff)));
    least_ = std::max(least_, widened(low, -4 * kUnitRoundoff));
  }

  const MdpArrays& a_;
  const Mdp& model_;
  Steps now_;
  Steps next_;
  double least_;  // of all values
  double most_;
  double decided_ = -kInfinity;  // below it other choices would have been taken
  double magnitude_ = 0;         // of what any number of steps has paid
  std::vector<double> paid_;     // of one state's choices
  std::vector<double> open_;
};

}  // namespace

void sound_value_iteration(const Mdp& quotient, const Wave& wave, double tolerance, Enclosure bounds,
                           Budget& budget) {
  constexpr int kPatience =
      1000;  // sweeps that narrow nothing: rounding, added up over all steps, has the upper hand
  SoundIteration iteration(quotient, bounds);
  double smallest = bounds.gap();
  int without_gain = 0;
  while (bounds.gap() > 2 * tolerance) {
    iteration.sweep();
    iteration.publish(bounds);
    budget.tell_gap(bounds.gap());
    if (budget.spend(2)) return;
    without_gain = bounds.gap() < 0.999 * smallest ? 0 : without_gain + 1;
    if (without_gain == 0) smallest = bounds.gap();
    if (without_gain < kPatience) continue;
    interval_iteration(quotient, wave, tolerance, bounds, budget);
    return;
  }
  budget.stop(SolveStatus::converged);
}

}  // namespace calando::bellman
