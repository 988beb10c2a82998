// SPDX-License-Identifier: MIT
#include "src/plot/contour.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

namespace calando::plot {
namespace {

Contours sampled(std::size_t size, const std::function<double(double, double)>& f) {
  Contours contours{0, 1, 0, 1, size, size, {}, {}};
  const double last = static_cast<double>(size - 1);
  for (std::size_t row = 0; row < size; ++row) {
    for (std::size_t column = 0; column < size; ++column) {
      contours.values.push_back(f(static_cast<double>(column) / last, static_cast<double>(row) / last));
    }
  }
  return contours;
}

/// Enclosed area; negative where the line runs clockwise.
double area(const std::vector<Place>& line) {
  double twice = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const Place a = line[i], b = line[(i + 1) % line.size()];
    twice += a.x * b.y - b.x * a.y;
  }
  return twice / 2;
}

TEST(ContourLines, OfABowlAreCircles) {
  const Contours bowl = sampled(101, [](double x, double y) { return std::hypot(x - 0.5, y - 0.5); });
  const auto lines = contour_lines(bowl, 0.3);
  ASSERT_EQ(lines.size(), 1u);
  for (const Place p : lines[0]) EXPECT_NEAR(std::hypot(p.x - 0.5, p.y - 0.5), 0.3, 1e-4);
  EXPECT_NEAR(area(lines[0]), -std::numbers::pi * 0.09, 1e-3);  // clockwise: low ground on the right
}

TEST(ContourLines, OfARingAreTwoThatTurnOppositely) {
  const Contours ring =
      sampled(101, [](double x, double y) { return std::abs(std::hypot(x - 0.5, y - 0.5) - 0.3); });
  const auto lines = contour_lines(ring, 0.1);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_LT(area(lines[0]) * area(lines[1]), 0);
  EXPECT_NEAR(area(lines[0]) + area(lines[1]), -std::numbers::pi * (0.16 - 0.04), 2e-3);
}

TEST(ContourLines, CloseOutsideTheGridWhereTheRegionReachesItsEdge) {
  const Contours slope = sampled(11, [](double x, double) { return x; });
  const auto lines = contour_lines(slope, 0.45);
  ASSERT_EQ(lines.size(), 1u);
  double right = 0, left = 1;
  for (const Place p : lines[0]) {
    right = std::max(right, p.x);
    left = std::min(left, p.x);
    EXPECT_TRUE(p.y < 0 || p.y > 1 || p.x < 0 || std::abs(p.x - 0.45) < 1e-12) << p.x << " " << p.y;
  }
  EXPECT_NEAR(right, 0.45, 1e-12);
  EXPECT_LT(left, 0);
}

TEST(ContourLines, DecideASaddleByItsMiddle) {
  const Contours low_middle{0, 1, 0, 1, 2, 2, {-2, 1, 1, -2}, {}};
  const Contours high_middle{0, 1, 0, 1, 2, 2, {-1, 2, 2, -1}, {}};
  EXPECT_EQ(contour_lines(low_middle, 0).size(), 1u);   // one region through the middle
  EXPECT_EQ(contour_lines(high_middle, 0).size(), 2u);  // two corners
}

TEST(ContourLines, TakeHolesAsHighGround) {
  Contours flat = sampled(5, [](double, double) { return 0.0; });
  flat.values[12] = std::nan("");
  const auto lines = contour_lines(flat, 1);
  ASSERT_EQ(lines.size(), 2u);
  for (const auto& line : lines) {
    for (const Place p : line) EXPECT_TRUE(std::isfinite(p.x) && std::isfinite(p.y));
  }
}

TEST(ContourLines, AreNoneWhereNothingLiesBelow) {
  EXPECT_TRUE(contour_lines(sampled(5, [](double x, double) { return x; }), -1).empty());
}

}  // namespace
}  // namespace calando::plot
