// SPDX-License-Identifier: MIT
#include "calando/learn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "calando/error.h"
#include "src/bellman/models_test.h"
#include "src/bellman/simulator.h"

namespace calando {
namespace {

using testing::HasSubstr;

Learned run(const Mdp& model, const std::string& text, LearnOptions options) {
  return learn(model, parse_learning(text, {static_cast<double>(options.steps), {}}), options);
}

LearningDistance distance(const Mdp& model, const Learned& learned, double discount,
                          Objective objective = Objective::maximise) {
  const Solution answer = solve(model, {.discount = discount, .objective = objective, .tolerance = 1e-10});
  return LearningJudge(model, answer, discount)(learned.choice_values);
}

// Where nothing is left to chance, a rate of 1 makes each update an exact backup of one choice. Once every choice has been
// updated k times over (each after all had been k - 1 times), the error is below discount^k times the first one's.
TEST(Learn, RateOneIsAsynchronousValueIteration) {
  const Mdp model = make_mdp("grid(4, 4)");
  constexpr double kDiscount = 0.9;
  const double first =
      distance(model, run(model, "q_learning", {.discount = kDiscount, .steps = 0}), kDiscount).largest;
  for (const char* rule : {"q_learning", "double_q"}) {
    std::vector<std::int64_t> covered(model.choices(), 0);
    int covers = 0;
    for (std::int64_t steps = 500; steps <= 20000; steps += 500) {
      const Learned learned = run(model, std::string(rule) + "(rate=1, exploration=1)",
                                  {.discount = kDiscount, .steps = steps, .episode = 20});
      const bool all = std::equal(covered.begin(), covered.end(), learned.visits.begin(),
                                  [](std::int64_t before, std::int64_t now) { return now > before; });
      if (all) {
        covered = learned.visits;
        ++covers;
      }
      if (std::string(rule) != "q_learning") continue;  // a visit updates one table of two
      const LearningDistance off = distance(model, learned, kDiscount);
      EXPECT_LE(off.largest, std::pow(kDiscount, covers) * first + off.uncertainty + 1e-12) << steps;
    }
    EXPECT_GT(covers, 10);
  }
}

TEST(Learn, EveryRuleFindsTheExactValuesWhereNothingIsLeftToChance) {
  const Mdp model = make_mdp("grid(3, 3)");
  for (const char* text : {"q_learning(rate=1, exploration=1)", "double_q(rate=1, exploration=1)",
                           "sarsa(rate=1, exploration=linear(1, 0, 20%))",
                           "expected_sarsa(rate=1, exploration=linear(1, 0, 20%))"}) {
    const Learned learned = run(model, text, {.discount = 0.5, .steps = 60000, .episode = 12});
    if (std::string_view(text).find("sarsa") == std::string_view::npos) {
      EXPECT_LT(distance(model, learned, 0.5).largest, 1e-9) << text;
    } else {  // choices that are not the best are no longer taken; the values of states settle
      const Solution answer = solve(model, {.discount = 0.5, .tolerance = 1e-10});
      for (std::size_t s = 0; s < model.states(); ++s)
        EXPECT_NEAR(learned.values[s], answer.values[s], 1e-9) << text << s;
    }
  }
}

// One choice in each state, each update from a state drawn anew: the mean over runs follows an exact recursion,
// E Q <- E Q + rate/n (r + g P E Q - E Q). The mean of many runs lies within 5 of its standard errors.
TEST(Learn, MeansFollowTheExactRecursion) {
  const Mdp model = bellman::make_random({.seed = 3, .states = 6, .most_choices = 1, .terminates = true});
  constexpr std::int64_t kSteps = 300;
  constexpr int kRuns = 2000;
  constexpr double kRate = 0.2;
  constexpr double kDiscount = 0.9;
  const MdpArrays& a = model.arrays();
  std::vector<double> mean(6, 0);
  for (std::int64_t t = 0; t < kSteps; ++t) {
    std::vector<double> next = mean;
    for (std::size_t s = 0; s < 6; ++s) {
      double value = a.reward[s];
      for (std::size_t i = a.row_begin[s]; i < a.row_begin[s + 1]; ++i)
        value += kDiscount * a.probability[i] * mean[a.target[i]];
      next[s] += kRate / 6 * (value - mean[s]);
    }
    mean = next;
  }
  for (const char* rule : {"q_learning(rate=0.2)", "sarsa(rate=0.2)", "expected_sarsa(rate=0.2)"}) {
    std::vector<double> sum(6, 0);
    std::vector<double> squares(6, 0);
    for (int seed = 0; seed < kRuns; ++seed) {
      const Learned learned = run(
          model, rule,
          {.discount = kDiscount, .steps = kSteps, .episode = 1, .seed = static_cast<std::uint64_t>(seed)});
      for (std::size_t s = 0; s < 6; ++s) {
        sum[s] += learned.values[s];
        squares[s] += learned.values[s] * learned.values[s];
      }
    }
    for (std::size_t s = 0; s < 6; ++s) {
      const double average = sum[s] / kRuns;
      const double error = std::sqrt((squares[s] / kRuns - average * average) / kRuns);
      EXPECT_NEAR(average, mean[s], 5 * error + 1e-12) << rule << " state " << s;
      EXPECT_LT(error, 0.2 * (1 + std::abs(mean[s])));
    }
  }
}

// With rates of about 1/(visits) errors fall like 1/sqrt(steps): 16 times the steps, a quarter of the error. Over 8 seeds, half is
// far from what chance does.
TEST(Learn, FallingRatesComeNearerAndConstantOnesDoNot) {
  const Mdp model = make_mdp("forest(4)");
  const auto error_of = [&](const std::string& text, std::int64_t steps) {
    double sum = 0;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      const Learned learned =
          run(model, text, {.discount = 0.8, .steps = steps, .episode = 10, .seed = seed});
      sum += std::pow(distance(model, learned, 0.8).mean_square, 2);
    }
    return std::sqrt(sum / 8);
  };
  for (const char* rule : {"q_learning", "double_q"}) {
    const std::string falling = std::string(rule) + "(rate=polynomial(1, 0, 100%, 2), exploration=1)";
    EXPECT_LT(error_of(falling, 320000), 0.5 * error_of(falling, 20000)) << rule;
    const std::string constant = std::string(rule) + "(rate=0.3, exploration=1)";
    EXPECT_GT(error_of(constant, 320000), 2 * error_of(falling, 320000)) << rule;
  }
}

TEST(Learn, SameBitsForTheSameSeedAndAPrefixOfALongerRun) {
  const Mdp model = make_mdp("frozen_lake");
  const LearnOptions options{.discount = 0.99, .steps = 5000};
  const Learned once = run(model, "double_q", options);
  EXPECT_EQ(run(model, "double_q", options).choice_values, once.choice_values);
  std::vector<double> early;
  LearnOptions longer = options;
  longer.steps = 10000;
  longer.moments = 2;
  longer.observer = [&](const LearningMoment& moment) {
    if (moment.steps == 5000) early.assign(moment.choice_values.begin(), moment.choice_values.end());
    return false;
  };
  run(model, "double_q", longer);
  EXPECT_EQ(early, once.choice_values);
  LearnOptions other = options;
  other.seed = 2;
  EXPECT_NE(run(model, "double_q", other).choice_values, once.choice_values);
}

TEST(Learn, CostsStartsAndStops) {
  const Mdp model = make_mdp("grid(3, 3)");
  const Learned worst =
      run(model, "q_learning(rate=1, exploration=1)",
          {.discount = 0.5, .objective = Objective::minimise, .steps = 30000, .episode = 20});
  EXPECT_LT(distance(model, worst, 0.5, Objective::minimise).largest, 1e-6);
  const Learned at_goal = run(model, "q_learning", {.discount = 0.5, .steps = 10, .start = "goal"});
  EXPECT_EQ(at_goal.visits.back(), 10);
  LearnOptions stopped{.discount = 0.5, .steps = 100, .moments = 10};
  stopped.observer = [](const LearningMoment& moment) { return moment.steps >= 30; };
  EXPECT_EQ(run(model, "q_learning", stopped).steps, 30);
}

TEST(Learn, RefusesWhatIsOutOfRange) {
  const Mdp model = make_mdp("grid(3, 3)");
  EXPECT_THROW(run(model, "q_learning", {.discount = 1}), UsageError);
  EXPECT_THROW(run(model, "q_learning", {.episode = 0}), UsageError);
  EXPECT_THROW(run(model, "q_learning", {.start = "nowhere"}), UsageError);
  EXPECT_THROW(run(model, "q_learning(rate=2)", {.steps = 3}), UsageError);
  for (const char* text :
       {"q_lerning", "q_learning(rat=1)", "sarsa(count=episodes)", "sarsa(initial=inf)", "3"}) {
    EXPECT_THROW(parse_learning(text), UsageError) << text;
  }
  EXPECT_EQ(parse_learning("sarsa(0.5, 0.2, visits)").count, RateCount::visits);
}

// 10^5 draws of a row: each share within 5 standard deviations.
TEST(Simulator, DrawsByTheProbabilities) {
  MdpBuilder builder("m");
  builder.add_state();
  builder.add_choice(0).add(0, 0.2).add(1, 0.3).terminate(0.5);
  builder.add_state();
  builder.add_choice(0).add(1, 1);
  const Mdp model = std::move(builder).build();
  const bellman::Simulator world(model, 7);
  constexpr int kDraws = 100000;
  std::array<int, 3> count{};
  for (std::uint64_t draw = 0; draw < kDraws; ++draw) {
    const std::uint32_t next = world.after(0, draw);
    ++count[next == bellman::Simulator::kEnded ? 2 : next];
    EXPECT_EQ(world.after(1, draw), 1u);
  }
  const std::array<double, 3> share = {0.2, 0.3, 0.5};
  for (std::size_t i = 0; i < 3; ++i) {
    const double deviation = std::sqrt(kDraws * share[i] * (1 - share[i]));
    EXPECT_NEAR(count[i], kDraws * share[i], 5 * deviation) << i;
  }
}

}  // namespace
}  // namespace calando
