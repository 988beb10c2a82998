// SPDX-License-Identifier: MIT
// Sparse rows as text: `label index:value index:value ...  # comment`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "src/cpu/threads.h"
#include "src/io/file.h"
#include "src/io/row_lines.h"

namespace calando::io {

/// Rows in compressed form: row i has the entries [starts[i], starts[i + 1]).
struct SparseTable {
  std::string file;
  std::vector<double> labels;
  std::vector<std::size_t> starts = {0};
  std::vector<std::uint32_t> columns;  ///< the file's index minus 1, ascending in a row
  std::vector<float> values;
  std::size_t width = 0;  ///< the largest index of the file so far

  std::size_t rows() const noexcept { return labels.size(); }

  /// The physical line of a row; the first line is 1.
  std::size_t line_of(std::size_t row) const noexcept { return line_of_row(lines, row); }

  RowLines lines;
};

/// Reads sparse rows block by block, as CsvReader reads tables. Blank lines, comments and `qid:` are skipped.
///
/// Error:   values are correctly rounded to float32; the same rows for any team
/// Throws:  DataError, with file:line: an index below 1, above 2^32 or not ascending, what is not a number,
/// nan, inf. Source:  LIBLINEAR 2.47, README, "Format of training data".
class LibsvmReader {
 public:
  explicit LibsvmReader(Source source, cpu::Team* team = nullptr);
  ~LibsvmReader();
  LibsvmReader(LibsvmReader&&) noexcept;
  LibsvmReader& operator=(LibsvmReader&&) noexcept;

  /// The rows that the last next() read.
  const SparseTable& table() const noexcept;

  /// Replaces the rows by the next ones; false when there are none left. From a pipe: those that have
  /// arrived.
  bool next();

  /// All the rows that are left.
  SparseTable all() &&;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// All rows of a file.
SparseTable read_libsvm(const std::string& path, cpu::Team* team = nullptr);

}  // namespace calando::io
