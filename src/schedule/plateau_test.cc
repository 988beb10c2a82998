// SPDX-License-Identifier: MIT
#include "calando/plateau.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "calando/error.h"

namespace calando {
namespace {

std::vector<double> rates(const AnyController& rule, const std::vector<double>& metrics, double base) {
  Controller controller(rule);
  std::vector<double> rates;
  for (const double metric : metrics) {
    controller.observe(metric, base);
    rates.push_back(controller.rate(base));
  }
  return rates;
}

/// Values of the peers themselves: tests/golden/plateau.py.
TEST(Plateau, IsThePeersOwn) {
  std::ifstream file(CALANDO_GOLDEN "/plateau.json");
  const nlohmann::json golden = nlohmann::json::parse(file);
  std::size_t changes = 0;
  for (const auto& one : golden["cases"]) {
    const auto spec = one["spec"].get<std::string>();
    const auto expected = one["rates"].get<std::vector<double>>();
    const double base = one["base"];
    const std::vector<double> ours =
        rates(parse_controller(spec), one["metrics"].get<std::vector<double>>(), base);
    for (std::size_t i = 0; i < ours.size(); ++i) {
      ASSERT_NEAR(ours[i], expected[i], 1e-14 * base) << spec << " after observation " << i;
      changes += i > 0 && expected[i] != expected[i - 1] ? 1 : 0;
    }
  }
  EXPECT_GE(golden["cases"].size(), 150);
  EXPECT_GT(changes, 500);
}

/// PyTorch reduces on calls 4, 7, 10 of a flat metric, Keras and Optax on 3, 5, 7.
TEST(Plateau, PatienceIsCountedAsThePeersCount) {
  const std::vector<double> flat(10, 1.0);
  const auto reductions = [&](const char* text) {
    std::vector<std::size_t> calls;
    double before = 1;
    const std::vector<double> after = rates(parse_controller(text), flat, 1);
    for (std::size_t i = 0; i < after.size(); ++i) {
      if (after[i] < before) calls.push_back(i + 1);
      before = after[i];
    }
    return calls;
  };
  EXPECT_EQ(reductions("torch.ReduceLROnPlateau(optimizer, patience=2)"),
            (std::vector<std::size_t>{4, 7, 10}));
  EXPECT_EQ(reductions("keras.callbacks.ReduceLROnPlateau(patience=2)"),
            (std::vector<std::size_t>{3, 5, 7, 9}));
  EXPECT_EQ(reductions("optax.contrib.reduce_on_plateau(patience=2)"),
            (std::vector<std::size_t>{3, 5, 7, 9}));
}

TEST(Plateau, NegativeMetricsImproveDownwards) {
  const Plateau rule{.factor = 0.5, .patience = 0};
  EXPECT_EQ(rates(rule, {-1, -0.99995, -0.9999}, 1), (std::vector<double>{1, 0.5, 0.25}));
  EXPECT_EQ(rates(rule, {-1, -1.01, -1.03}, 1), (std::vector<double>{1, 1, 1}));
  Plateau up = rule;
  up.improvement.mode = Mode::max;
  EXPECT_EQ(rates(up, {-1, -1.00005, -0.5}, 1), (std::vector<double>{1, 0.5, 0.5}));
}

TEST(Plateau, TheFloorActsOnTheProduct) {
  Controller plateau(Plateau{.factor = 0.1, .patience = 0, .floor = 0.02});
  for (const double metric : {1.0, 1.0, 1.0}) plateau.observe(metric, 0.1);
  EXPECT_EQ(plateau.rate(0.1), 0.02);
  EXPECT_EQ(plateau.rate(0.01), 0.01);  // a warm-up below the floor stays what it is
  EXPECT_EQ(plateau.rate(0), 0);
  EXPECT_EQ(plateau.rate(10), 1);
}

TEST(Plateau, NanIsNoImprovement) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(rates(Plateau{.factor = 0.5, .patience = 1}, {1, nan, nan, 0.5}, 1),
            (std::vector<double>{1, 1, 0.5, 0.5}));
}

TEST(Plateau, AWarmUpIsIgnored) {
  const Plateau rule{.factor = 0.5, .patience = 0, .delay = 3};
  EXPECT_EQ(rates(rule, {1, 2, 3, 4, 4}, 1), (std::vector<double>{1, 1, 1, 1, 0.5}));
}

TEST(Plateau, GreedyRaisesAndLowers) {
  const Greedy rule{.factor = 0.5, .patience = 1, .floor = 0.1, .ceiling = 2};
  EXPECT_EQ(rates(rule, {1, .9, .8, .7, .6}, 1), (std::vector<double>{1, 2, 2, 2, 2}));
  EXPECT_EQ(rates(rule, {1, 1, 1, 1, 1, 1, 1, 1, 1}, 1),
            (std::vector<double>{1, 1, .5, .5, .25, .25, .125, .125, .1}));
}

/// Interrupted after every observation, it goes on as if it had not been.
TEST(Plateau, AStateRestoresExactly) {
  for (const char* text :
       {"plateau(patience=1, cooldown=2, average=2)", "greedy(patience=1, window=3, reset=2, floor=0.5)"}) {
    const AnyController rule = parse_controller(text);
    Controller whole(rule);
    Controller pieces(rule);
    for (int i = 0; i < 60; ++i) {
      const double metric = std::fmod(i * 0.37, 1.0) / (1 + 0.1 * i);
      whole.observe(metric, 0.7);
      pieces.observe(metric, 0.7);
      Controller next(rule);
      next.restore(pieces.state());
      pieces = next;
      ASSERT_EQ(pieces.rate(0.7), whole.rate(0.7)) << text << " at " << i;
      ASSERT_EQ(pieces.state(), whole.state());
    }
  }
}

TEST(Plateau, AStateThatDoesNotFit) {
  Controller plateau{Plateau{}};
  std::map<std::string, double> state = plateau.state();
  state["other"] = 1;
  EXPECT_THROW(plateau.restore(state), UsageError);
  state.erase("other");
  state.erase("best");
  EXPECT_THROW(plateau.restore(state), UsageError);
}

std::string message(std::string_view text) {
  try {
    return "accepted: " + to_string(parse_controller(text));
  } catch (const UsageError& error) {
    return error.what();
  }
}

TEST(Plateau, HasATextForm) {
  EXPECT_EQ(message("plateau"), "accepted: plateau");
  EXPECT_EQ(message("plateau(factor=0.5, patience=3, floor=1e-5)"),
            "accepted: plateau(factor=0.5, patience=3, floor=1e-05)");
  EXPECT_EQ(message("torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, 'max', patience=4)"),
            "accepted: plateau(mode=max, patience=4, least_change=1e-08)");
  EXPECT_EQ(message("keras.callbacks.ReduceLROnPlateau(monitor='val_accuracy', patience=4, verbose=1)"),
            "accepted: plateau(mode=max, patience=3, relative=0, absolute=1e-04)");
  EXPECT_EQ(message("greedy(window=5)"), "accepted: greedy(window=5)");
  EXPECT_EQ(message("plateu"),
            "controller, column 1: unknown controller \"plateu\"; did you mean \"plateau\"?");
  EXPECT_EQ(message("plateau(factor=1)"),
            "controller, column 16: plateau: factor = 1, expected 0 < factor < 1");
  EXPECT_EQ(message("plateau(patience=-1)"),
            "controller, column 18: plateau: patience = -1, expected patience >= 0");
  EXPECT_EQ(message("plateau(patiense=1)"),
            "controller, column 9: plateau: unknown argument \"patiense\"; did you mean \"patience\"?");
  EXPECT_EQ(message("greedy(floor=2)"), "greedy: ceiling = 1, expected the floor, 2, or more");
}

}  // namespace
}  // namespace calando
