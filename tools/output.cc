// SPDX-License-Identifier: MIT
#include "tools/output.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "calando/error.h"
#include "src/spec/number.h"

namespace calando::tools {

Output& Output::number(double value) {
  char digits[40];
  return text({digits, static_cast<std::size_t>(spec::to_text(digits, value) - digits)});
}

Output& Output::number(long long value) {
  char digits[24];
  return text(
      {digits, static_cast<std::size_t>(std::to_chars(digits, digits + sizeof digits, value).ptr - digits)});
}

void Output::flush() {
  const char* next = buffer_.data();
  const char* const end = next + buffer_.size();
  while (next != end) {
    const ssize_t written = ::write(STDOUT_FILENO, next, static_cast<std::size_t>(end - next));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw RunError(fmt::format("standard output: {}", std::strerror(errno)));
    next += written;
  }
  buffer_.clear();
}

void warn(std::string_view message) { fmt::print(stderr, "calando: warning: {}\n", message); }

namespace {

bool is_terminal(int descriptor) {
  const char* term = std::getenv("TERM");
  return ::isatty(descriptor) != 0 && (term == nullptr || std::strcmp(term, "dumb") != 0);
}

}  // namespace

bool stderr_is_terminal() { return is_terminal(STDERR_FILENO); }

bool stdout_has_color() {
  const char* no_color = std::getenv("NO_COLOR");
  return is_terminal(STDOUT_FILENO) && (no_color == nullptr || *no_color == '\0');
}

int terminal_width() {
  winsize size{};
  for (const int descriptor : {STDERR_FILENO, STDOUT_FILENO}) {
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  }
  return 80;
}

}  // namespace calando::tools
