// SPDX-License-Identifier: MIT
// Total rewards, reachability, averages, horizons and intervals against exact answers, or against every policy that there is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "calando/error.h"
#include "calando/solve.h"
#include "src/bellman/exact_test.h"
#include "src/bellman/models_test.h"

namespace calando {
namespace {

using bellman::make_random;
using bellman::RandomModel;
using bellman::exact::Optimum;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A square matrix of long doubles.
struct Matrix {
  std::size_t n;
  std::vector<long double> at;

  explicit Matrix(std::size_t size) : n(size), at(size * size) {}
  long double& operator()(std::size_t i, std::size_t j) { return at[i * n + j]; }
  long double operator()(std::size_t i, std::size_t j) const { return at[i * n + j]; }
  friend Matrix operator*(const Matrix& a, const Matrix& b) {
    Matrix c(a.n);
    for (std::size_t i = 0; i < a.n; ++i) {
      for (std::size_t k = 0; k < a.n; ++k) {
        for (std::size_t j = 0; j < a.n; ++j) c(i, j) += a(i, k) * b(k, j);
      }
    }
    return c;
  }
  /// Squared, its rows divided by their sums: else their rounding would double with each.
  Matrix squared() const {
    Matrix square = *this * *this;
    for (std::size_t i = 0; i < n; ++i) {
      long double sum = 0;
      for (std::size_t j = 0; j < n; ++j) sum += square(i, j);
      for (std::size_t j = 0; j < n; ++j) square(i, j) /= sum;
    }
    return square;
  }
  std::vector<double> operator*(const std::vector<double>& x) const {
    std::vector<double> y(n);
    for (std::size_t i = 0; i < n; ++i) {
      long double sum = 0;
      for (std::size_t j = 0; j < n; ++j) sum += (*this)(i, j) * x[j];
      y[i] = static_cast<double>(sum);
    }
    return y;
  }
};

/// A policy's chain with an extra last state in which the process has ended.
struct Chain {
  Matrix step;
  std::vector<double> reward;

  Chain(const Mdp& model, const std::vector<std::uint32_t>& policy)
      : step(policy.size() + 1), reward(policy.size() + 1) {
    const MdpArrays& a = model.arrays();
    const std::size_t ended = policy.size();
    step(ended, ended) = 1;
    for (std::size_t s = 0; s < policy.size(); ++s) {
      long double going_on = 0;
      for (std::uint32_t i = a.row_begin[policy[s]]; i < a.row_begin[policy[s] + 1]; ++i) {
        step(s, a.target[i]) += a.probability[i];
        going_on += a.probability[i];
      }
      step(s, ended) = 1 - going_on;
      reward[s] = a.reward[policy[s]];
    }
  }
  std::size_t states() const { return reward.size() - 1; }

  /// Lim 1/k sum P^i: of the damped chain, whose powers converge.
  Matrix limit() const {
    Matrix power = step;
    for (std::size_t i = 0; i < power.n; ++i) {
      for (std::size_t j = 0; j < power.n; ++j) power(i, j) = (power(i, j) + (i == j ? 1 : 0)) / 2;
    }
    for (int k = 0; k < 40; ++k) power = power.squared();
    return power;
  }
  std::vector<double> average() const { return limit() * reward; }

