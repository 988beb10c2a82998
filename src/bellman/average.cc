// SPDX-License-Identifier: MIT
#include "src/bellman/average.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "src/bellman/component_solver.h"
#include "src/bellman/row.h"
#include "src/bellman/total.h"

namespace calando::bellman {
namespace {

/// The states of each component, and each state's number in its own.
struct Members {
  std::vector<std::uint32_t> first;
  std::vector<std::uint32_t> state;
  std::vector<std::uint32_t> number;

  Members(const EndComponents& components) : first(components.count + 1), number(components.of_state.size()) {
    for (const std::uint32_t c : components.of_state) {
      if (c != kNone) ++first[c + 1];
    }
    for (std::size_t i = 0; i < components.count; ++i) first[i + 1] += first[i];
    state.resize(first.back());
    std::vector<std::uint32_t> next(first.begin(), first.end() - 1);
    for (std::uint32_t s = 0; s < number.size(); ++s) {
      const std::uint32_t c = components.of_state[s];
      if (c == kNone) continue;
      number[s] = next[c] - first[c];
      state[next[c]++] = s;
    }
  }
  std::span<const std::uint32_t> of(std::size_t component) const {
    return std::span(state).subspan(first[component], first[component + 1] - first[component]);
  }
};

class AverageSolver {
 public:
  AverageSolver(const Mdp& model, const SolveOptions& options, cpu::Team& team)
      : model_(model),
        a_(model.arrays()),
        options_(options),
        team_(team),
        budget_(options, solution_.report),
        components_(maximal_end_components(a_, choices_that_do_not_leak(a_))),
        members_(components_),
        bias_(model.states()),
        stay_(model.states(), kStay) {}

  Solution run() {
    solution_.report.method = Method::policy_iteration;
    for (std::uint32_t i = 0; i < components_.count && !budget_.stopped(); ++i) solve_component(i);
    half_width_.resize(components_.count, std::numeric_limits<double>::infinity());
    gain_.resize(components_.count);
    if (components_.count == 1 && members_.state.size() == model_.states() && all_stay()) {
      answer_alone();
    } else {
      answer_by_ends();
    }
    finish();
    return std::move(solution_);
  }

 private:
  bool all_stay() const {
    return std::all_of(components_.internal.begin(), components_.internal.end(),
                       [](auto x) { return x != 0; });
  }

  void solve_component(std::uint32_t i) {
    const auto states = members_.of(i);
    const Mdp part = states.size() == model_.states() && all_stay() ? model_ : extract(states);
    const Gain gain = solve_gain(part, options_.objective, options_.tolerance / 2, team_, budget_);
    gain_.push_back(std::midpoint(gain.lower, gain.upper));
    half_width_.push_back((gain.upper - gain.lower) / 2 * (1 + 4 * kUnitRoundoff) +
                          4 * kUnitRoundoff * std::abs(gain_.back()) + model_.notes().reward_rounding);
    for (std::uint32_t k = 0; k < states.size(); ++k) {
      bias_[states[k]] = gain.bias[k];
      std::uint32_t index = gain.policy[k] - part.arrays().choice_begin[k];
      for (std::uint32_t c = a_.choice_begin[states[k]]; c < a_.choice_begin[states[k] + 1]; ++c) {
        if (components_.internal[c] != 0 && index-- == 0) stay_[states[k]] = c;
      }
    }
  }

  /// The component as a model of its own.
  Mdp extract(std::span<const std::uint32_t> states) const {
    MdpBuilder builder(model_.notes().name);
    for (const std::uint32_t s : states) {
      builder.add_state();
      for (std::uint32_t c = a_.choice_begin[s]; c < a_.choice_begin[s + 1]; ++c) {
        if (components_.internal[c] == 0) continue;
        builder.add_choice(a_.reward[c]);
        for (std::uint32_t t = a_.row_begin[c]; t < a_.row_begin[c + 1]; ++t)
          builder.add(members_.number[a_.target[t]], a_.probability[t]);
      }
    }
    return std::move(builder).build();
  }

  double sign() const noexcept { return options_.objective == Objective::maximise ? 1 : -1; }

