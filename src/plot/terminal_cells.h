// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "src/plot/figure.h"
#include "src/plot/terminal.h"

namespace calando::plot {

/// A grid as lines of text: per cell its arrow and its label; walls filled. Ticks of the figure name rows and
/// columns.
std::string terminal_cells(const Figure& figure, const Cells& cells, const TerminalOptions& options);

}  // namespace calando::plot
