// SPDX-License-Identifier: MIT
// Published and worked-out answers, to every digit that is known of them.
#include <gtest/gtest.h>

#include <numeric>

#include "calando/solve.h"
#include "src/bellman/models_test.h"
#include "src/bellman/truths_test.h"

namespace calando {
namespace {

using bellman::make_dense;
using bellman::Truth;

TEST(Truth, PutermanTwoStates) {
  const Mdp model = make_dense("Puterman 3.1", {{{5, {0.5, 0.5}}, {10, {0, 1}}}, {{-1, {0, 1}}}});
  Truth(model, 0.95).expect({{0, -60.0 / 7}, {1, -20}}, {0, 0});
  Truth(model, 0.9).expect({{0, 1}, {1, -10}}, {1, 0});
}

TEST(Truth, ToolboxSmall) {
  const Mdp model =
      make_dense("toolbox small", {{{5, {0.5, 0.5}}, {10, {0, 1}}}, {{-1, {0.8, 0.2}}, {2, {0.1, 0.9}}}});
  Truth(model, 0.9).expect({{0, 1825.0 / 43}, {1, 1550.0 / 43}}, {1, 0});
  Truth(model, 0.96).expect({{0, 22250.0 / 221}, {1, 20875.0 / 221}}, {1, 0});
  Truth(model, 0.99).expect({{0, 87875.0 / 224}, {1, 21625.0 / 56}}, {1, 0});
}

TEST(Truth, Forest) {
  Truth(make_mdp("forest"), 0.9).expect({{0, 26.244}, {1, 29.484}, {2, 33.484}}, {0, 0, 0});
  Truth(make_mdp("forest"), 0.96).expect({{0, 74.6496}, {1, 78.1056}, {2, 82.1056}}, {0, 0, 0});
  Truth(make_mdp("forest"), 0.99).expect({{0, 317.5524}, {1, 321.1164}, {2, 325.1164}}, {0, 0, 0});
  constexpr double kDigits = 5e-11;
  Truth(make_mdp("forest(states=10)"), 0.96)
      .expect({{0, 26.8301859311, kDigits},
               {1, 28.0723241687, kDigits},
               {2, 29.5099841659, kDigits},
               {3, 31.1739424959, kDigits},
               {4, 33.0998201927, kDigits},
               {5, 35.3288453048, kDigits},
               {6, 37.9087354808, kDigits},
               {7, 40.8947194808, kDigits},
               {8, 44.3507194808, kDigits},
               {9, 48.3507194808, kDigits}},
              std::vector<std::int32_t>(10, 0));
}

TEST(Truth, HowardTaxiAndToymaker) {
  const Mdp taxi =
      make_dense("Howard taxi",
                 {{{8, {0.5, 0.25, 0.25}}, {2.75, {1.0 / 16, 0.75, 3.0 / 16}}, {4.25, {0.25, 0.125, 0.625}}},
                  {{16, {0.5, 0, 0.5}}, {15, {1.0 / 16, 0.875, 1.0 / 16}}},
                  {{7, {0.25, 0.25, 0.5}}, {4, {0.125, 0.75, 0.125}}, {4.5, {0.75, 1.0 / 16, 3.0 / 16}}}});
  Truth(taxi, 0.9).expect({{0, 1459720.0 / 11999}, {1, 1623540.0 / 11999}, {2, 1473920.0 / 11999}},
                          {1, 1, 1});
  Truth(taxi, 0.99, 1e-9)
      .expect({{0, 1322.5243682, 5e-8}, {1, 1336.33814974, 5e-9}, {2, 1323.70153124, 5e-9}}, {1, 1, 1});
  const Mdp toymaker = make_dense("Howard toymaker",
                                  {{{6, {0.5, 0.5}}, {4, {0.8, 0.2}}}, {{-3, {0.4, 0.6}}, {-5, {0.7, 0.3}}}});
  Truth(toymaker, 0.9).expect({{0, 2020.0 / 91}, {1, 160.0 / 13}}, {1, 1});
}

TEST(Truth, SuttonBartoGrid) {
  MdpBuilder builder("Sutton-Barto grid");
  for (int cell = 0; cell < 25; ++cell) {
    builder.add_state();
    for (const auto& [down, right] : {std::pair{0, -1}, {1, 0}, {0, 1}, {-1, 0}}) {
      const int row = cell / 5 + down;
      const int column = cell % 5 + right;
      const bool outside = row < 0 || row > 4 || column < 0 || column > 4;
      if (cell == 1) {
        builder.add_choice(10).add(21, 1);
      } else if (cell == 3) {
        builder.add_choice(5).add(13, 1);
      } else {
        builder.add_choice(outside ? -1 : 0)
            .add(static_cast<std::uint32_t>(outside ? cell : row * 5 + column), 1);
      }
    }
  }
  constexpr double kRows[25] = {21.9775, 24.4194, 21.9775, 19.4194, 17.4775, 19.7797, 21.9775,
                                19.7797, 17.8018, 16.0216, 17.8018, 19.7797, 17.8018, 16.0216,
                                14.4194, 16.0216, 17.8018, 16.0216, 14.4194, 12.9775, 14.4194,
                                16.0216, 14.4194, 12.9775, 11.6797};
  std::vector<Truth::Known> known{{1, 10 / (1 - std::pow(0.9, 5))}};
  for (std::size_t s = 0; s < 25; ++s) known.push_back({s, kRows[s], 5e-5});
  Truth(std::move(builder).build(), 0.9).expect(known);
}

TEST(Truth, CarRental) {
  const Truth rental(make_mdp("rental"), 0.9, 1e-9);
  const auto state = [](std::size_t a, std::size_t b) { return a * 21 + b; };
  rental.expect({{state(0, 0), 421.4140634, 5e-8},
                 {state(10, 10), 574.948324, 5e-7},
                 {state(20, 20), 636.9896068, 5e-8},
                 {state(20, 0), 554.947706, 5e-7},
                 {state(0, 20), 567.7685088, 5e-8}});
  const std::vector<std::int32_t> policy = rental.solution().policy;
  std::vector<int> moved;
  for (int b = 0; b <= 20; ++b)
    moved.push_back(policy[state(20, static_cast<std::size_t>(b))] - std::min(b, 5));
  EXPECT_EQ(moved, (std::vector<int>{5, 5, 5, 5, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 2, 1, 1, 1, 0, 0, 0}));
}

TEST(Truth, FiveStateChain) {
  MdpBuilder builder("chain");
  for (std::uint32_t s = 0; s < 5; ++s) {
    const std::uint32_t ahead = std::min(s + 1, 4u);
    const double prize = s == 4 ? 10 : 0;
    builder.add_state();
    builder.add_choice(0).add(ahead, 0.8, prize).add(0, 0.2, 2);
    builder.add_choice(0).add(0, 0.8, 2).add(ahead, 0.2, prize);
  }
  Truth(std::move(builder).build(), 0.95)
      .expect({{0, 61.3794816, 5e-8},
               {1, 64.8912896, 5e-8},
               {2, 69.5120896, 5e-8},
               {3, 75.5920896, 5e-8},
               {4, 83.5920896, 5e-8}},
              {0, 0, 0, 0, 0});
}

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

TEST(Truth, FrozenLake) {
  const Truth lake(make_mdp("frozen_lake"), 0.99);
  lake.expect({{0, 0.54202593200, 5e-12},
               {1, 0.4988, 5e-5},
               {6, 0.3583, 5e-5},
               {13, 0.7417, 5e-5},
               {14, 0.8628, 5e-5}});
  EXPECT_NEAR(sum(lake.solution().values), 6.33981953831, 1e-9);
  Truth(make_mdp("frozen_lake"), 0.9).expect({{0, 0.0688909048890, 5e-14}});
  Truth(make_mdp("frozen_lake"), 0.95).expect({{0, 0.180471578397, 5e-13}});
  Truth(make_mdp("frozen_lake"), 0.999).expect({{0, 0.785533256655, 5e-13}});
  const Truth large(make_mdp("frozen_lake(8)"), 0.99);
  large.expect({{0, 0.414640361800, 5e-13}});
  EXPECT_NEAR(sum(large.solution().values), 21.5683779357, 1e-9);
  Truth(make_mdp("frozen_lake(8)"), 0.9).expect({{0, 0.00641111426157, 5e-15}});
  Truth(make_mdp("frozen_lake(8)"), 0.95).expect({{0, 0.0482502040813, 5e-14}});
  Truth(make_mdp("frozen_lake(8)"), 0.999).expect({{0, 0.892635494945, 5e-13}});
}

TEST(Truth, TaxiAndCliff) {
  const Truth taxi(make_mdp("taxi"), 0.99);
  taxi.expect({{328, 9.62206969804, 5e-12}});
  const std::vector<double> values = taxi.solution().values;
  EXPECT_NEAR(sum(values), 4711.41862827, 1e-8);
  double starts = 0;
  double least = 100;
  for (const std::uint32_t s : taxi.model().label("start")) {
    starts += values[s];
    least = std::min(least, values[s]);
  }
  EXPECT_NEAR(starts / 300, 6.32746431492, 1e-10);
  EXPECT_NEAR(least, 1.15318320607, 1e-10);
  Truth(make_mdp("cliff"), 0.99).expect({{36, -12.2478977001, 5e-11}});
  Truth(make_mdp("cliff(slippery=true)"), 0.99).expect({{36, -46.3526721817, 5e-11}});
}

TEST(Truth, StormOneStateAndSmallDiscount) {
  Truth(make_dense("one state", {{{100, {1}}}}), 0.9).expect({{0, 1000}});
}

}  // namespace
}  // namespace calando
