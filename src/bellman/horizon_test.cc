// SPDX-License-Identifier: MIT
// Horizons and intervals against steps by hand; what must hold for every criterion.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "calando/error.h"
#include "calando/solve.h"
#include "src/bellman/models_test.h"

namespace calando {
namespace {

using bellman::make_random;
using bellman::RandomModel;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Horizon, AgreesWithStepsByHand) {
  const Mdp model = make_random({.seed = 11, .states = 9, .terminates = true, .discounts = true});
  const MdpArrays& a = model.arrays();
  std::vector<double> v(9);
  for (int k = 0; k < 30; ++k) {
    std::vector<double> next(9, kInfinity);
    for (std::size_t s = 0; s < 9; ++s) {
      for (std::uint32_t c = a.choice_begin[s]; c < a.choice_begin[s + 1]; ++c) {
        double sum = 0;
        for (std::uint32_t i = a.row_begin[c]; i < a.row_begin[c + 1]; ++i)
          sum += a.probability[i] * v[a.target[i]];
        next[s] = std::min(next[s], a.reward[c] + a.discount[c] * sum);
      }
    }
    v = next;
  }
  const SolveOptions options{
      .criterion = Criterion::horizon, .horizon = 30, .objective = Objective::minimise, .tolerance = 1e-10};
  const Solution solution = solve(model, options);
  for (std::size_t s = 0; s < 9; ++s) EXPECT_NEAR(solution.values[s], v[s], 1e-10 * (1 + std::abs(v[s])));
  // Stopped early, the bounds still hold.
  for (const double sweeps : {1, 3, 10, 29}) {
    SolveOptions less = options;
    less.max_sweeps = sweeps;
    const Solution stopped = solve(model, less);
    EXPECT_EQ(stopped.report.status, SolveStatus::not_converged);
    for (std::size_t s = 0; s < 9; ++s) {
      EXPECT_LE(stopped.lower[s], solution.upper[s]) << sweeps;
      EXPECT_GE(stopped.upper[s], solution.lower[s]) << sweeps;
    }
  }
}

TEST(Robust, TakesTheWorstOfTheIntervals) {
  MdpBuilder builder("intervals");
  builder.add_state();
  builder.add_choice(1).add_between(0, 0.4, 0.6).add_between(1, 0.4, 0.6);
  builder.add_choice(0.5).add(0, 0.75).add(1, 0.25);
  builder.add_state();
  builder.add_choice(0).add(1, 1);
  const Mdp model = std::move(builder).build();
  EXPECT_EQ(model.arrays().probability[0], 0.5);
  const SolveOptions options{.criterion = Criterion::robust, .discount = 0.9, .tolerance = 1e-10};
  const Solution solution = solve(model, options);
  EXPECT_NEAR(solution.values[0], 1 / (1 - 0.9 * 0.4), 1e-10);
  EXPECT_EQ(solution.policy[0], 0);
  SolveOptions costs = options;
  costs.objective = Objective::minimise;  // nature then makes the costs high
  EXPECT_NEAR(solve(model, costs).values[0], std::min(1 / (1 - 0.9 * 0.6), 0.5 / (1 - 0.9 * 0.75)), 1e-10);
  SolveOptions steps = options;
  steps.horizon = 2;
  EXPECT_NEAR(solve(model, steps).values[0], 1 + 0.9 * 0.4, 1e-10);
  EXPECT_THROW(solve(model, {.discount = 0.9}), UsageError);
  EXPECT_THROW(solve(make_mdp("forest"), options), UsageError);
}

TEST(Robust, IsBelowEveryModelWithinTheIntervals) {
  const Mdp model = make_random({.seed = 4, .states = 8, .terminates = true});
  const SolveOptions robust{
      .criterion = Criterion::robust, .discount = 0.9, .radius = 0.05, .tolerance = 1e-9};
  const Solution worst = solve(model, robust);
  const Solution nominal = solve(model, {.discount = 0.9, .tolerance = 1e-9});
  SolveOptions none = robust;
  none.radius = 0x1p-40;
  const Solution nearly = solve(model, none);
  for (std::size_t s = 0; s < 8; ++s) {
    EXPECT_LT(worst.values[s], nominal.values[s]);
    EXPECT_NEAR(nearly.values[s], nominal.values[s], 1e-8);
  }
}

TEST(Criteria, GiveTheSameBitsForAnyNumberOfThreads) {
  const Mdp model = make_mdp("grid(40, 50, slip=0.2, walls=0.2)");
  const Mdp queue = make_mdp("queue(limit=30)");
  const auto expect_same = [](const Mdp& m, SolveOptions options) {
    options.threads = 1;
    const Solution one = solve(m, options);
    for (const int threads : {2, 3}) {
      options.threads = threads;
      const Solution many = solve(m, options);
      EXPECT_EQ(one.lower, many.lower);
      EXPECT_EQ(one.upper, many.upper);
      EXPECT_EQ(one.policy, many.policy);
      EXPECT_EQ(one.report.sweeps, many.report.sweeps);
    }
  };
  expect_same(model, {.criterion = Criterion::total});
  expect_same(model, {.criterion = Criterion::reach, .goal = "goal", .objective = Objective::minimise});
  expect_same(queue, {.criterion = Criterion::average});
  expect_same(queue, {.criterion = Criterion::robust, .discount = 0.9, .radius = 0.01});
  expect_same(queue, {.criterion = Criterion::horizon, .horizon = 20});
}

TEST(Criteria, ProveSomethingWheneverTheyAreStopped) {
  const Mdp model = make_mdp("grid(12, 12, slip=0.3)");
  for (SolveOptions options : {SolveOptions{.criterion = Criterion::total},
                               SolveOptions{.criterion = Criterion::reach, .goal = "goal"},
                               SolveOptions{.criterion = Criterion::average}}) {
    options.tolerance = 1e-10;
    const Solution truth = solve(model, options);
    for (int calls = 1; calls < 60; ++calls) {
      int left = calls;
      options.observer = [&](const SolveProgress&) { return --left == 0; };
      const Solution stopped = solve(model, options);
      for (std::size_t s = 0; s < model.states(); ++s) {
        EXPECT_LE(stopped.lower[s], truth.upper[s]);
        EXPECT_GE(stopped.upper[s], truth.lower[s]);
      }
      if (stopped.report.status != SolveStatus::interrupted) break;
    }
  }
}

TEST(Criteria, RefuseOptionsOfOthers) {
  const Mdp model = make_mdp("forest");
  EXPECT_THROW(solve(model, {.criterion = Criterion::total, .discount = 0.9}), UsageError);
  EXPECT_THROW(solve(model, {.criterion = Criterion::average, .discount = 0.9}), UsageError);
  EXPECT_THROW(solve(model, {.criterion = Criterion::horizon}), UsageError);
  EXPECT_THROW(solve(model, {.criterion = Criterion::horizon, .discount = 1.5, .horizon = 3}), UsageError);
  EXPECT_THROW(solve(model, {.criterion = Criterion::reach}), UsageError);
  EXPECT_THROW(solve(model, {.criterion = Criterion::reach, .goal = "nowhere"}), UsageError);
  EXPECT_THROW(solve(model, {.discount = 0.9, .goal = "old"}), UsageError);
  EXPECT_THROW(solve(model, {.discount = 0.9, .avoid = "old"}), UsageError);
  EXPECT_THROW(solve(model, {.discount = 0.9, .radius = 0.1}), UsageError);
  EXPECT_THROW(solve(model, {.discount = 0.9, .method = Method::interval_iteration}), UsageError);
  EXPECT_THROW(solve(model, {}), UsageError);
}

}  // namespace
}  // namespace calando
