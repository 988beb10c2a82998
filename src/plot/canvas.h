// SPDX-License-Identifier: MIT
// A sheet of characters with two by four dots in each, to draw lines on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/plot/reduce.h"
#include "src/plot/terminal.h"

namespace calando::plot {

/// What draws: a series, or the background in the colour of no series.
struct Pen {
  std::size_t series = 0;
  bool background = false;
  std::string_view dashes = "1";  // '1' for each dot drawn, '0' for each left out, over and over
};

/// The pen of a series: its own dashes where there is no colour to tell it by.
Pen series_pen(std::size_t series, Colour colour);

class Canvas {
 public:
  Canvas(std::size_t columns, std::size_t rows) : columns_(columns), rows_(rows), cells_(columns * rows) {}

  double width() const { return static_cast<double>(2 * columns_); }  // in dots
  double height() const { return static_cast<double>(4 * rows_); }

  /// Draws between the middles of two dots; what lies outside is left out.
  void line(Pixel from, Pixel to, const Pen& pen);
  void dot(Pixel at, const Pen& pen);

  /// Puts characters over the dots from a cell on, as far as there is room.
  void put(std::size_t column, std::size_t row, std::string_view text);

  /// One row as text, without spaces at its end.
  std::string row(std::size_t number, Symbols symbols, Colour colour) const;

 private:
  struct Cell {
    std::uint8_t dots = 0;
    Pen pen;
    std::string over;  // one character in UTF-8
  };

  static std::string text_of(const Cell& cell, Symbols symbols);

  std::size_t columns_;
  std::size_t rows_;
  std::vector<Cell> cells_;
  std::size_t drawn_ = 0;  // dots since the pen changed, for the dashes
};

/// The number of characters of a UTF-8 text.
std::size_t character_count(std::string_view text);

/// Text without control characters, so that no name in a file moves the cursor or changes colours.
std::string printable(std::string_view text);

/// Text in the colour of a pen, where colours are asked for.
std::string coloured(std::string_view text, const Pen& pen, Colour colour);

}  // namespace calando::plot
