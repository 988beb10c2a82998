// SPDX-License-Identifier: MIT
#include "src/io/row_lines.h"

#include <algorithm>
#include <iterator>

namespace calando::io {

std::size_t line_of_row(const RowLines& lines, std::size_t row) noexcept {
  const auto behind =
      std::upper_bound(lines.begin(), lines.end(), row,
                       [](std::size_t wanted, const auto& entry) { return wanted < entry.first; });
  if (behind == lines.begin()) return row + 1;
  const auto& [first, line] = *std::prev(behind);
  return line + (row - first);
}

void note_line(RowLines& lines, std::size_t row, std::size_t line) {
  if (lines.empty() || line_of_row(lines, row) != line) lines.emplace_back(row, line);
}

}  // namespace calando::io
