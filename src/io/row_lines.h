// SPDX-License-Identifier: MIT
// Which physical line of a text file a row stands on.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace calando::io {

/// Where rows do not follow each other line by line, and the first of them: (row, line), ascending.
using RowLines = std::vector<std::pair<std::size_t, std::size_t>>;

/// The line of a row; the first line is 1.
std::size_t line_of_row(const RowLines& lines, std::size_t row) noexcept;

/// Says that `row`, behind all rows said so far, stands on `line`; keeps it only where that does not follow
/// anyway.
void note_line(RowLines& lines, std::size_t row, std::size_t line);

}  // namespace calando::io
