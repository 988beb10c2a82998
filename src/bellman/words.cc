// SPDX-License-Identifier: MIT
#include "src/bellman/words.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "calando/error.h"
#include "src/spec/number.h"

namespace calando::bellman {

Words::Words(const io::File& file, std::string_view comment, char separator)
    : name_(file.name),
      text_(file.bytes.view),
      comment_(comment),
      separator_(separator),
      size_(file.bytes.view.size()) {}

bool Words::next_line() {
  while (!text_.empty()) {
    const std::size_t end = text_.find('\n');
    line_ = text_.substr(0, end);
    text_.remove_prefix(end == std::string_view::npos ? text_.size() : end + 1);
    ++line_number_;
    if (!comment_.empty()) line_ = line_.substr(0, line_.find(comment_));
    trim();
    if (!line_.empty()) return true;
  }
  line_ = {};
  return false;
}

void Words::trim() noexcept {
  while (!line_.empty() && is_space(line_.front())) line_.remove_prefix(1);
  while (!line_.empty() && is_space(line_.back())) line_.remove_suffix(1);
}

std::string_view Words::peek() const noexcept {
  std::size_t size = 0;
  while (size < line_.size() && !is_space(line_[size])) ++size;
  return line_.substr(0, size);
}

std::string_view Words::word() noexcept {
  const std::string_view word = peek();
  line_.remove_prefix(word.size());
  while (!line_.empty() && is_space(line_.front())) line_.remove_prefix(1);
  return word;
}

std::uint32_t Words::index(std::string_view what) { return to_index(word(), what); }
double Words::number(std::string_view what) { return to_number(word(), what); }

std::uint32_t Words::to_index(std::string_view word, std::string_view what) const {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (word.empty()) fail(fmt::format("{} is missing", what));
  if (error != std::errc() || end != word.data() + word.size()) {
    fail(fmt::format("{} \"{}\", expected a whole number below 2^32", what, word));
  }
  return value;
}

double Words::to_number(std::string_view word, std::string_view what) const {
  if (word.empty()) fail(fmt::format("{} is missing", what));
  const auto value = spec::to_number(word);
  if (!value || !std::isfinite(*value)) fail(fmt::format("{} \"{}\", expected a finite number", what, word));
  return *value;
}

std::uint32_t Words::index_below(std::uint32_t count, std::string_view what, std::string_view of_what) {
  const std::uint32_t value = index(what);
  if (value >= count) fail(fmt::format("{} {}, but there are {} {}", what, value, count, of_what));
  return value;
}

double Words::probability() {
  const std::string_view text = peek();
  const double value = number("a probability");
  if (!(value >= 0 && value <= 1 + 1e-6)) fail(fmt::format("probability {}, expected 0 to 1", text));
  return value;
}

void Words::end_of_line() const {
  if (!line_.empty()) fail(fmt::format("\"{}\" is too much on this line", line_));
}

void Words::fail(const std::string& what) const { fail_at(line_number_, what); }

void Words::fail_at(std::size_t line, const std::string& what) const {
  throw DataError::at_line(name_, line, what);
}

}  // namespace calando::bellman
