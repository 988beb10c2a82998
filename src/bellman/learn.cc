// SPDX-License-Identifier: MIT
#include "calando/learn.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "calando/error.h"
#include "src/bellman/simulator.h"

namespace calando {
namespace {

using bellman::kFirstPart;
using bellman::Simulator;

class Learner {
 public:
  Learner(const Mdp& model, const Learning& learning, const LearnOptions& options)
      : model_(model),
        arrays_(model.arrays()),
        learning_(learning),
        options_(options),
        sign_(options.objective == Objective::maximise ? 1 : -1),
        world_(model, options.seed),
        explores_(options.seed, cpu::Purpose::simulation, kFirstPart + 1),
        choices_(options.seed, cpu::Purpose::simulation, kFirstPart + 2),
        starts_(options.seed, cpu::Purpose::simulation, kFirstPart + 3),
        tables_(options.seed, cpu::Purpose::simulation, kFirstPart + 4),
        first_(model.choices(), learning.initial),
        visits_(model.choices(), 0) {
    if (learning.rule == LearningRule::double_q) second_ = first_;
  }

  Learned run() {
    const std::int64_t every =
        std::max<std::int64_t>(1, options_.steps / std::max<std::int64_t>(1, options_.moments));
    bool stopped = tell(0);
    start();
    while (step_ < options_.steps && !stopped) {
      take_step();
      if (step_ % every == 0 || step_ == options_.steps) stopped = tell(step_);
    }
    return result();
  }

 private:
  std::uint32_t begin(std::uint32_t state) const { return arrays_.choice_begin[state]; }
  std::uint32_t end(std::uint32_t state) const { return arrays_.choice_begin[state + 1]; }

  /// What is acted by: of two tables, their sum.
  double worth(std::uint32_t choice) const {
    return second_.empty() ? first_[choice] : (first_[choice] + second_[choice]) / 2;
  }
  template <class Value>
  std::uint32_t best(std::uint32_t state, Value value) const {
    std::uint32_t found = begin(state);
    for (std::uint32_t c = found + 1; c < end(state); ++c) {
      if (sign_ * value(c) > sign_ * value(found)) found = c;
    }
    return found;
  }
  std::uint32_t best(std::uint32_t state) const {
    return best(state, [this](std::uint32_t c) { return worth(c); });
  }

  /// Draws are numbered by the step in which the choice is taken.
  std::uint32_t choose(std::uint32_t state, std::int64_t step) const {
    const auto draw = static_cast<std::uint64_t>(step);
    if (explores_.uniform(draw) >= learning_.exploration(step)) return best(state);
    return begin(state) + static_cast<std::uint32_t>(choices_.below(draw, end(state) - begin(state)));
  }

  void start() {
    const auto draw = static_cast<std::uint64_t>(step_);
    if (options_.start.empty()) {
      state_ = static_cast<std::uint32_t>(starts_.below(draw, model_.states()));
    } else {
      const auto& states = model_.label(options_.start);
      state_ = states[starts_.below(draw, states.size())];
    }
    choice_ = choose(state_, step_);
    lasted_ = 0;
  }

  double rate_of(std::uint32_t choice) const {
    const double rate = learning_.rate(learning_.count == RateCount::steps ? step_ : visits_[choice]);
    if (rate >= 0 && rate <= 1) return rate;
    throw UsageError(fmt::format("rate {} at step {}, expected 0 to 1", rate, step_));
  }

  double expected_worth(std::uint32_t state) const {
    double sum = 0;
    for (std::uint32_t c = begin(state); c < end(state); ++c) sum += worth(c);
    const double explored = learning_.exploration(step_ + 1);
    return explored * sum / (end(state) - begin(state)) + (1 - explored) * worth(best(state));
  }

  /// The value of the next state by the rule, for the update of one table with the other beside it.
  double next_value(std::uint32_t state, std::uint32_t choice, const std::vector<double>& own,
                    const std::vector<double>& other) const {
    switch (learning_.rule) {
      case LearningRule::sarsa:
        return own[choice];
      case LearningRule::expected_sarsa:
        return expected_worth(state);
      case LearningRule::double_q:
        return other[best(state, [&](std::uint32_t c) { return own[c]; })];
      default:
        return own[best(state)];
    }
  }

