// SPDX-License-Identifier: MIT
// A model on a grid drawn: values as colour, the policy as arrows; and what was learned over time.
#pragma once

#include <string>
#include <vector>

#include "calando/learn.h"
#include "calando/solve.h"
#include "src/plot/figure.h"
#include "src/plot/svg.h"

namespace calando::tools {

/// How the states of a model lie.
struct GridLayout {
  std::size_t columns = 0;  // state = row * columns + column
  std::string arrows =
      {};  // the direction of each choice, of < > ^ v and . for staying; empty: choices are numbered
};

/// Throws:  UsageError: no grid, states that fill no rectangle, letters that are no arrows, more cells than can be seen
plot::Figure grid_figure(const Mdp& model, const Solution& solution, const GridLayout& grid,
                         const std::string& title);

/// A picture whose cells have room for their numbers.
plot::SvgOptions grid_size(const Mdp& model, const GridLayout& grid);

/// Distances over steps of one way of learning.
struct LearningCurve {
  std::string name;
  std::vector<double> steps;
  std::vector<double> distances;
};

plot::Figure learning_figure(const std::vector<LearningCurve>& curves, const std::string& title);

}  // namespace calando::tools
