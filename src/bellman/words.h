// SPDX-License-Identifier: MIT
// Text formats of models read word by word, line by line, with errors that name the line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "src/io/file.h"

namespace calando::bellman {

/// The words of a text file: separated by white space, and by nothing else unless a format says so.
class Words {
 public:
  /// `comment` starts what is skipped to the end of its line; empty: nothing does. `separators` count as white space.
  Words(const io::File& file, std::string_view comment, std::string_view separators = {});

  /// Goes to the next line that has a word; false at the end of the file.
  bool next_line();
  /// What is left of the line, without white space at its ends.
  std::string_view rest() const noexcept { return line_; }
  /// The next word of the line, or nothing.
  std::string_view peek() const noexcept;
  std::string_view word() noexcept;

  /// The next word as a whole number below 2^32, or as a finite number.
  ///
  /// Throws:  DataError naming line, word and what was expected
  std::uint32_t index(std::string_view what);
  double number(std::string_view what);
  double to_number(std::string_view word, std::string_view what) const;
  std::uint32_t to_index(std::string_view word, std::string_view what) const;
  void end_of_line() const;

  std::size_t line_number() const noexcept { return line_number_; }
  [[noreturn]] void fail(const std::string& what) const;

 private:
  bool is_space(char c) const noexcept {
    return c == ' ' || c == '\t' || c == '\r' || separators_.find(c) != std::string_view::npos;
  }
  void trim() noexcept;

  std::string name_;
  std::string_view text_;  // from the next line on
  std::string_view line_;
  std::string_view comment_;
  std::string_view separators_;
  std::size_t line_number_ = 0;
};

}  // namespace calando::bellman
