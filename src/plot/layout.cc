// SPDX-License-Identifier: MIT
#include "src/plot/layout.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace calando::plot {
namespace {

/// The range of values along one axis, and how its bounds come about.
struct Extent {
  explicit Extent(Mapping m) : mapping(m) {}

  Mapping mapping;
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  bool tight = false;   // a layer fills its whole range: not widened to round numbers
  bool turned = false;  // the first value is at the top

  void add(double value) {
    if (!std::isfinite(value) || (mapping == Mapping::logarithmic && value <= 0)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  void add(const std::vector<double>& values) {
    for (const double value : values) add(value);
  }
};

struct Measure {
  Extent x;
  Extent y;

  void operator()(const Line& line) {
    x.tight = true;
    add(line);
  }
  void operator()(const Points& points) { add(points); }
  void operator()(const Bars& bars) {
    x.tight = true;
    x.add(bars.edges);
    y.add(bars.heights);
    y.add(0);
  }
  void operator()(const Contours& c) {
    x.tight = y.tight = true;
    x.add({c.x_low, c.x_high});
    y.add({c.y_low, c.y_high});
  }
  void operator()(const Cells& cells) {
    x.tight = y.tight = y.turned = true;
    x.add({0, static_cast<double>(cells.columns)});
    y.add({0, static_cast<double>(cells.rows)});
  }
  void operator()(const Mark& mark) {
    x.add(mark.x);
    y.add(mark.y);
  }
  void operator()(const Guide& guide) { (guide.direction == Direction::vertical ? x : y).add(guide.value); }

 private:
  template <class Series>
  void add(const Series& series) {
    y.add(series.y);
    x.add(series.x);
    if (series.x.empty() && !series.y.empty()) x.add({0, static_cast<double>(series.y.size() - 1)});
  }
};

/// The axis as far as the caller has settled it; the rest from the data. The base line 0 is drawn where it is
/// near.
SettledAxis settle(const Axis& axis, const Extent& extent, int about) {
  Scale scale{axis.mapping, axis.low.value_or(extent.low), axis.high.value_or(extent.high)};
  const bool free_low = !axis.low && !extent.tight;
  const bool free_high = !axis.high && !extent.tight;
  const bool near_zero = scale.low > 0 && scale.low < 0.4 * scale.high;
  if (free_low && near_zero && axis.mapping == Mapping::linear) scale.low = 0;
  scale = sane(scale);
  const Scale wide = widened(scale, about);
  if (free_low) scale.low = wide.low;
  if (free_high) scale.high = wide.high;
  const bool bare = extent.turned && !axis.ticks;
  SettledAxis settled{scale, axis.ticks ? *axis.ticks : std::vector<Tick>{}};
  if (!axis.ticks && !bare) settled.ticks = ticks(scale, about);
  if (extent.turned) std::swap(settled.scale.low, settled.scale.high);
  return settled;
}

}  // namespace

Layout settle(const Figure& figure, const Room& room) {
  check(figure);
  Measure measure{Extent(figure.x.mapping), Extent(figure.y.mapping)};
  for (const Layer& layer : figure.layers) std::visit(measure, layer);
  Layout layout{settle(figure.x, measure.x, room.x_ticks), settle(figure.y, measure.y, room.y_ticks)};
  if (measure.y.turned && !figure.x.ticks) layout.x.ticks.clear();
  return layout;
}

std::vector<std::size_t> series_numbers(const Figure& figure) {
  std::vector<std::size_t> numbers;
  std::size_t next = 0;
  for (const Layer& layer : figure.layers) {
    const bool series = std::holds_alternative<Line>(layer) || std::holds_alternative<Points>(layer) ||
                        std::holds_alternative<Bars>(layer);
    numbers.push_back(series ? next++ : 0);
  }
  return numbers;
}

std::string series_name(const Layer& layer) {
  if (const auto* line = std::get_if<Line>(&layer)) return line->name;
  if (const auto* points = std::get_if<Points>(&layer)) return points->name;
  if (const auto* bars = std::get_if<Bars>(&layer)) return bars->name;
  return "";
}

}  // namespace calando::plot
