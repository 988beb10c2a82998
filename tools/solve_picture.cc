// SPDX-License-Identifier: MIT
#include "tools/solve_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "calando/error.h"

namespace calando::tools {
namespace {

constexpr std::size_t kMostCells = 40'000;
constexpr std::size_t kMostLabelled = 24;  // rows and columns whose cells are large enough for a number
constexpr double kCell = 52;               // units of the drawing
constexpr double kLargest = 1280;

plot::Arrow arrow_of(char letter) {
  switch (letter) {
    case '<':
      return plot::Arrow::left;
    case '>':
      return plot::Arrow::right;
    case '^':
      return plot::Arrow::up;
    case 'v':
      return plot::Arrow::down;
    case '.':
      return plot::Arrow::stay;
    default:
      throw UsageError(fmt::format("an arrow \"{}\", expected < > ^ v or .", letter));
  }
}

/// Where nothing is to be decided there is no arrow: one choice, or several that all end or stay.
bool decides(const MdpArrays& a, std::size_t state) {
  if (a.choice_begin[state + 1] - a.choice_begin[state] < 2) return false;
  for (std::size_t i = a.row_begin[a.choice_begin[state]]; i < a.row_begin[a.choice_begin[state + 1]]; ++i) {
    if (a.target[i] != state) return true;
  }
  if (a.termination.empty()) return false;
  for (std::size_t c = a.choice_begin[state]; c < a.choice_begin[state + 1]; ++c) {
    if (a.termination[c] < 1) return true;
  }
  return false;
}

bool has_label(const Mdp& model, const char* name, std::size_t state) {
  const auto found = model.notes().labels.find(name);
  return found != model.notes().labels.end() &&
         std::binary_search(found->second.begin(), found->second.end(), static_cast<std::uint32_t>(state));
}

/// What is written in a cell: 0 where the bounds hold it and what is left is nothing beside the largest value.
double written_value(const Solution& solution, std::size_t state, double largest) {
  const bool nothing = solution.lower[state] <= 0 && solution.upper[state] >= 0 &&
                       std::abs(solution.values[state]) < 1e-6 * largest;
  return nothing ? 0 : solution.values[state];
}

double largest_value(const Solution& solution) {
  double largest = 0;
  for (const double value : solution.values) {
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  }
  return largest;
}

}  // namespace

plot::Figure grid_figure(const Mdp& model, const Solution& solution, const GridLayout& grid,
                         const std::string& title) {
  if (grid.columns == 0)
    throw UsageError("--plot: the model is no grid: --grid COLUMNS says how its states lie");
  if (model.states() % grid.columns != 0) {
    throw UsageError(fmt::format("--grid {}: {} states fill no rectangle", grid.columns, model.states()));
  }
  if (model.states() > kMostCells)
    throw UsageError(fmt::format("--plot: {} cells, expected at most {}", model.states(), kMostCells));
  plot::Cells cells{.columns = grid.columns, .rows = model.states() / grid.columns};
  const double largest = largest_value(solution);
  const bool labelled = std::max(cells.rows, cells.columns) <= kMostLabelled;
  for (std::size_t s = 0; s < model.states(); ++s) {
    const bool wall = has_label(model, "wall", s);
    cells.values.push_back(wall ? std::numeric_limits<double>::quiet_NaN() : solution.values[s]);
    const auto choice = static_cast<std::size_t>(solution.policy[s]);
    const bool arrow = !wall && decides(model.arrays(), s);
    cells.arrows.push_back(arrow && choice < grid.arrows.size() ? arrow_of(grid.arrows[choice])
                                                                : plot::Arrow::none);
    std::string label = labelled ? fmt::format("{:.3g}", written_value(solution, s, largest)) : "";
    if (arrow && grid.arrows.empty())
      label = labelled ? fmt::format("{}: {}", choice, label) : std::to_string(choice);
    if (has_label(model, "goal", s)) label = "goal";
    if (has_label(model, "hole", s)) label = "hole";
    cells.labels.push_back(wall ? "" : label);
  }
  plot::Figure figure;
  figure.title = title;
  figure.description = "The value of each cell as its shade, the best choice as an arrow.";
  figure.x.label = "column";
  figure.y.label = "row";
  figure.layers.emplace_back(std::move(cells));
  return figure;
}

plot::SvgOptions grid_size(const Mdp& model, const GridLayout& grid) {
  const std::size_t rows = model.states() / grid.columns;
  const double cell = std::min(kCell, kLargest / static_cast<double>(std::max(rows, grid.columns)));
  return {.width = std::max(260.0, cell * static_cast<double>(grid.columns) + 40),
          .height = cell * static_cast<double>(rows) + 110};
}

plot::Figure learning_figure(const std::vector<LearningCurve>& curves, const std::string& title) {
  plot::Figure figure;
  figure.title = title;
  figure.description = "How far learned values are from the exact ones, over the steps.";
  figure.x.label = "steps";
  figure.y.label = "largest distance from the exact Q";
  figure.y.mapping = plot::Mapping::logarithmic;
  for (const LearningCurve& curve : curves)
    figure.layers.emplace_back(plot::Line{.name = curve.name, .x = curve.steps, .y = curve.distances});
  return figure;
}

}  // namespace calando::tools
