// SPDX-License-Identifier: MIT
#include "src/plot/figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "calando/error.h"

namespace calando::plot {
namespace {

void expect(std::size_t size, std::size_t expected, const char* layer, const char* what) {
  if (size == expected) return;
  throw UsageError(fmt::format("{}: {} {}, expected {}", layer, size, what, expected));
}

void check_pairs(const std::vector<double>& x, const std::vector<double>& y, const char* layer) {
  if (!x.empty()) expect(x.size(), y.size(), layer, "x values");
}

struct Check {
  void operator()(const Line& line) const { check_pairs(line.x, line.y, "line"); }
  void operator()(const Points& points) const { check_pairs(points.x, points.y, "points"); }
  void operator()(const Bars& bars) const {
    expect(bars.edges.size(), bars.heights.empty() ? 0 : bars.heights.size() + 1, "bars", "edges");
  }
  void operator()(const Contours& c) const {
    if (c.columns < 2 || c.rows < 2) {
      throw UsageError(
          fmt::format("contours: {} x {} samples, expected 2 or more each way", c.rows, c.columns));
    }
    expect(c.values.size(), c.rows * c.columns, "contours", "values");
  }
  void operator()(const Cells& cells) const {
    const std::size_t count = cells.rows * cells.columns;
    if (count == 0) throw UsageError("cells: a grid without cells");
    expect(cells.values.size(), count, "cells", "values");
    if (!cells.arrows.empty()) expect(cells.arrows.size(), count, "cells", "arrows");
    if (!cells.labels.empty()) expect(cells.labels.size(), count, "cells", "labels");
  }
  void operator()(const Mark&) const {}
  void operator()(const Guide&) const {}
};

std::vector<double> finite_values(std::span<const double> values) {
  std::vector<double> result;
  std::copy_if(values.begin(), values.end(), std::back_inserter(result),
               [](double v) { return std::isfinite(v); });
  return result;
}

}  // namespace

Bars histogram(std::span<const double> values, int about) {
  const std::vector<double> finite = finite_values(values);
  if (finite.empty()) return {};
  const auto [low, high] = std::minmax_element(finite.begin(), finite.end());
  const Scale range = widened(sane({Mapping::linear, *low, *high}), about);
  Bars bars;
  for (const Tick& tick : ticks(range, about)) bars.edges.push_back(tick.value);
  bars.heights.assign(bars.edges.size() - 1, 0);
  for (const double value : finite) {
    // The last bin holds its upper edge as well.
    const auto edge = std::upper_bound(bars.edges.begin() + 1, bars.edges.end() - 1, value);
    bars.heights[static_cast<std::size_t>(edge - bars.edges.begin() - 1)] += 1;
  }
  return bars;
}

std::vector<double> contour_levels(std::span<const double> values) {
  std::vector<double> sorted = finite_values(values);
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> levels;
  if (sorted.empty()) return levels;
  for (const double share : {0.01, 0.04, 0.08, 0.14, 0.22, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9}) {
    const double level = sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
    if (level > sorted.front() && level < sorted.back() && (levels.empty() || level > levels.back())) {
      levels.push_back(level);
    }
  }
  return levels;
}

void check(const Figure& figure) {
  for (const Layer& layer : figure.layers) std::visit(Check{}, layer);
}

}  // namespace calando::plot
