// SPDX-License-Identifier: MIT
#include "src/plot/reduce.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace calando::plot {
namespace {

using Pieces = std::vector<std::vector<Pixel>>;

Pieces reduced(const std::vector<Pixel>& points) {
  LineReducer reducer;
  for (const Pixel point : points) reducer.add(point);
  return reducer.finish();
}

TEST(LineReducer, KeepsShortLinesAsTheyAre) {
  const std::vector<Pixel> points = {{0, 1}, {5, 2}, {9, 0}, {9.5, 7}};
  EXPECT_EQ(reduced(points), Pieces{points});
}

TEST(LineReducer, KeepsFirstLowestHighestAndLastOfAColumnInOrder) {
  const std::vector<Pixel> points = {{3.0, 5}, {3.1, 9}, {3.2, 6}, {3.3, 1}, {3.4, 2}, {3.5, 4}};
  EXPECT_EQ(reduced(points), (Pieces{{{3.0, 5}, {3.1, 9}, {3.3, 1}, {3.5, 4}}}));
}

TEST(LineReducer, LosesNoPeakOfAMillionPoints) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> noise(100, 200);
  std::vector<Pixel> points;
  constexpr std::size_t kCount = 1'000'000;
  for (std::size_t i = 0; i < kCount; ++i) points.push_back({i * 600.0 / kCount, noise(random)});
  points[777'777].y = 3;
  const Pieces pieces = reduced(points);
  ASSERT_EQ(pieces.size(), 1u);
  EXPECT_LE(pieces[0].size(), 4u * 600);
  // Column by column the extremes are those of the points.
  std::vector<double> low(600, 1e9), high(600, -1e9), kept_low(600, 1e9), kept_high(600, -1e9);
  const auto note = [](Pixel p, std::vector<double>& l, std::vector<double>& h) {
    const auto column = static_cast<std::size_t>(p.x);
    l[column] = std::min(l[column], p.y);
    h[column] = std::max(h[column], p.y);
  };
  for (const Pixel p : points) note(p, low, high);
  for (const Pixel p : pieces[0]) note(p, kept_low, kept_high);
  EXPECT_EQ(low, kept_low);
  EXPECT_EQ(high, kept_high);
}

TEST(LineReducer, BreaksTheLineAtGapsAndKeepsLonePoints) {
  const double nan = std::nan("");
  EXPECT_EQ(reduced({{nan, 1}, {1, 1}, {1.2, nan}, {1.3, 2}, {4, 4}, {5, nan}, {6, nan}}),
            (Pieces{{{1, 1}}, {{1.3, 2}, {4, 4}}}));
  EXPECT_TRUE(reduced({}).empty());
  EXPECT_TRUE(reduced({{nan, nan}}).empty());
}

TEST(WithinReach, HoldsFarPlacesAndLeavesOthers) {
  EXPECT_EQ(within_reach({3, -7}), (Pixel{3, -7}));
  EXPECT_EQ(within_reach({1e300, -INFINITY}), (Pixel{1e5, -1e5}));
}

TEST(Thinned, LeavesShortLinesAlone) {
  const Line line{"name", {}, {1, std::nan(""), 3}};
  EXPECT_EQ(thinned(line, 100).y.size(), 3u);
}

TEST(Thinned, KeepsPeaksGapsAndRangeOfALongLine) {
  Line line{"name", {}, {}};
  for (int i = 0; i < 100'000; ++i) line.y.push_back(i % 10);
  line.y[54'321] = 1e7;
  line.y[70'000] = std::nan("");
  const Line thin = thinned(line, 500);
  EXPECT_EQ(thin.name, "name");
  EXPECT_LE(thin.y.size(), 5u * 500 + 10);
  const auto peak = std::find(thin.y.begin(), thin.y.end(), 1e7);
  ASSERT_NE(peak, thin.y.end());
  EXPECT_NEAR(thin.x[static_cast<std::size_t>(peak - thin.y.begin())], 54'321, 1e-6);
  EXPECT_EQ(thin.x.front(), 0);
  EXPECT_NEAR(thin.x.back(), 99'999, 1e-6);
  EXPECT_EQ(std::count_if(thin.y.begin(), thin.y.end(), [](double y) { return std::isnan(y); }), 2);
}

TEST(LineReducer, KeepsTheOrderOfALineThatTurnsBack) {
  const std::vector<Pixel> points = {{0, 0}, {10, 1}, {0, 2}, {10, 3}};
  EXPECT_EQ(reduced(points), Pieces{points});
}

}  // namespace
}  // namespace calando::plot
