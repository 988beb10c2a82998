// SPDX-License-Identifier: MIT
#include "src/optimizer/surface.h"

#include <gtest/gtest.h>

#include <cmath>

#include "calando/error.h"

namespace calando::optimizer {
namespace {

const std::vector<std::string> kTexts = {
    "rosenbrock", "rosenbrock(dimension=5)", "beale",  "himmelblau",
    "rastrigin",  "rastrigin(dimension=3)",  "saddle", "quadratic(dimension=4, condition=1000)"};

Surface four_rows() { return logistic_surface("logistic", {1, 2, -1, 0.5, 3, -2, 0, 1}, {1, 0, 1, 0}); }

/// The central difference of a smooth function is off by h^2 f''' / 6 + eps |f| / h; with h = 1e-5 both stay below 1e-6 of the scale here.
void expect_gradient(const Surface& surface, std::vector<double> point) {
  std::vector<double> gradient(surface.dimension);
  surface.gradient(point, gradient);
  const double h = 1e-5;
  for (std::size_t i = 0; i < surface.dimension; ++i) {
    const double x = point[i];
    point[i] = x + h;
    const double above = surface.value(point);
    point[i] = x - h;
    const double below = surface.value(point);
    point[i] = x;
    const double scale = 1 + std::fabs(gradient[i]) + std::fabs(above);
    EXPECT_NEAR(gradient[i], (above - below) / (2 * h), 1e-6 * scale) << surface.name << " axis " << i;
  }
}

TEST(Surface, GradientsAreThoseOfTheValues) {
  for (const std::string& text : kTexts) {
    const Surface surface = make_surface(text);
    expect_gradient(surface, surface.start);
    std::vector<double> elsewhere(surface.dimension);
    for (std::size_t i = 0; i < elsewhere.size(); ++i) elsewhere[i] = 0.7 - 0.31 * static_cast<double>(i);
    expect_gradient(surface, elsewhere);
  }
  expect_gradient(four_rows(), {0.3, -0.2, 0.1});
}

TEST(Surface, MinimaHaveNoSlopeAndNothingNearIsLower) {
  for (const std::string& text : kTexts) {
    const Surface surface = make_surface(text);
    for (std::vector<double> point : surface.minima) {
      const double least = surface.value(point);
      std::vector<double> gradient(surface.dimension);
      surface.gradient(point, gradient);
      for (std::size_t i = 0; i < surface.dimension; ++i) {
        EXPECT_NEAR(gradient[i], 0, 1e-12) << text;
        for (const double step : {-1e-3, 1e-3}) {
          point[i] += step;
          EXPECT_GT(surface.value(point), least) << text;
          point[i] -= step;
        }
      }
    }
  }
}

TEST(Surface, KnownValues) {
  EXPECT_EQ(make_surface("rosenbrock").value(std::vector{-1.5, 2.0}), 100 * 0.0625 + 6.25);
  EXPECT_EQ(make_surface("beale").value(std::vector{0.0, 0.0}), 1.5 * 1.5 + 2.25 * 2.25 + 2.625 * 2.625);
  EXPECT_EQ(make_surface("himmelblau").value(std::vector{0.0, 0.0}), 170);
  EXPECT_EQ(make_surface("quadratic(2, 100)").value(std::vector{1.0, 1.0}), 50.5);
  EXPECT_EQ(four_rows().value(std::vector{0.0, 0.0, 0.0}), std::log(2.0));
  EXPECT_EQ(four_rows().value(std::vector{0.0, 0.0, 1e4}), 5e3);  // far out, without overflow
}

TEST(Surface, RefusesByName) {
  const auto message = [](const std::string& text) -> std::string {
    try {
      make_surface(text);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message("rosenbrok").substr(0, 76),
            "function, column 1: no function \"rosenbrok\"; did you mean \"rosenbrock\"? (the");
  EXPECT_EQ(message("rosenbrock(dimension=1)"),
            "function, column 22: rosenbrock: dimension = 1, expected 2 to 1000000");
  EXPECT_EQ(message("quadratic(condition=0.5)"),
            "function, column 21: quadratic: condition = 0.5, expected a finite number from 1");
  EXPECT_NE(message("beale(3)"), "");
  EXPECT_THROW(logistic_surface("l", {1, 2, 3}, {1, 0}), UsageError);
  EXPECT_THROW(logistic_surface("l", {1, 2}, {1, 2}), UsageError);
}

}  // namespace
}  // namespace calando::optimizer
