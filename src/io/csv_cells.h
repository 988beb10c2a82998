// SPDX-License-Identifier: MIT
// The cells of a row of text, by RFC 4180.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace calando::io {

struct Cell {
  std::string_view text;  ///< without the outer quotes
  bool quoted = false;
  bool doubled = false;  ///< has doubled quotes: value() is not text
  std::string value() const;
};

/// What is no cell, and where.
struct Malformed {
  const char* at;
  std::string what;
  bool unclosed = false;  ///< more text might mend it
};

class CellScanner {
 public:
  explicit CellScanner(char separator);

  /// Reads the cell that starts at `p` and returns where its separator or its row's '\n' stands. The text
  /// ends with '\n' before `end`.
  ///
  /// Throws:  Malformed.
  const char* scan(const char* p, const char* end, Cell& cell) const;

  char separator() const noexcept { return separator_; }

 private:
  const char* scan_quoted(const char* p, const char* end, Cell& cell) const;

  char separator_;
  std::array<bool, 256> stops_{};  // the bytes that end or spoil an unquoted cell
};

/// A number as a cell may hold it, spaces around it allowed.
enum class NumberForm { none, finite, not_finite };

/// Reads a cell as a number. A finite one that is beyond float32 becomes infinite; "nan" and "inf" are
/// not_finite.
NumberForm read_number(std::string_view text, float& out);

/// A cell's text for a message: quoted, control characters escaped, cut to a readable length.
std::string shown(std::string_view text);

}  // namespace calando::io
