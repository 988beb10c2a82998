// SPDX-License-Identifier: MIT
// A figure as characters.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "src/plot/figure.h"

namespace calando::plot {

enum class Symbols {
  braille,  // eight dots a character, U+2800 and on
  ascii
};
enum class Colour { none, ansi };

struct TerminalOptions {
  std::size_t columns = 80;  // of the whole picture
  std::size_t rows = 16;     // of the area with data
  Symbols symbols = Symbols::braille;
  Colour colour = Colour::none;  // without it, dashes and letters tell the series apart
};

/// The figure in lines of at most `columns` characters, each ended by a line break. Cells take the room their
/// labels need, one line a row.
///
/// Throws:  UsageError as check(figure), and where columns < 20 or rows < 2
std::string to_terminal(const Figure& figure, const TerminalOptions& options = {});

/// Values as one line of bars, the lowest the shortest; more values than columns are averaged, those that are
/// not finite leave a space.
std::string sparkline(std::span<const double> values, std::size_t columns,
                      Symbols symbols = Symbols::braille);

}  // namespace calando::plot
