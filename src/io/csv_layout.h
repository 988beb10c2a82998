// SPDX-License-Identifier: MIT
// What a table is made of, understood from its first rows: separator, header, names and kinds of columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "src/io/csv.h"

namespace calando::io {

struct CsvLayout {
  std::string file;
  char separator = ',';
  bool header = false;          ///< the first row names the columns
  std::vector<Column> columns;  ///< without cells
  std::vector<std::string> missing_words;
  bool number_is_missing = false;  ///< a missing word is itself a number
  std::size_t first_line = 1;      ///< of the first row behind the header

  /// Whether a cell's text stands for no value.
  bool is_missing(std::string_view text) const;
};

/// Reads as much of the source's start as it takes to tell, and consumes the header.
///
/// Throws:  DataError: the first row; UsageError: an option names a column that is not there.
CsvLayout read_layout(Source& source, const CsvOptions& options);

}  // namespace calando::io
