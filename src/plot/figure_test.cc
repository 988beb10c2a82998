// SPDX-License-Identifier: MIT
#include "src/plot/figure.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "calando/error.h"
#include "src/plot/layout.h"

namespace calando::plot {
namespace {

Figure with(Layer layer) {
  Figure figure;
  figure.layers.push_back(std::move(layer));
  return figure;
}

std::string fault(Layer layer) {
  try {
    check(with(std::move(layer)));
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(Check, NamesTheLayerAndTheSizes) {
  EXPECT_EQ(fault(Line{"", {1, 2, 3}, {1, 2}}), "line: 3 x values, expected 2");
  EXPECT_EQ(fault(Points{"", {1}, {1, 2}}), "points: 1 x values, expected 2");
  EXPECT_EQ(fault(Bars{"", {0, 1}, {1, 2}}), "bars: 2 edges, expected 3");
  EXPECT_EQ(fault(Contours{0, 1, 0, 1, 3, 1, {1, 2, 3}, {}}),
            "contours: 1 x 3 samples, expected 2 or more each way");
  EXPECT_EQ(fault(Contours{0, 1, 0, 1, 2, 2, {1, 2, 3}, {}}), "contours: 3 values, expected 4");
  EXPECT_EQ(fault(Cells{2, 1, {1, 2}, {Arrow::up}, {}}), "cells: 1 arrows, expected 2");
  EXPECT_EQ(fault(Cells{2, 1, {1, 2}, {}, {"a", "b", "c"}}), "cells: 3 labels, expected 2");
  EXPECT_EQ(fault(Cells{}), "cells: a grid without cells");
  EXPECT_EQ(fault(Line{"", {}, {1, 2}}), "");
}

TEST(Histogram, CountsEachFiniteValueOnce) {
  const std::vector<double> values = {0, 0.1, 0.2, 0.55, 0.99, 1, std::nan(""), INFINITY};
  const Bars bars = histogram(values, 5);
  EXPECT_EQ(bars.edges, (std::vector<double>{0, 0.2, 0.4, 0.6, 0.8, 1}));
  EXPECT_EQ(bars.heights, (std::vector<double>{2, 1, 1, 0, 2}));
}

TEST(Histogram, OfNothingIsEmptyAndOfOneValueHasOneBar) {
  EXPECT_TRUE(histogram({}, 10).heights.empty());
  const Bars bars = histogram(std::vector<double>{3, 3, 3}, 10);
  EXPECT_EQ(std::accumulate(bars.heights.begin(), bars.heights.end(), 0.0), 3);
  EXPECT_NO_THROW(check(with(bars)));
}

TEST(ContourLevels, RiseAndLieWithinTheValues) {
  std::vector<double> values;
  for (int i = 0; i < 1000; ++i) values.push_back(std::pow(10, i / 100.0));
  values.push_back(std::nan(""));
  const std::vector<double> levels = contour_levels(values);
  ASSERT_EQ(levels.size(), 12u);
  EXPECT_GT(levels.front(), 1);
  EXPECT_LT(levels.back(), std::pow(10, 9.99));
  for (std::size_t i = 1; i < levels.size(); ++i) EXPECT_GT(levels[i], levels[i - 1]);
  EXPECT_TRUE(contour_levels(std::vector<double>(9, 2.0)).empty());
}

TEST(Settle, FitsLinesAlongTheirLengthAndRoundsTheirHeight) {
  const Layout layout = settle(with(Line{"", {}, {0.1, 0.07, 0.013}}), {});
  EXPECT_EQ(layout.x.scale, (Scale{Mapping::linear, 0, 2}));
  EXPECT_EQ(layout.y.scale, (Scale{Mapping::linear, 0, 0.1}));
}

TEST(Settle, KeepsWhatTheCallerWants) {
  Figure figure = with(Line{"", {}, {0.1, 0.07, 0.013}});
  figure.y.low = -1;
  figure.x.high = 7.5;
  figure.y.ticks = std::vector<Tick>{{0.05, "half"}};
  const Layout layout = settle(figure, {});
  EXPECT_EQ(layout.y.scale.low, -1);
  EXPECT_EQ(layout.x.scale.high, 7.5);
  EXPECT_EQ(layout.y.ticks, *figure.y.ticks);
}

TEST(Settle, PutsTheFirstRowOfCellsAtTheTop) {
  const Layout layout = settle(with(Cells{2, 3, {1, 2, 3, 4, 5, 6}, {}, {}}), {});
  EXPECT_EQ(layout.y.scale.place(0), 1);
  EXPECT_EQ(layout.y.scale.place(3), 0);
  EXPECT_EQ(layout.x.scale.place(2), 1);
}

TEST(Settle, LeavesAFigureWithoutDataDrawable) {
  const Layout layout = settle(Figure{}, {});
  EXPECT_LT(layout.x.scale.low, layout.x.scale.high);
  EXPECT_LT(layout.y.scale.low, layout.y.scale.high);
}

}  // namespace
}  // namespace calando::plot
