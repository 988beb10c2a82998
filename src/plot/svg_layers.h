// SPDX-License-Identifier: MIT
// The layers of a figure as SVG elements.
#pragma once

#include <cstddef>
#include <string>

#include "src/plot/layout.h"
#include "src/plot/reduce.h"

namespace calando::plot {

/// The rectangle in which data are drawn, in units of the drawing.
struct Frame {
  double left = 0, top = 0, width = 0, height = 0;

  Pixel at(Place place) const { return {place.x * width, (1 - place.y) * height}; }
};

/// The layers in their order, relative to the frame's upper left corner.
std::string svg_layers(const Figure& figure, const Layout& layout, const Frame& frame);

/// The sample of a series in the legend, 22 units wide, its middle line at (x, y).
std::string svg_sample(const Layer& layer, std::size_t series, double x, double y);

}  // namespace calando::plot
