// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "src/bellman/average.h"
#include "src/bellman/dense.h"
#include "src/bellman/graph.h"
#include "src/bellman/krylov.h"
#include "src/bellman/operator.h"
#include "src/bellman/policy_chain.h"

namespace calando::bellman {
namespace {

class GainIterate {
 public:
  GainIterate(const BellmanOperator& model, double tolerance, Budget& budget)
      : model_(model),
        tolerance_(tolerance),
        budget_(budget),
        chain_(model),
        h_(model.states()),
        next_(model.states()),
        policy_(model.states()) {}

  Gain run() {
    while (!improve()) evaluate();
    return std::move(gain_);
  }

 private:
  /// One sweep, and what it proves. True where the solve is over.
  bool improve() {
    extremes_ = model_.sweep(h_, next_, policy_);
    const double error = model_.rounding_error(extremes_.magnitude);
    const double width = gain_.upper - gain_.lower;
    const double now = extremes_.span() + 2 * error;
    if (extremes_.low - error > gain_.lower ||
        gain_.policy.empty()) {  // its gain is above `low` in every state
      gain_.bias = h_;
      gain_.policy = policy_;
    }
    gain_.lower = std::max(gain_.lower, extremes_.low - error);
    gain_.upper = std::min(gain_.upper, extremes_.high + error);
    without_gain_ = now < 0.99 * width ? 0 : without_gain_ + 1;
    budget_.tell_gap(gain_.upper - gain_.lower);
    if (gain_.upper - gain_.lower <= 2 * tolerance_) return true;
    if (budget_.spend(1)) return true;
    const bool at_rounding = now <= 4 * error || (now <= 64 * error && without_gain_ > 100);
    return at_rounding;
  }

  void evaluate() {
    chain_.pack(policy_);
    if (tries_direct()) {
      const double span = extremes_.span();
      std::vector<double> h(h_.size());
      if (solve_directly(h)) {
        const Extremes after = chain_.apply(h, next_);
        if (budget_.spend(chain_.work())) return;
        if (after.span() < span) {
          h_.swap(h);
          center();
          return;
        }
      }
      direct_below_ = span / 4;
    }
    damp();
  }

  bool tries_direct() const { return extremes_.span() < direct_below_; }

  /// h <- (h + T_pi h) / 2, until the span has fallen to a tenth; the damping keeps periodic chains from turning in circles.
  void damp() {
    constexpr int kSweeps = 50;
    average_with_next();
    double goal = 0;
    for (int k = 0; k < kSweeps; ++k) {
      const Extremes change = chain_.apply(h_, next_);
      average_with_next();
      if (budget_.spend(chain_.work())) return;
      if (k == 0) goal = change.span() / 10;
      if (change.span() <= goal) break;
    }
    center();
  }

  void average_with_next() {
    Vectors(model_.team(), h_.size()).each([&](std::size_t s) { h_[s] += (next_[s] - h_[s]) / 2; });
  }

  void center() {
    const auto [least, most] = std::minmax_element(h_.begin(), h_.end());
    const double middle = (*least + *most) / 2;
    Vectors(model_.team(), h_.size()).each([&](std::size_t s) { h_[s] -= middle; });
  }

  /// A state that the policy returns to from everywhere, or kNone.
  std::uint32_t find_recurrent() const {
    const MdpArrays& a = model_.arrays();
    Marks chosen(a.reward.size());
    for (const std::uint32_t c : policy_) chosen[c] = 1;
    const Components components = strongly_connected(a, chosen);
    std::vector<std::uint8_t> closed(components.count, 1);
    for (std::uint32_t s = 0; s < h_.size(); ++s) {
      for (std::uint32_t i = a.row_begin[policy_[s]]; i < a.row_begin[policy_[s] + 1]; ++i) {
        if (components.of_state[a.target[i]] != components.of_state[s]) closed[components.of_state[s]] = 0;
      }
    }
    if (std::count(closed.begin(), closed.end(), 1) != 1) return kNone;
    const auto it = std::find_if(components.of_state.begin(), components.of_state.end(),
                                 [&](std::uint32_t component) { return closed[component] != 0; });
    return static_cast<std::uint32_t>(it - components.of_state.begin());
  }

  /// With x and y the reward and the time until the recurrent state is entered: gain = x / y there, h = x - gain y.
  bool solve_directly(std::vector<double>& h) {
    const std::uint32_t home = find_recurrent();
    if (home == kNone) return false;
    std::vector<double> x(h.size());
    std::vector<double> y(h.size());
    const auto reward = chain_.rewards();
    const std::vector<double> ones(h.size(), 1);
    solve_until(home, reward, x);
    solve_until(home, ones, y);
    if (budget_.stopped()) return false;
    const double gain = x[home] / y[home];
    bool finite = true;
    for (std::size_t s = 0; s < h.size(); ++s) {
      h[s] = s == home ? 0 : x[s] - gain * y[s];
      finite = finite && std::isfinite(h[s]);
    }
    return finite;
  }

  void solve_until(std::uint32_t home, std::span<const double> right, std::vector<double>& x) {
    if (x.size() <= kLargestDirect) {
      chain_.solve_dense_until(home, right, x);
      return;
    }
    std::vector<double> masked(x.size());
    const Product product = [&](std::span<const double> from, std::span<double> to) {
      std::copy(from.begin(), from.end(), masked.begin());
      masked[home] = 0;
      chain_.multiply(masked, to);
      Vectors(model_.team(), x.size()).each([&](std::size_t s) { to[s] = from[s] - to[s]; });
    };
    const Vectors vectors(model_.team(), x.size());
    const double share = chain_.work();
    bicgstab(vectors, product, right, x,
             {.goal = 1e-3 * std::min(tolerance_, extremes_.span()), .products = 2000, .over = [&] {
                return budget_.spend_little(2 * share);
              }});
  }

  const BellmanOperator& model_;
  double tolerance_;
  Budget& budget_;
  PolicyChain chain_;
  std::vector<double> h_;
  std::vector<double> next_;
  std::vector<std::uint32_t> policy_;
  Extremes extremes_;
  Gain gain_;
  double direct_below_ = std::numeric_limits<double>::infinity();
  int without_gain_ = 0;
};

}  // namespace

Gain solve_gain(const Mdp& model, Objective objective, double tolerance, cpu::Team& team, Budget& budget) {
  const BellmanOperator bellman(model, {.factor = 1, .contracts = false}, objective, team);
  return GainIterate(bellman, tolerance, budget).run();
}

}  // namespace calando::bellman
