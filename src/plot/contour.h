// SPDX-License-Identifier: MIT
// Lines of equal height by marching squares.
#pragma once

#include <cstddef>
#include <vector>

#include "src/plot/figure.h"
#include "src/plot/layout.h"

namespace calando::plot {

/// The border of the region where the sampled function lies below a level: closed lines in the unit square (y
/// upward). Where the region reaches the edge of the grid, its border runs outside the unit square, up to one
/// cell beyond, so that every line closes and a region can be filled by the even-odd rule; the drawing is to
/// be clipped to the unit square.
///
/// Values that are not finite count as above every level. A saddle is decided by the mean of its four
/// corners.
std::vector<std::vector<Place>> contour_lines(const Contours& contours, double level);

}  // namespace calando::plot
