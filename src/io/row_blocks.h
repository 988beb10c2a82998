// SPDX-License-Identifier: MIT
// A source cut into pieces of whole rows, so that pieces can be read independently.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "src/io/file.h"

namespace calando::io {

/// Some whole rows. The last ends with '\n', and kDecimalPadding bytes behind it may be looked at.
struct RowPiece {
  std::string_view text;
  std::size_t first_line = 1;  ///< its number in the file
  std::size_t lines = 0;       ///< also a bound on the number of rows
};

class RowBlocks {
 public:
  /// A newline between two `quote` characters ends no row; '\0': there are no quotes. The source continues at
  /// `line`.
  RowBlocks(Source source, char quote, std::size_t line);

  /// The next rows, in at most `pieces` pieces that stay as they are until the next call; none at the end.
  /// Blank lines that end the file are dropped. From a pipe: the rows that have arrived.
  ///
  /// Throws:  DataError: a row longer than kLongestRow.
  std::vector<RowPiece> next(std::size_t pieces);

  /// About how many bytes have not been cut yet.
  std::size_t size_hint() const noexcept { return source_.size_hint(); }

  static constexpr std::size_t kPieceBytes = std::size_t{1} << 18;
  static constexpr std::size_t kLongestRow = std::size_t{1} << 27;

 private:
  bool read_more();
  std::vector<std::size_t> row_ends(std::size_t pieces) const;
  void drop_blank_lines(std::vector<std::size_t>& ends) const;

  Source source_;
  char quote_;
  std::size_t line_;
  std::string buffer_;    // with padding behind size_
  std::size_t size_ = 0;  // bytes of rows in the buffer
  std::size_t used_ = 0;  // of them handed out by the last call
  bool ended_ = false;    // the source has no more
};

}  // namespace calando::io