  void answer_alone() {
    const std::size_t states = model_.states();
    solution_.lower.assign(states, gain_[0] - half_width_[0]);
    solution_.upper.assign(states, gain_[0] + half_width_[0]);
    policy_ = stay_;
    solution_.report.gap = 2 * half_width_[0];
    if (budget_.stopped()) return;
    budget_.stop(solution_.report.gap <= 2 * options_.tolerance ? SolveStatus::converged
                                                                : SolveStatus::rounding_limit);
  }

  /// Where to end: the gains are what staying in a component pays, and nothing else does.
  void answer_by_ends() {
    double widest = 0;
    for (const double width : half_width_) widest = std::max(widest, width);
    // Gains of the operator are those of rewards to be maximised.
    const TotalProblem problem{
        .model = model_, .sign = 1, .pays = false, .staying = [&](std::uint32_t i) { return gain_[i]; }};
    SolveOptions options = options_;
    options.tolerance = std::max(0.0, options_.tolerance - widest);
    const bool stopped = budget_.stopped();
    const SolveStatus status = solution_.report.status;
    TotalBounds bounds = solve_total(problem, options, team_, budget_, solution_.report);
    if (stopped) budget_.stop(status);
    solution_.report.method = Method::policy_iteration;
    solution_.lower = std::move(bounds.lower);
    solution_.upper = std::move(bounds.upper);
    for (double& x : solution_.lower) x -= widest * (1 + 4 * kUnitRoundoff) + 2 * kUnitRoundoff * std::abs(x);
    for (double& x : solution_.upper) x += widest * (1 + 4 * kUnitRoundoff) + 2 * kUnitRoundoff * std::abs(x);
    solution_.report.gap = bounds.gap + 2 * widest;
    policy_ = std::move(bounds.policy);
    for (std::uint32_t s = 0; s < policy_.size(); ++s) {
      if (policy_[s] == kStay) policy_[s] = stay_[s] == kStay ? a_.choice_begin[s] : stay_[s];
    }
  }

  void finish() {
    const std::size_t states = model_.states();
    if (sign() < 0) {
      solution_.lower.swap(solution_.upper);
      for (double& x : solution_.lower) x = -x;
      for (double& x : solution_.upper) x = -x;
    }
    solution_.values.resize(states);
    solution_.policy.resize(states);
    for (std::uint32_t s = 0; s < states; ++s) {
      solution_.values[s] = std::midpoint(solution_.lower[s], solution_.upper[s]);
      if (!std::isfinite(solution_.values[s])) solution_.values[s] = 0;
      solution_.policy[s] = static_cast<std::int32_t>(policy_[s] - a_.choice_begin[s]);
    }
    extend_bias();
    solution_.bias = std::move(bias_);
    for (double& x : solution_.bias) x *= sign();
    solution_.report.seconds = budget_.seconds();
  }

  /// h = r - gain + P h where the policy leaves the components, or never was in one.
  void extend_bias() {
    if (members_.state.size() == model_.states() && policy_ == stay_) return;
    constexpr int kSweeps = 1000;
    const Wave wave = make_wave(a_, sign(), team_);
    for (int k = 0; k < kSweeps; ++k) {
      double change = 0;
      for (const std::uint32_t s : wave.state) {
        const std::uint32_t c = policy_[s];
        if (c == stay_[s]) continue;
        double h = sign() * (a_.reward[c] - solution_.values[s]);
        for (std::uint32_t i = a_.row_begin[c]; i < a_.row_begin[c + 1]; ++i)
          h += a_.probability[i] * bias_[a_.target[i]];
        change = std::max(change, std::abs(h - bias_[s]));
        bias_[s] = h;
      }
      if (!(change > 1e-12)) break;
    }
  }

  const Mdp& model_;
  const MdpArrays& a_;
  const SolveOptions& options_;
  cpu::Team& team_;
  Solution solution_;
  Budget budget_;
  EndComponents components_;
  Members members_;
  std::vector<double> gain_;        // of each component, to be maximised
  std::vector<double> half_width_;  // of its bounds
  std::vector<double> bias_;
  std::vector<std::uint32_t> stay_;  // what earns the gain, by state
  std::vector<std::uint32_t> policy_;
};

}  // namespace

Solution solve_average(const Mdp& model, const SolveOptions& options, cpu::Team& team) {
  return AverageSolver(model, options, team).run();
}

}  // namespace calando::bellman
