// SPDX-License-Identifier: MIT
// The first rows of a table, looked at before they are read.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/io/csv_cells.h"
#include "src/io/file.h"

namespace calando::io {

using CsvRow = std::vector<Cell>;

/// The start of a source, which is not consumed.
class CsvHead {
 public:
  explicit CsvHead(Source& source);

  std::string_view text() const noexcept { return std::string_view(text_).substr(0, size_); }

  /// Whether the text is all that the source has.
  bool complete() const noexcept { return complete_; }

  /// Looks further; does nothing where the head is complete.
  void grow();

  /// The row at `at`, which is moved behind it; nothing where the head ends first.
  ///
  /// Throws:  Malformed.
  std::optional<CsvRow> row(std::size_t& at, const CellScanner& scanner) const;

 private:
  void look(std::size_t size);

  Source& source_;
  std::string text_;  // terminated, so that it can be scanned
  std::size_t size_ = 0;
  bool complete_ = false;
};

/// The separator that stands in each of the first lines equally often, the most frequent of those; else that
/// of the first line; a comma where there is none.
char find_separator(std::string_view head);

}  // namespace calando::io
