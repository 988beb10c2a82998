// SPDX-License-Identifier: MIT
#include "src/plot/terminal_cells.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "src/plot/canvas.h"

namespace calando::plot {
namespace {

std::string_view arrow_text(Arrow arrow, Symbols symbols) {
  const bool ascii = symbols == Symbols::ascii;
  switch (arrow) {
    case Arrow::none:
      return "";
    case Arrow::up:
      return ascii ? "^" : "↑";
    case Arrow::right:
      return ascii ? ">" : "→";
    case Arrow::down:
      return ascii ? "v" : "↓";
    case Arrow::left:
      return ascii ? "<" : "←";
    case Arrow::stay:
      return ascii ? "o" : "●";
  }
  return "";
}

std::string cell_text(const Cells& cells, std::size_t index, Symbols symbols) {
  std::string text;
  if (!cells.arrows.empty()) text = arrow_text(cells.arrows[index], symbols);
  if (cells.labels.empty() || cells.labels[index].empty()) return text;
  return (text.empty() ? "" : text + " ") + printable(cells.labels[index]);
}

std::string repeated(std::string_view piece, std::size_t times) {
  std::string result;
  while (times-- != 0) result += piece;
  return result;
}

std::string right_aligned(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, character_count(text)), ' ') + text;
}

/// The name of the row or column whose middle an axis' tick marks.
std::string name_at(const Axis& axis, std::size_t number) {
  if (!axis.ticks) return "";
  for (const Tick& tick : *axis.ticks) {
    if (std::floor(tick.value) == static_cast<double>(number)) return printable(tick.text);
  }
  return "";
}

struct Grid {
  std::vector<std::string> texts;  // empty: a wall
  std::vector<std::string> row_names, column_names;
  std::size_t cell_width = 1, name_width = 0;
};

Grid grid_of(const Figure& figure, const Cells& cells, Symbols symbols) {
  Grid grid;
  for (std::size_t i = 0; i < cells.values.size(); ++i) {
    grid.texts.push_back(cell_text(cells, i, symbols));
    if (!std::isnan(cells.values[i]))
      grid.cell_width = std::max(grid.cell_width, character_count(grid.texts[i]));
  }
  for (std::size_t c = 0; c < cells.columns; ++c) {
    grid.column_names.push_back(name_at(figure.x, c));
    grid.cell_width = std::max(grid.cell_width, character_count(grid.column_names[c]));
  }
  for (std::size_t r = 0; r < cells.rows; ++r) {
    grid.row_names.push_back(name_at(figure.y, r));
    grid.name_width = std::max(grid.name_width, character_count(grid.row_names[r]));
  }
  return grid;
}

std::string row_text(const Grid& grid, const Cells& cells, std::size_t r, Symbols symbols) {
  std::string line = right_aligned(grid.row_names[r], grid.name_width);
  for (std::size_t c = 0; c < cells.columns; ++c) {
    const std::size_t index = r * cells.columns + c;
    const bool wall = std::isnan(cells.values[index]);
    const std::string fill = repeated(symbols == Symbols::ascii ? "#" : "▒", grid.cell_width);
    line += "  " + (wall ? fill : right_aligned(grid.texts[index], grid.cell_width));
  }
  return line + "\n";
}

}  // namespace

std::string terminal_cells(const Figure& figure, const Cells& cells, const TerminalOptions& options) {
  const Grid grid = grid_of(figure, cells, options.symbols);
  std::string text;
  for (std::size_t r = 0; r < cells.rows; ++r) text += row_text(grid, cells, r, options.symbols);
  if (figure.x.ticks) {
    text += std::string(grid.name_width, ' ');
    for (const std::string& name : grid.column_names) text += "  " + right_aligned(name, grid.cell_width);
    text += "\n";
  }
  return text;
}

}  // namespace calando::plot
