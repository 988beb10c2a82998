// SPDX-License-Identifier: MIT
// Learning from samples: what a model is worth, found by acting in it.
//
//   Learning lesson = parse_learning("q_learning(rate=cosine(0.5, 0, 100%), exploration=0.1)", {.run_steps = 1e6});
//   Learned result = learn(lake, lesson, {.discount = 0.99, .steps = 1'000'000, .seed = 1});
//   result.values[0];                                       // what was learned
//   LearningJudge(lake, solve(lake, {.discount = 0.99}), 0.99)(result.choice_values).largest;    // how far that is from the truth
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "calando/mdp.h"
#include "calando/schedule.h"
#include "calando/solve.h"

namespace calando {

/// What an update takes for the value of the next state s', whose choices it knows by Q.
enum class LearningRule : std::uint8_t {
  q_learning,      // max_a Q(s', a)
  double_q,        // two tables: the choice is the best of one, its value that of the other
  sarsa,           // Q of the choice that is taken next
  expected_sarsa,  // the mean of Q over what may be taken next
};
/// "q_learning", ..., in the order of LearningRule.
inline constexpr std::array<std::string_view, 4> kLearningRuleNames = {"q_learning", "double_q", "sarsa",
                                                                       "expected_sarsa"};

/// What a schedule of a rate counts: all steps, or the updates of the same choice of the same state.
enum class RateCount : std::uint8_t { steps, visits };

/// How to learn: Q(s, a) moves by `rate` of the way to reward + discount x (value of the next state).
struct Learning {
  LearningRule rule = LearningRule::q_learning;
  Schedule rate = 0.1;  // within [0, 1]
  Schedule exploration =
      0.1;  // the probability of a choice at random, otherwise the best by Q, the lower of equals
  RateCount count = RateCount::steps;
  double initial = 0;  // of all Q
};

/// Reads "sarsa(rate=0.1, exploration=linear(1, 0, 50%), count=visits, initial=0)". % is a share of run.run_steps.
///
/// Throws:  UsageError with the column
Learning parse_learning(std::string_view text, const RunLength& run = {});

/// A moment of learning.
struct LearningMoment {
  std::int64_t steps = 0;
  std::span<const double> choice_values;  // Q
};

struct LearnOptions {
  double discount = 0.99;  // times the model's own where it has some; within [0, 1)
  Objective objective = Objective::maximise;
  std::int64_t steps = 1'000'000;
  std::int64_t episode =
      1000;  // steps after which a new start is drawn; the future is not taken for worthless then
  std::string start = {};  // the label to start from, each of its states as likely; empty: all states
  std::uint64_t seed = 1;
  std::int64_t moments = 200;  // calls of the observer, evenly over the steps, the last at the end
  std::function<bool(const LearningMoment&)> observer = {};  // true stops
};

/// Shapes:  choice_values, visits: choices; values, policy: states
struct Learned {
  std::vector<double> choice_values;
  std::vector<double> values;  // the best of a state's choice_values
  std::vector<std::int32_t> policy;
  std::vector<std::int64_t> visits;
  std::int64_t steps = 0;
};

/// Acts in the model and learns. A choice pays its expected reward: the model knows no other.
///
/// Error:   the same bits for the same seed, everywhere; the first N steps of a longer run are those of a run of N steps where no
///          schedule depends on the length
/// Source:  Watkins & Dayan 1992 (Q-learning); van Hasselt 2010 (double Q); Rummery & Niranjan 1994 (SARSA); van Seijen et al. 2009
/// Throws:  UsageError: an option out of range; a rate outside of [0, 1], naming the step
Learned learn(const Mdp& model, const Learning& learning, const LearnOptions& options);

/// How far learned Q is from the truth, at most: max over choices of |Q - Q*|, where Q* is only known to lie within the bounds of
/// the answer, so that the truth is within `uncertainty`.
///
///   Q*(s, a) in r + g sum p [lower, upper]
struct LearningDistance {
  double largest = 0;      // from the middle of what is proven
  double mean_square = 0;  // its root, over choices
  double uncertainty = 0;
};

/// Measures distances to one certified answer.
class LearningJudge {
 public:
  /// Throws:  UsageError: the answer is not of this model
  LearningJudge(const Mdp& model, const Solution& answer, double discount);
  LearningDistance operator()(std::span<const double> choice_values) const;
  const std::vector<double>& choice_values() const noexcept { return middle_; }

 private:
  std::vector<double> middle_;
  double uncertainty_ = 0;
};

}  // namespace calando
