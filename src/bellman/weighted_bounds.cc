// SPDX-License-Identifier: MIT
#include "src/bellman/weighted_bounds.h"

#include <algorithm>
#include <cmath>

#include "src/bellman/blocks.h"
#include "src/bellman/row.h"

namespace calando::bellman {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A number known to lie within `error` of `value`.
struct Interval {
  double value;
  double error;
  double low() const noexcept { return value - error * (1 + 4 * kUnitRoundoff); }
  double high() const noexcept { return value + error * (1 + 4 * kUnitRoundoff); }
};

class Look {
 public:
  Look(const Mdp& model, std::span<const double> v, std::span<const double> w)
      : a_(model.arrays()),
        v_(v),
        w_(w),
        slack_(model.measures().row_slack),
        reward_rounding_(model.notes().reward_rounding) {}

  /// Q - v of a choice.
  Interval advantage(std::uint32_t s, std::uint32_t c) const noexcept {
    const auto [sum, size] = dot(c, v_);
    const double f = factor(c);
    const double q = a_.reward[c] + f * sum;
    const double error = roundings(c) * (std::abs(a_.reward[c]) + f * size + std::abs(v_[s])) +
                         slack_ * f * size + reward_rounding_;
    return {q - v_[s], error};
  }

  /// w - f P w of a choice.
  Interval fall(std::uint32_t s, std::uint32_t c) const noexcept {
    const auto [sum, size] = dot(c, w_);
    const double f = factor(c);
    return {w_[s] - f * sum, roundings(c) * (f * size + w_[s]) + slack_ * f * size};
  }

 private:
  struct Dot {
    double sum;
    double size;
  };
  Dot dot(std::uint32_t c, std::span<const double> x) const noexcept {
    const std::uint32_t row = a_.row_begin[c];
    const std::uint32_t count = a_.row_begin[c + 1] - row;
    double size = 0;
    for (std::uint32_t i = row; i < row + count; ++i) size += a_.probability[i] * std::abs(x[a_.target[i]]);
    return {row_dot(a_.probability.data() + row, a_.target.data() + row, count, x.data()), size};
  }
  double factor(std::uint32_t c) const noexcept { return a_.discount.empty() ? 1 : a_.discount[c]; }
  /// Those of the row, of `size` itself, and of the last subtraction.
  double roundings(std::uint32_t c) const noexcept {
    return (row_depth(a_.row_begin[c + 1] - a_.row_begin[c]) + 4) * kUnitRoundoff;
  }

  const MdpArrays& a_;
  std::span<const double> v_;
  std::span<const double> w_;
  double slack_;
  double reward_rounding_;
};

/// What a block of states asks of the bounds.
struct Demand {
  double above = 0;
  double most_above = kInfinity;
  double below = 0;

  void merge(const Demand& other) noexcept {
    above = std::max(above, other.above);
    most_above = std::min(most_above, other.most_above);
    below = std::max(below, other.below);
  }
  void ask_above(const Interval& advantage, const Interval& fall) noexcept {
    const double a = advantage.high();
    const double d = fall.low();
    if (d > 0) {
      above = std::max(above, a / d);
    } else if (a > 0) {
      most_above = -1;
    } else if (d < 0) {
      most_above = std::min(most_above, a / d);
    }
  }
};

}  // namespace

WeightedBounds prove_bounds(const Mdp& model, std::span<const double> v, std::span<const double> w,
                            cpu::Team& team) {
  const MdpArrays& a = model.arrays();
  const Look look(model, v, w);
  const Blocks blocks = make_blocks(a);
  WeightedBounds bounds;
  bounds.policy.resize(model.states());
  std::vector<Demand> demands(blocks.count());
  team.run(blocks.count(), [&](std::size_t block) {
    Demand demand;
    for (std::uint32_t s = blocks.first[block]; s < blocks.first[block + 1]; ++s) {
      double least = kInfinity;
      double best = -kInfinity;
      for (std::uint32_t c = a.choice_begin[s]; c < a.choice_begin[s + 1]; ++c) {
        const Interval advantage = look.advantage(s, c);
        const Interval fall = look.fall(s, c);
        demand.ask_above(advantage, fall);
        if (!(fall.low() > 0) || !(advantage.value > best)) continue;
        best = advantage.value;
        least = std::max(0.0, -advantage.low() / fall.low());
        bounds.policy[s] = c;
      }
      demand.below = std::max(demand.below, least);
    }
    demands[block] = demand;
  });
  Demand all;
  for (const Demand& demand : demands) all.merge(demand);
  bounds.above = all.above * (1 + 4 * kUnitRoundoff);
  bounds.below = all.below * (1 + 4 * kUnitRoundoff);
  bounds.proven = bounds.above <= all.most_above * (1 - 4 * kUnitRoundoff) && bounds.below < kInfinity &&
                  std::isfinite(bounds.above);
  return bounds;
}

Marks nearly_best(const Mdp& model, std::span<const double> v, double slack) {
  const MdpArrays& a = model.arrays();
  const Look look(model, v, v);
  Marks marks(model.choices());
  for (std::uint32_t s = 0; s < model.states(); ++s) {
    double best = -kInfinity;
    for (std::uint32_t c = a.choice_begin[s]; c < a.choice_begin[s + 1]; ++c)
      best = std::max(best, look.advantage(s, c).value);
    for (std::uint32_t c = a.choice_begin[s]; c < a.choice_begin[s + 1]; ++c)
      marks[c] = look.advantage(s, c).value >= std::min(best, 0.0) - slack ? 1 : 0;
  }
  return marks;
}

}  // namespace calando::bellman