  /// All rewards: infinite where they never end.
  std::vector<double> total() const {
    Matrix power = step;
    std::vector<double> sum = reward;
    for (int k = 0; k < 40; ++k) {
      const std::vector<double> later = power * sum;
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += later[i];
      power = power.squared();
    }
    const std::vector<double> lasting = average();
    for (std::size_t i = 0; i < sum.size(); ++i) {
      if (std::abs(lasting[i]) > 1e-9) sum[i] = lasting[i] > 0 ? kInfinity : -kInfinity;
    }
    return sum;
  }
};

/// The best, state by state, over all policies.
template <class Value>
std::vector<double> best_of_all(const Mdp& model, Objective objective, const Value& value) {
  const MdpArrays& a = model.arrays();
  const double sign = objective == Objective::maximise ? 1 : -1;
  std::vector<std::uint32_t> policy(a.choice_begin.begin(), a.choice_begin.end() - 1);
  std::vector<double> best(model.states(), -kInfinity);
  for (;;) {
    const std::vector<double> values = value(Chain(model, policy));
    for (std::size_t s = 0; s < best.size(); ++s) best[s] = std::max(best[s], sign * values[s]);
    std::size_t s = 0;
    while (s < policy.size() && ++policy[s] == a.choice_begin[s + 1]) policy[s] = a.choice_begin[s], ++s;
    if (s == policy.size()) break;
  }
  for (double& x : best) x *= sign;
  return best;
}

/// The value of the policy that a solution recommends.
template <class Value>
std::vector<double> of_policy(const Mdp& model, const Solution& solution, const Value& value) {
  std::vector<std::uint32_t> policy;
  for (std::size_t s = 0; s < model.states(); ++s) {
    policy.push_back(model.arrays().choice_begin[s] + static_cast<std::uint32_t>(solution.policy[s]));
  }
  return value(Chain(model, policy));
}

void expect_close(const Solution& solution, const std::vector<double>& truth,
                  const std::vector<double>& of_policy, const std::string& what) {
  EXPECT_EQ(solution.report.status, SolveStatus::converged) << what;
  for (std::size_t s = 0; s < truth.size(); ++s) {
    if (std::isinf(truth[s])) {
      EXPECT_EQ(solution.lower[s], truth[s]) << what << ", state " << s;
      EXPECT_EQ(solution.upper[s], truth[s]) << what << ", state " << s;
      EXPECT_EQ(of_policy[s], truth[s]) << what << ", state " << s;
      continue;
    }
    const double room = 1e-10 * (1 + std::abs(truth[s]));  // of the squared matrices
    EXPECT_LE(solution.lower[s], truth[s] + room) << what << ", state " << s;
    EXPECT_GE(solution.upper[s], truth[s] - room) << what << ", state " << s;
    EXPECT_NEAR(of_policy[s], truth[s], 1e-7 * (1 + std::abs(truth[s])))
        << what << ", state " << s << ": its policy";
  }
}

RandomModel small(std::uint64_t seed) {
  return {.seed = seed,
          .states = 2 + static_cast<int>(seed % 4),
          .most_choices = 3,
          .bits = 4,
          .terminates = seed % 3 == 0,
          .most_parts = 2};
}

constexpr Objective kObjectives[] = {Objective::maximise, Objective::minimise};

TEST(Total, FindsFiniteAndInfiniteValues) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    RandomModel random = small(seed);
    random.sign = seed % 2 == 0 ? 1 : -1;
    random.free = seed % 5 != 0;
    const Mdp model = make_random(random);
    const auto total = [](const Chain& chain) { return chain.total(); };
    for (const Objective objective : kObjectives) {
      const Solution solution =
          solve(model, {.criterion = Criterion::total, .objective = objective, .tolerance = 1e-8});
      expect_close(solution, best_of_all(model, objective, total), of_policy(model, solution, total),
                   model.notes().name + (objective == Objective::maximise ? " max" : " min"));
    }
  }
}

TEST(Total, EnclosesTheExactValuesOfModelsThatEnd) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Mdp model = make_random({.seed = seed,
                                   .states = seed % 10 == 0 ? 40 : 1 + static_cast<int>(seed % 9),
                                   .bits = 6,
                                   .bad_scale = seed % 3 == 0,
                                   .always_ends = true,
                                   .most_parts = 4});
    for (const Objective objective : kObjectives) {
      const Optimum truth(model, 1, objective);
      const Solution solution = solve(model, {.criterion = Criterion::total, .objective = objective});
      for (std::size_t s = 0; s < model.states(); ++s) {
        EXPECT_TRUE(truth.at_most(solution.lower[s], s)) << model.notes().name << ", state " << s;
        EXPECT_TRUE(truth.at_least(solution.upper[s], s)) << model.notes().name << ", state " << s;
      }
      EXPECT_LE(solution.report.gap, 2e-6) << model.notes().name;
    }
  }
}

TEST(Total, RefusesWhatHasNoSum) {
  MdpBuilder both("both signs");
  both.add_state();
  both.add_choice(0).add(1, 1);
  both.add_state();
  both.add_choice(1).add(2, 1);
  both.add_state();
  both.add_choice(-1).add(1, 1);
  const Mdp model = std::move(both).build();
  try {
    solve(model, {.criterion = Criterion::total});
    FAIL() << "a total of +1 -1 +1 -1 ... was solved";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(),
                testing::HasSubstr("state 1: it is in an end component with rewards of both signs"));
  }
  MdpBuilder split("gain or loss");
  split.add_state();
  split.add_choice(0).add(1, 0.5).add(2, 0.5);
  split.add_state();
  split.add_choice(1).add(1, 1);
  split.add_state();
  split.add_choice(-1).add(2, 1);
  EXPECT_THROW(solve(std::move(split).build(), {.criterion = Criterion::total}), DataError);
}

