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
  /// `comment` starts what is skipped to the end of its line; empty: nothing does. `separator` counts as white space.
  Words(const io::File& file, std::string_view comment, char separator = ' ');

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
  /// A whole number below `count`: "target 9, but there are 4 states".
  std::uint32_t index_below(std::uint32_t count, std::string_view what, std::string_view of_what);
  /// From 0 to 1, and what files of seven digits need above it.
  double probability();
  void end_of_line() const;

  /// Bytes of the whole file.
  std::size_t size() const noexcept { return size_; }
  std::size_t line_number() const noexcept { return line_number_; }
  [[noreturn]] void fail(const std::string& what) const;
  [[noreturn]] void fail_at(std::size_t line, const std::string& what) const;

 private:
  bool is_space(char c) const noexcept { return c == ' ' || c == '\t' || c == '\r' || c == separator_; }
  void trim() noexcept;

  std::string name_;
  std::string_view text_;  // from the next line on
  std::string_view line_;
  std::string_view comment_;
  char separator_;
  std::size_t size_;
  std::size_t line_number_ = 0;
};

}  // namespace calando::bellman
