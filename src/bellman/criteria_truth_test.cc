// SPDX-License-Identifier: MIT
// Published and worked-out answers of total rewards, reachability, averages and horizons.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "calando/solve.h"
#include "src/bellman/models_test.h"
#include "src/bellman/truths_test.h"

namespace calando {
namespace {

using bellman::make_dense;
using bellman::Truth;

Truth total(Mdp model, double tolerance = 1e-10) {
  return Truth(std::move(model), {.criterion = Criterion::total, .tolerance = tolerance}, "total");
}

Truth average(Mdp model) {
  return Truth(std::move(model), {.criterion = Criterion::average, .tolerance = 1e-11}, "average");
}

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

TEST(CriteriaTruth, FrozenLakeTotal) {
  total(make_mdp("frozen_lake")).expect({{0, 14.0 / 17}});
  const Truth large = total(make_mdp("frozen_lake(8)"));
  large.expect({{0, 1}});
  EXPECT_NEAR(sum(large.solution().values), 43.2848400667, 1e-9);
}

TEST(CriteriaTruth, TaxiAndCliffTotal) {
  const Truth taxi = total(make_mdp("taxi"));
  const Solution solution = taxi.solution();
  double starts = 0;
  double least = 100;
  const double most = *std::max_element(solution.values.begin(), solution.values.end());
  for (const std::uint32_t s : taxi.model().label("start")) {
    starts += solution.values[s];
    least = std::min(least, solution.values[s]);
  }
  EXPECT_NEAR(starts / 300, 7.93, 1e-10);
  EXPECT_NEAR(least, 3, 1e-10);
  EXPECT_NEAR(most, 20, 1e-10);
  total(make_mdp("cliff")).expect({{36, -13}});
  total(make_mdp("cliff(slippery=true)")).expect({{36, -64.70917591, 5e-9}});
}

TEST(CriteriaTruth, Gambler) {
  const std::vector<Truth::Known> known{{25, 0.16},
                                        {50, 0.4},
                                        {75, 0.64},
                                        {1, 0.0020656247765, 5e-14},
                                        {37, 0.246488791261, 5e-13},
                                        {51, 0.403098437165, 5e-13},
                                        {99, 0.964332967227, 5e-13}};
  total(make_mdp("gambler(p=0.4)")).expect(known);
  Truth(make_mdp("gambler(p=0.4)"), {.criterion = Criterion::reach, .goal = "goal", .tolerance = 1e-10},
        "reach")
      .expect(known);
  total(make_mdp("gambler(p=0.25)"))
      .expect({{25, 1.0 / 16}, {50, 0.25}, {75, 7.0 / 16}, {99, 0.837972392921, 5e-13}});
  std::vector<Truth::Known> better;
  const double odds = 9.0 / 11;
  for (const std::size_t s : {1u, 10u, 50u, 90u}) {
    better.push_back({s, (1 - std::pow(odds, static_cast<double>(s))) / (1 - std::pow(odds, 100)), 1e-13});
  }
  total(make_mdp("gambler(p=0.55)")).expect(better);
}

/// The 4 x 3 board of Russell & Norvig: states by column and row from the bottom left, without the wall.
Mdp make_board() {
  const auto number = [](int x, int y) { return static_cast<std::uint32_t>((y - 1) * 4 + x - 1); };
  MdpBuilder builder("Russell-Norvig 4x3");
  for (int y = 1; y <= 3; ++y) {
    for (int x = 1; x <= 4; ++x) {
      builder.add_state();
      if (x == 2 && y == 2) {
        builder.add_choice(0).terminate(1);
      } else if (x == 4 && y >= 2) {
        builder.add_choice(y == 3 ? 1 : -1).terminate(1);
      } else {
        const auto move = [&](int dx, int dy) {
          const int to_x = x + dx;
          const int to_y = y + dy;
          const bool blocked = to_x < 1 || to_x > 4 || to_y < 1 || to_y > 3 || (to_x == 2 && to_y == 2);
          return blocked ? number(x, y) : number(to_x, to_y);
        };
        for (const auto& [dx, dy] : {std::pair{1, 0}, {0, 1}, {-1, 0}, {0, -1}}) {
          builder.add_choice(-0.04).add(move(dx, dy), 0.8).add(move(dy, dx), 0.1).add(move(-dy, -dx), 0.1);
        }
      }
    }
  }
  return std::move(builder).build();
}

TEST(CriteriaTruth, RussellNorvigBoard) {
  constexpr double kDigits = 5e-13;
  total(make_board())
      .expect({{0, 0.705308219178, kDigits},
               {1, 0.655308219178, kDigits},
               {2, 0.611415525114, kDigits},
               {3, 0.387924911213, kDigits},
               {4, 0.761558219178, kDigits},
               {6, 0.660273972603, kDigits},
               {8, 0.811558219178, kDigits},
               {9, 0.867808219178, kDigits},
               {10, 0.917808219178, kDigits}});
}

TEST(CriteriaTruth, AverageRewards) {
  const Mdp taxi =
      make_dense("Howard taxi",
                 {{{8, {0.5, 0.25, 0.25}}, {2.75, {1.0 / 16, 0.75, 3.0 / 16}}, {4.25, {0.25, 0.125, 0.625}}},
                  {{16, {0.5, 0, 0.5}}, {15, {1.0 / 16, 0.875, 1.0 / 16}}},
                  {{7, {0.25, 0.25, 0.5}}, {4, {0.125, 0.75, 0.125}}, {4.5, {0.75, 1.0 / 16, 3.0 / 16}}}});
  average(taxi).expect({{0, 1588.0 / 119}, {1, 1588.0 / 119}, {2, 1588.0 / 119}}, {1, 1, 1});
  average(make_dense("Howard toymaker",
                     {{{6, {0.5, 0.5}}, {4, {0.8, 0.2}}}, {{-3, {0.4, 0.6}}, {-5, {0.7, 0.3}}}}))
      .expect({{0, 2}, {1, 2}}, {1, 1});
  average(make_dense("toolbox small", {{{5, {0.5, 0.5}}, {10, {0, 1}}}, {{-1, {0.8, 0.2}}, {2, {0.1, 0.9}}}}))
      .expect({{0, 35.0 / 9}, {1, 35.0 / 9}});
  average(make_mdp("forest")).expect({{0, 81.0 / 25}});
  average(make_mdp("forest(states=10)")).expect({{0, 387420489.0 / 250000000}, {9, 387420489.0 / 250000000}});
}

TEST(CriteriaTruth, Horizons) {
  const std::vector<std::vector<Truth::Known>> rows{
      {{0, 0}, {1, 5}, {2, 6}, {3, 5}},
      {{0, 2}, {1, 25.0 / 4}, {2, 10}, {3, 21.0 / 2}},
      {{0, 67.0 / 16}, {1, 129.0 / 16}, {2, 194.0 / 16}, {3, 227.0 / 16}}};
  for (std::int64_t steps = 1; steps <= 3; ++steps) {
    Truth(make_mdp("inventory"), {.criterion = Criterion::horizon, .horizon = steps, .tolerance = 1e-12},
          "horizon " + std::to_string(steps))
        .expect(rows[static_cast<std::size_t>(steps - 1)]);
  }
  const Solution stages =
      solve(make_mdp("inventory"), {.criterion = Criterion::horizon, .horizon = 3, .stage_policies = true});
  EXPECT_EQ(stages.policy, (std::vector<std::int32_t>{3, 0, 0, 0}));
  ASSERT_EQ(stages.stage_policies.size(), 12u);
  EXPECT_TRUE(std::equal(stages.policy.begin(), stages.policy.end(), stages.stage_policies.begin()));
  Truth(make_mdp("forest"),
        {.criterion = Criterion::horizon, .discount = 0.9, .horizon = 3, .tolerance = 1e-12}, "horizon 3")
      .expect({{0, 2.6973}, {1, 5.9373}, {2, 9.9373}});
  const Mdp one = make_dense("one state", {{{100, {1}}}});
  for (const auto& [steps, value] : {std::pair{5, 409.51}, {10, 651.3215599}}) {
    Truth(one, {.criterion = Criterion::horizon, .discount = 0.9, .horizon = steps, .tolerance = 1e-9},
          "horizon " + std::to_string(steps))
        .expect({{0, value}});
  }
}

TEST(CriteriaTruth, HaddadMonmegeChain) {
  // A walk up a chain that falls back to its start: the hard case of plain value iteration. Survey, section 2.
  constexpr double kUp = 0.7;
  for (const std::uint32_t length : {20u, 100u}) {
    MdpBuilder builder("haddad-monmege " + std::to_string(length));
    // 0: start; 1 .. length - 1 upwards, length .. 2 length - 2 downwards; then the goal, then failure.
    const std::uint32_t goal = 2 * length - 1;
    const std::uint32_t failure = 2 * length;
    for (std::uint32_t s = 0; s < goal; ++s) {
      builder.add_state();
      if (s == 0) {
        builder.add_choice(0).add(1, kUp).add(length, 1 - kUp);
      } else if (s < length) {
        builder.add_choice(0).add(s + 1 < length ? s + 1 : goal, 0.5).add(0, 0.5);
      } else {
        builder.add_choice(0).add(s + 1 < goal ? s + 1 : failure, 0.5).add(0, 0.5);
      }
    }
    builder.add_state();
    builder.add_choice(0).add(goal, 1);
    builder.add_state();
    builder.add_choice(0).add(failure, 1);
    builder.label("goal", goal);
    const Mdp model = std::move(builder).build();
    const Solution s = solve(model, {.criterion = Criterion::reach, .goal = "goal"});
    EXPECT_LE(s.lower[0], kUp);
    EXPECT_GE(s.upper[0], kUp);
    if (length == 20) {
      EXPECT_EQ(s.report.status, SolveStatus::converged);
      EXPECT_NEAR(s.values[0], kUp, 1e-6);
    }
  }
}

}  // namespace
}  // namespace calando
