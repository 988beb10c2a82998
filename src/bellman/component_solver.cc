// SPDX-License-Identifier: MIT
#include "src/bellman/component_solver.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "src/bellman/dense.h"
#include "src/bellman/row.h"

namespace calando::bellman {
namespace {

constexpr std::size_t kLargestDense = 200;

/// Whether a state can be followed by one of another component, or by none.
bool can_leave(const MdpArrays& a, const Components& components, std::uint32_t s) {
  for (std::uint32_t c = a.choice_begin[s]; c < a.choice_begin[s + 1]; ++c) {
    if (leaks(a, c)) return true;
    for (std::uint32_t i = a.row_begin[c]; i < a.row_begin[c + 1]; ++i) {
      if (components.of_state[a.target[i]] != components.of_state[s]) return true;
    }
  }
  return false;
}

/// Breadth-first from `front` on, within components; marks what it reaches.
void flood(const Predecessors& predecessors, const Components& components, Marks& seen,
           std::vector<std::uint32_t>& front) {
  for (std::size_t i = 0; i < front.size(); ++i) {
    for (const std::uint32_t c : predecessors.of(front[i])) {
      const std::uint32_t s = predecessors.state_of(c);
      if (seen[s] != 0 || components.of_state[s] != components.of_state[front[i]]) continue;
      seen[s] = 1;
      front.push_back(s);
    }
  }
}

}  // namespace

namespace {

/// Of each component that no wave has reached: the state of the largest reward.
std::vector<std::uint32_t> find_roots(const MdpArrays& a, double sign, const Components& components,
                                      const Marks& seen) {
  std::vector<std::uint32_t> root(components.count, kNone);
  std::vector<double> most(components.count, -std::numeric_limits<double>::infinity());
  for (std::uint32_t s = 0; s + 1 < a.choice_begin.size(); ++s) {
    if (seen[s] != 0) continue;
    const std::uint32_t component = components.of_state[s];
    for (std::uint32_t c = a.choice_begin[s]; c < a.choice_begin[s + 1]; ++c) {
      if (!(sign * a.reward[c] > most[component])) continue;
      most[component] = sign * a.reward[c];
      root[component] = s;
    }
  }
  std::erase(root, kNone);
  return root;
}

}  // namespace

Wave make_wave(const MdpArrays& a, double sign, cpu::Team& team) {
  const std::size_t states = a.choice_begin.size() - 1;
  const Marks all(a.reward.size(), 1);
  Components components;
  std::optional<Predecessors> backwards;
  team.run(2, [&](std::size_t i) {
    if (i == 0) {
      components = strongly_connected(a, all);
    } else {
      backwards.emplace(a, all);
    }
  });
  const Predecessors& predecessors = *backwards;
  Marks seen(states);
  std::vector<std::uint32_t> front;
  front.reserve(states);
  for (std::uint32_t s = 0; s < states; ++s) {
    if (can_leave(a, components, s)) {
      seen[s] = 1;
      front.push_back(s);
    }
  }
  flood(predecessors, components, seen, front);
  for (const std::uint32_t s : find_roots(a, sign, components, seen)) {
    seen[s] = 1;
    front.push_back(s);
  }
  flood(predecessors, components, seen, front);
  Wave wave{std::vector<std::uint32_t>(states), std::vector<std::uint32_t>(components.count + 1)};
  for (const std::uint32_t component : components.of_state) ++wave.first[component + 1];
  for (std::size_t i = 0; i < components.count; ++i) wave.first[i + 1] += wave.first[i];
  std::vector<std::uint32_t> next(wave.first.begin(), wave.first.end() - 1);
  for (const std::uint32_t s : front) wave.state[next[components.of_state[s]]++] = s;
  return wave;
}

ComponentSolver::ComponentSolver(const MdpArrays& arrays, const Wave& wave, const Payoff& payoff,
                                 cpu::Team& team, Budget& budget)
    : arrays_(arrays),
      wave_(wave),
      payoff_(payoff),
      team_(team),
      budget_(budget),
      position_(wave.state.size()),
      component_(wave.state.size()) {
  for (std::uint32_t i = 0; i + 1 < wave.first.size(); ++i) {
    for (std::uint32_t j = wave.first[i]; j < wave.first[i + 1]; ++j) {
      component_[wave.state[j]] = i;
      position_[wave.state[j]] = j - wave.first[i];
    }
  }
}

bool ComponentSolver::run(std::span<double> v, double tolerance) {
  for (std::size_t i = 0; i + 1 < wave_.first.size(); ++i) {
    const std::span<const std::uint32_t> states(wave_.state.data() + wave_.first[i],
                                                wave_.first[i + 1] - wave_.first[i]);
    if (states.size() == 1) {
      const Choice choice = best(v, states.front());
      if (std::isfinite(choice.value)) v[states.front()] = choice.value;
      if (budget_.spend_little(work(states))) return false;
    } else if (!run_component(states, v, tolerance)) {
      return false;
    }
  }
  return true;
}

ComponentSolver::Choice ComponentSolver::best(std::span<const double> v, std::uint32_t state) const noexcept {
  Choice choice{-std::numeric_limits<double>::infinity(), arrays_.choice_begin[state]};
  for (std::uint32_t c = arrays_.choice_begin[state]; c < arrays_.choice_begin[state + 1]; ++c) {
    if (!allowed(c)) continue;
    double expected = 0;
    double staying = 0;
    for (std::uint32_t i = arrays_.row_begin[c]; i < arrays_.row_begin[c + 1]; ++i) {
      const std::uint32_t to = arrays_.target[i];
      if (to == state) {
        staying += arrays_.probability[i];
      } else {
        expected += arrays_.probability[i] * v[to];
      }
    }
    double q = reward(c) + factor(c) * expected;
    if (staying > 0) {
      const double leaving = 1 - factor(c) * staying;
      if (!(leaving > 0)) continue;  // it stays for ever, at a loss
      q /= leaving;
    }
    if (q > choice.value) choice = {q, c};
  }
  return choice;
}

double ComponentSolver::work(std::span<const std::uint32_t> states) const noexcept {
  std::size_t transitions = 0;
  for (const std::uint32_t s : states) {
    transitions +=
        arrays_.row_begin[arrays_.choice_begin[s + 1]] - arrays_.row_begin[arrays_.choice_begin[s]];
  }
  return static_cast<double>(transitions) /
         static_cast<double>(std::max<std::size_t>(1, arrays_.target.size()));
}

/// The largest change.
double ComponentSolver::sweep(std::span<const std::uint32_t> states, std::span<double> v) {
  double change = 0;
  magnitude_ = 0;
  for (const std::uint32_t s : states) {
    const double value = best(v, s).value;
    if (!std::isfinite(value)) continue;
    change = std::max(change, std::abs(value - v[s]));
    magnitude_ = std::max(magnitude_, std::abs(value));
    v[s] = value;
  }
  return change;
}

bool ComponentSolver::run_component(std::span<const std::uint32_t> states, std::span<double> v,
                                    double tolerance) {
  constexpr int kSweeps = 6;              // before a policy is worth evaluating
  constexpr double kWorthWaiting = 20;    // sweeps
  constexpr int kRoundsWithoutGain = 40;  // then rounding is all that is left, if the change is small
  constexpr int kPatience = 2000;
  const double share = work(states);
  double before = std::numeric_limits<double>::infinity();
  double smallest = before;
  int without_gain = 0;
  double evaluate_below = before;
  for (int k = 1;; ++k) {
    const double change = sweep(states, v);
    if (budget_.spend_little(share)) return false;
    if (change <= std::max(tolerance, 4 * kUnitRoundoff * magnitude_)) return true;
    without_gain = change < 0.9 * smallest ? 0 : without_gain + 1;
    if (without_gain > kRoundsWithoutGain && (change <= 1e-10 * magnitude_ || without_gain > kPatience))
      return true;
    smallest = std::min(smallest, change);
    const double rate = change / before;
    before = change;
    const bool slow = !(rate < 1) || std::log(tolerance / change) / std::log(rate) > kWorthWaiting;
    if (k % kSweeps != 0 || !slow || change > evaluate_below) continue;
    const std::vector<double> saved = [&] {
      std::vector<double> old(states.size());
      for (std::size_t i = 0; i < old.size(); ++i) old[i] = v[states[i]];
      return old;
    }();
    if (!evaluate(states, v, tolerance)) return false;
    const double now = sweep(states, v);
    if (budget_.spend_little(share)) return false;
    if (!(now < change)) {  // not a policy that ends, or not a good one: go on from before it
      for (std::size_t i = 0; i < saved.size(); ++i) v[states[i]] = saved[i];
      evaluate_below = change / 2;
    } else {
      before = now;
      evaluate_below = std::numeric_limits<double>::infinity();
    }
  }
}

/// The rows of the greedy policy within the component; what leads elsewhere goes to the right-hand side.
void ComponentSolver::pack(std::span<const std::uint32_t> states, std::span<const double> v) {
  row_begin_.assign(1, 0);
  target_.clear();
  probability_.clear();
  right_.assign(states.size(), 0);
  for (std::size_t k = 0; k < states.size(); ++k) {
    const std::uint32_t s = states[k];
    const std::uint32_t c = best(v, s).index;
    double outside = 0;
    double staying = 0;
    const std::size_t first = target_.size();
    for (std::uint32_t i = arrays_.row_begin[c]; i < arrays_.row_begin[c + 1]; ++i) {
      const std::uint32_t to = arrays_.target[i];
      const double p = factor(c) * arrays_.probability[i];
      if (to == s) {
        staying += p;
      } else if (component_[to] == component_[s]) {
        target_.push_back(position_[to]);
        probability_.push_back(p);
      } else {
        outside += p * v[to];
      }
    }
    const double leaving = staying > 0 ? 1 - staying : 1;
    for (std::size_t i = first; i < probability_.size(); ++i) probability_[i] /= leaving;
    right_[k] = (reward(c) + outside) / leaving;
    row_begin_.push_back(static_cast<std::uint32_t>(target_.size()));
  }
}

/// y with y = x + the rows' part that leads to rows earlier in the order: the inverse of `apply`, but for the ends of cycles.
void ComponentSolver::pass_on(std::span<const double> x, std::span<double> y) const {
  for (const std::uint32_t k : order_) {
    double sum = x[k];
    for (std::uint32_t i = row_begin_[k]; i < row_begin_[k + 1]; ++i) {
      if (place_[target_[i]] < place_[k]) sum += probability_[i] * y[target_[i]];
    }
    y[k] = sum;
  }
}

/// y = x - rows x.
void ComponentSolver::apply(std::span<const double> x, std::span<double> y) const {
  Vectors(team_, right_.size()).each([&](std::size_t k) {
    const std::uint32_t row = row_begin_[k];
    y[k] = x[k] - row_dot(probability_.data() + row, target_.data() + row, row_begin_[k + 1] - row, x.data());
  });
}

void ComponentSolver::evaluate_dense(std::span<double> x) const {
  const std::size_t n = x.size();
  std::vector<double> a(n * n);
  for (std::size_t k = 0; k < n; ++k) {
    a[k * n + k] = 1;
    for (std::uint32_t i = row_begin_[k]; i < row_begin_[k + 1]; ++i)
      a[k * n + target_[i]] -= probability_[i];
    x[k] = right_[k];
  }
  solve_dense(a, x);
}

bool ComponentSolver::evaluate(std::span<const std::uint32_t> states, std::span<double> v, double tolerance) {
  pack(states, v);
  std::vector<double> x(states.size());
  for (std::size_t k = 0; k < x.size(); ++k) x[k] = v[states[k]];
  if (x.size() <= kLargestDense) {
    evaluate_dense(x);
  } else {
    const double each = static_cast<double>(target_.size()) /
                        static_cast<double>(std::max<std::size_t>(1, arrays_.target.size()));
    const KrylovLimits limits{
        .goal = tolerance / 4, .products = 2000, .over = [&] { return budget_.spend_little(2 * each); }};
    const Product product = [&](std::span<const double> from, std::span<double> to) { apply(from, to); };
    const Product inverse = [&](std::span<const double> from, std::span<double> to) { pass_on(from, to); };
    order_ = finishing_order(row_begin_, target_);
    place_.resize(order_.size());
    for (std::uint32_t i = 0; i < order_.size(); ++i) place_[order_[i]] = i;
    bicgstab(Vectors(team_, x.size()), product, inverse, right_, x, limits);
    if (budget_.stopped()) return false;
  }
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (std::isfinite(x[k])) v[states[k]] = x[k];
  }
  return true;
}

}  // namespace calando::bellman
