// SPDX-License-Identifier: MIT
#include "src/io/npy_header.h"

#include <fmt/format.h>

#include <charconv>

#include "calando/error.h"

namespace calando::io {
namespace {

class Parser {
 public:
  Parser(const std::string& file, std::string_view text, std::size_t offset)
      : file_(file), text_(text), offset_(offset) {}

  NpyHeader header() {
    NpyHeader result;
    bool seen[3] = {};
    expect('{');
    while (!take('}')) {
      entry(result, seen);
      if (take('}')) break;
      expect(',');
    }
    skip_space();
    if (at_ != text_.size()) fail("the end of the header");
    if (!(seen[0] && seen[1] && seen[2])) fail("'descr', 'fortran_order' and 'shape'");
    return result;
  }

 private:
  void entry(NpyHeader& result, bool (&seen)[3]) {
    const std::size_t start = at_;
    const std::string key = string();
    expect(':');
    const int which = key == "descr" ? 0 : key == "fortran_order" ? 1 : key == "shape" ? 2 : 3;
    if (which == 3 || seen[which]) {
      at_ = start;
      fail("each of 'descr', 'fortran_order' and 'shape' once");
    }
    seen[which] = true;
    if (which == 0) result.descr = string();
    if (which == 1) result.fortran_order = boolean();
    if (which == 2) result.shape = tuple();
  }

  std::string string() {
    skip_space();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '\'' && quote != '"') fail("a string (records are not read)");
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) fail("a closed string");
    std::string value(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return value;
  }

  bool boolean() {
    if (take_word("True")) return true;
    if (!take_word("False")) fail("True or False");
    return false;
  }

  std::vector<std::size_t> tuple() {
    std::vector<std::size_t> sizes;
    expect('(');
    while (!take(')')) {
      sizes.push_back(integer());
      if (take(')')) break;
      expect(',');
    }
    return sizes;
  }

  std::size_t integer() {
    skip_space();
    std::size_t value = 0;
    const char* const first = text_.data() + at_;
    const auto [end, error] = std::from_chars(first, text_.data() + text_.size(), value);
    if (error != std::errc()) fail("a size from 0 to 2^64 - 1");
    at_ += static_cast<std::size_t>(end - first);
    return value;
  }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }
  bool take_word(std::string_view word) {
    skip_space();
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  bool take(char c) { return take_word({&c, 1}); }
  void expect(char c) {
    if (!take(c)) fail(fmt::format("'{}'", c));
  }
  [[noreturn]] void fail(const std::string& expected) const {
    throw DataError::at_byte(file_, offset_ + at_,
                             fmt::format("the npy header is not NumPy's: expected {}", expected));
  }

  const std::string& file_;
  std::string_view text_;
  std::size_t offset_;
  std::size_t at_ = 0;
};

}  // namespace

NpyHeader parse_npy_header(const std::string& file, std::string_view text, std::size_t offset) {
  return Parser(file, text, offset).header();
}

}  // namespace calando::io
