// SPDX-License-Identifier: MIT
// A board of cells with walls, solved: for the playground.
#pragma once

#include <cstddef>
#include <vector>

#include "calando/solve.h"
#include "src/plot/figure.h"

namespace calando::cards {

struct GridWorld {
  std::size_t rows = 6;
  std::size_t columns = 8;
  std::vector<std::size_t> walls;  // cells, row * columns + column
  double discount = 0.95;
  double slip = 0.1;  // chance to slide to either side, half each
};

struct SolvedGrid {
  std::vector<double> values;  // of each cell; NaN in a wall
  double gap = 0;              // of the proven bounds
  plot::Figure figure;         // values as shade, the policy as arrows
};

/// Each step costs 1 until the last cell is reached, the goal.
///
/// Throws:  UsageError: a board without cells or with more than 10,000, a wall outside of it or on the goal, numbers out of range
SolvedGrid solve_grid(const GridWorld& world);

}  // namespace calando::cards
