// SPDX-License-Identifier: MIT
// Results on standard output: buffered, and a disk that is full is an error.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace calando::tools {

/// Standard output for results. Everything written is checked: a failure is a RunError, at finish() at the latest.
class Output {
 public:
  Output() { buffer_.reserve(kBlock + 4096); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  Output& text(std::string_view text) {
    buffer_.append(text);
    if (buffer_.size() >= kBlock) flush();
    return *this;
  }
  Output& number(double value);
  Output& number(long long value);

  void finish() { flush(); }

 private:
  static constexpr std::size_t kBlock = 1 << 16;
  void flush();
  std::string buffer_;
};

/// A message on standard error: "calando: warning: ...".
void warn(std::string_view message);

/// Whether standard error is a terminal that may be drawn on.
bool stderr_is_terminal();
/// Whether colour is wanted on standard output: it is a terminal and NO_COLOR is not set.
bool stdout_has_color();
/// Columns of the terminal, 80 where unknown.
int terminal_width();

}  // namespace calando::tools
