// SPDX-License-Identifier: MIT
// What a picture says, apart from how it is drawn: axes and layers. to_svg() and to_terminal() draw the same
// figure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "src/plot/scale.h"

namespace calando::plot {

struct Axis {
  std::string label = {};
  Mapping mapping = Mapping::linear;
  std::optional<double> low = {};  // otherwise from the data, widened to round numbers
  std::optional<double> high = {};
  std::optional<std::vector<Tick>> ticks = {};  // otherwise round numbers; empty: none
};

/// A line through points in their order. A value that is not finite, or has no place on a logarithmic axis,
/// is a gap.
struct Line {
  std::string name = {};       // in the legend, where not empty
  std::vector<double> x = {};  // empty: 0, 1, 2, ...
  std::vector<double> y = {};
  bool dots = false;   // marks each point
  bool faint = false;  // thin and pale, behind what matters
};

struct Points {
  std::string name = {};
  std::vector<double> x = {};
  std::vector<double> y = {};
};

/// Bars that stand on 0, from edge to edge: edges.size() is heights.size() + 1.
struct Bars {
  std::string name = {};
  std::vector<double> edges = {};
  std::vector<double> heights = {};
};

/// Lines of equal height of a function sampled on an even grid that includes its borders; row 0 lies at
/// y_low.
struct Contours {
  double x_low = 0, x_high = 1;
  double y_low = 0, y_high = 1;
  std::size_t columns = 0, rows = 0;
  std::vector<double> values = {};  // rows x columns
  std::vector<double> levels = {};  // empty: contour_levels(values)
};

enum class Arrow { none, up, right, down, left, stay };

/// A grid of cells shaded by value, the lowest lightest; row 0 is drawn at the top. A NaN is a wall. Cell (r,
/// c) has its middle at x = c + 0.5, y = r + 0.5 for marks and ticks.
struct Cells {
  std::size_t columns = 0, rows = 0;
  std::vector<double> values = {};       // rows x columns
  std::vector<Arrow> arrows = {};        // empty, or one a cell
  std::vector<std::string> labels = {};  // empty, or one a cell
};

enum class Shape { dot, ring, cross };

struct Mark {
  double x = 0, y = 0;
  std::string text = {};
  Shape shape = Shape::dot;
};

enum class Direction { vertical, horizontal };

/// A thin line across the whole picture at one value.
struct Guide {
  Direction direction = Direction::vertical;
  double value = 0;
  std::string text = {};
};

using Layer = std::variant<Contours, Cells, Bars, Guide, Line, Points, Mark>;

/// Layers are drawn in their order, the later above the earlier.
struct Figure {
  std::string title = {};
  std::string description = {};  // for those who cannot see it
  Axis x;
  Axis y;
  std::vector<Layer> layers = {};
};

/// A histogram in about `about` bins with round edges; values that are not finite are left out.
Bars histogram(std::span<const double> values, int about);

/// The levels at which contour lines tell most: fixed shares of the sampled area lie below them, closer
/// together near the minimum, so that a flat valley shows as well as a steep wall. Strictly increasing.
std::vector<double> contour_levels(std::span<const double> values);

/// Throws:  UsageError where the sizes of a layer do not fit together, naming the layer
void check(const Figure& figure);

}  // namespace calando::plot