TEST(Reach, FindsTheProbabilityOverAllPolicies) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Mdp plain = make_random(small(seed));
    // State 1 is the goal; what comes after it does not matter.
    MdpNotes notes = plain.notes();
    notes.labels["goal"] = {1};
    const Mdp model(plain.arrays(), std::make_shared<Mdp>(plain), notes);
    const auto reached = [](Chain chain) {
      const std::size_t n = chain.step.n;
      for (std::size_t j = 0; j < n; ++j) chain.step(1, j) = j == 1 ? 1 : 0;
      std::vector<double> at_goal(n);
      at_goal[1] = 1;
      return chain.limit() * at_goal;
    };
    for (const Objective objective : kObjectives) {
      const Solution solution = solve(
          model, {.criterion = Criterion::reach, .goal = "goal", .objective = objective, .tolerance = 1e-9});
      expect_close(solution, best_of_all(model, objective, reached), of_policy(model, solution, reached),
                   model.notes().name + (objective == Objective::maximise ? " max" : " min"));
    }
  }
}

TEST(Reach, IsLostWhereWhatIsAvoidedComesFirst) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Mdp plain = make_random(small(seed));
    if (plain.states() < 4) continue;
    MdpNotes notes = plain.notes();
    notes.labels["goal"] = {1};
    notes.labels["trap"] = {1, 2};  // the goal counts where it is both
    notes.labels["safe"] = {0};
    for (std::uint32_t s = 3; s < plain.states(); ++s) notes.labels["safe"].push_back(s);
    const Mdp model(plain.arrays(), std::make_shared<Mdp>(plain), notes);
    const auto reached = [](Chain chain) {
      const std::size_t n = chain.step.n;
      for (std::size_t j = 0; j < n; ++j) {
        chain.step(1, j) = j == 1 ? 1 : 0;
        chain.step(2, j) = j == 2 ? 1 : 0;
      }
      std::vector<double> at_goal(n);
      at_goal[1] = 1;
      return chain.limit() * at_goal;
    };
    for (const Objective objective : kObjectives) {
      for (const char* avoid : {"trap", "!safe"}) {
        const Solution solution = solve(model, {.criterion = Criterion::reach,
                                                .goal = "goal",
                                                .avoid = avoid,
                                                .objective = objective,
                                                .tolerance = 1e-9});
        expect_close(solution, best_of_all(model, objective, reached), of_policy(model, solution, reached),
                     model.notes().name + (objective == Objective::maximise ? " max " : " min ") + avoid);
      }
    }
  }
}

TEST(Average, FindsTheGainOverAllPolicies) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Mdp model = make_random(small(seed));
    const auto average = [](const Chain& chain) { return chain.average(); };
    for (const Objective objective : kObjectives) {
      const Solution solution =
          solve(model, {.criterion = Criterion::average, .objective = objective, .tolerance = 1e-9});
      expect_close(solution, best_of_all(model, objective, average), of_policy(model, solution, average),
                   model.notes().name + (objective == Objective::maximise ? " max" : " min"));
    }
  }
}

TEST(Average, SatisfiesTheOptimalityEquationWithItsBias) {
  const Mdp model = make_mdp("queue(limit=8)");
  const Solution s = solve(model, {.criterion = Criterion::average, .tolerance = 1e-9});
  EXPECT_EQ(s.report.status, SolveStatus::converged);
  const MdpArrays& a = model.arrays();
  for (std::size_t state = 0; state < model.states(); ++state) {
    double best = -kInfinity;
    for (std::uint32_t c = a.choice_begin[state]; c < a.choice_begin[state + 1]; ++c) {
      double q = a.reward[c];
      for (std::uint32_t i = a.row_begin[c]; i < a.row_begin[c + 1]; ++i)
        q += a.probability[i] * s.bias[a.target[i]];
      best = std::max(best, q);
    }
    EXPECT_NEAR(best - s.bias[state], s.values[state], 2e-9) << state;
  }
}

TEST(Total, SoundValueIterationProvesItsBounds) {
  for (const char* family : {"gambler", "frozen_lake", "grid(8, 9, slip=0.1)"}) {
    const Mdp model = make_mdp(family);
    const SolveOptions exact{.criterion = Criterion::total, .tolerance = 1e-9};
    const Solution near = solve(model, exact);
    SolveOptions options = exact;
    options.method = Method::sound_value_iteration;
    options.tolerance = 1e-6;
    const Solution sound = solve(model, options);
    EXPECT_EQ(sound.report.status, SolveStatus::converged) << family;
    EXPECT_EQ(sound.report.method, Method::sound_value_iteration);
    for (std::size_t s = 0; s < model.states(); ++s) {
      EXPECT_LE(sound.lower[s], near.upper[s]) << family << ", state " << s;
      EXPECT_GE(sound.upper[s], near.lower[s]) << family << ", state " << s;
    }
  }
}

}  // namespace
}  // namespace calando