  void take_step() {
    const auto draw = static_cast<std::uint64_t>(step_);
    const std::uint32_t next = world_.after(choice_, draw);
    const bool ended = next == Simulator::kEnded;
    const std::uint32_t next_choice = ended ? 0 : choose(next, step_ + 1);
    const bool swap = !second_.empty() && (tables_.bits(draw) & 1) != 0;
    std::vector<double>& own = swap ? second_ : first_;
    const std::vector<double>& other = swap ? first_ : second_;
    const double discount = options_.discount * (arrays_.discount.empty() ? 1 : arrays_.discount[choice_]);
    const double future = ended ? 0 : discount * next_value(next, next_choice, own, other);
    own[choice_] += rate_of(choice_) * (arrays_.reward[choice_] + future - own[choice_]);
    ++visits_[choice_];
    ++step_;
    if (ended || ++lasted_ >= options_.episode) return start();
    state_ = next;
    choice_ = next_choice;
  }

  std::vector<double> all_worths() const {
    std::vector<double> all(first_.size());
    for (std::uint32_t c = 0; c < all.size(); ++c) all[c] = worth(c);
    return all;
  }

  bool tell(std::int64_t steps) const {
    if (!options_.observer) return false;
    const std::vector<double> all = all_worths();
    return options_.observer({.steps = steps, .choice_values = all});
  }

  Learned result() {
    Learned out{.choice_values = all_worths(),
                .values = {},
                .policy = {},
                .visits = std::move(visits_),
                .steps = step_};
    for (std::uint32_t s = 0; s < model_.states(); ++s) {
      const std::uint32_t chosen = best(s);
      out.values.push_back(out.choice_values[chosen]);
      out.policy.push_back(static_cast<std::int32_t>(chosen - begin(s)));
    }
    return out;
  }

  const Mdp& model_;
  MdpArrays arrays_;
  const Learning& learning_;
  const LearnOptions& options_;
  double sign_;
  Simulator world_;
  cpu::Random explores_;
  cpu::Random choices_;
  cpu::Random starts_;
  cpu::Random tables_;
  std::vector<double> first_;
  std::vector<double> second_;  // of double Q
  std::vector<std::int64_t> visits_;
  std::int64_t step_ = 0;
  std::int64_t lasted_ = 0;
  std::uint32_t state_ = 0;
  std::uint32_t choice_ = 0;
};

}  // namespace

Learned learn(const Mdp& model, const Learning& learning, const LearnOptions& options) {
  if (!(options.discount >= 0 && options.discount < 1))
    throw UsageError(fmt::format("discount {}, expected 0 <= discount < 1", options.discount));
  if (options.steps < 0) throw UsageError(fmt::format("steps {}, expected 0 or more", options.steps));
  if (options.episode < 1) throw UsageError(fmt::format("episode {}, expected 1 or more", options.episode));
  if (!std::isfinite(learning.initial))
    throw UsageError(fmt::format("initial {}, expected a finite number", learning.initial));
  if (!options.start.empty() && model.label(options.start).empty())
    throw UsageError(fmt::format("start \"{}\": the label has no states", options.start));
  return Learner(model, learning, options).run();
}

LearningJudge::LearningJudge(const Mdp& model, const Solution& answer, double discount)
    : middle_(model.choices()) {
  const MdpArrays& a = model.arrays();
  if (answer.values.size() != model.states())
    throw UsageError(
        fmt::format("an answer of {} states for a model of {}", answer.values.size(), model.states()));
  for (std::size_t c = 0; c < middle_.size(); ++c) {
    double low = 0;
    double high = 0;
    for (std::size_t i = a.row_begin[c]; i < a.row_begin[c + 1]; ++i) {
      low += a.probability[i] * answer.lower[a.target[i]];
      high += a.probability[i] * answer.upper[a.target[i]];
    }
    const double factor = discount * (a.discount.empty() ? 1 : a.discount[c]);
    middle_[c] = a.reward[c] + factor * (low + high) / 2;
    uncertainty_ = std::max(uncertainty_, factor * (high - low) / 2);
  }
}

LearningDistance LearningJudge::operator()(std::span<const double> choice_values) const {
  LearningDistance distance{.largest = 0, .mean_square = 0, .uncertainty = uncertainty_};
  for (std::size_t c = 0; c < middle_.size(); ++c) {
    const double off = std::abs(choice_values[c] - middle_[c]);
    distance.largest = std::max(distance.largest, off);
    distance.mean_square += off * off;
  }
  distance.mean_square = std::sqrt(distance.mean_square / static_cast<double>(middle_.size()));
  return distance;
}

}  // namespace calando
