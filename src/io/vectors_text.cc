// SPDX-License-Identifier: MIT
// Vectors as text: a word, then its numbers.
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <span>

#include "calando/error.h"
#include "src/io/csv_cells.h"
#include "src/io/vectors.h"

namespace calando::io {
namespace {

constexpr std::string_view kSpaces = " \t\r";

/// Takes the next word off a line; empty at its end.
std::string_view next_word(std::string_view& line) noexcept {
  const std::size_t start = std::min(line.find_first_not_of(kSpaces), line.size());
  const std::size_t end = std::min(line.find_first_of(kSpaces, start), line.size());
  const std::string_view word = line.substr(start, end - start);
  line.remove_prefix(end);
  return word;
}

std::string_view next_line(std::string_view& text) noexcept {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

bool is_blank(std::string_view line) noexcept {
  return line.find_first_not_of(kSpaces) == std::string_view::npos;
}

std::size_t count_words(std::string_view line) noexcept {
  std::size_t count = 0;
  while (!next_word(line).empty()) ++count;
  return count;
}

std::optional<std::size_t> whole_number(std::string_view word) noexcept {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (word.empty() || error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

/// The line `rows dimension`.
struct Head {
  std::size_t rows;
  std::size_t dimension;
};
std::optional<Head> head_of(std::string_view line) noexcept {
  const auto rows = whole_number(next_word(line));
  const auto dimension = whole_number(next_word(line));
  if (!rows || !dimension || !next_word(line).empty()) return std::nullopt;
  return Head{*rows, *dimension};
}

class Reader {
 public:
  explicit Reader(const File& file) : file_(file) {}

  VectorRows read() {
    std::string_view text = file_.bytes.view;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::string_view rest = text;
    const std::optional<Head> head = head_of(next_line(rest));
    if (head) {
      text = rest;
      ++line_;
      dimension_ = head->dimension;
    }
    for (; !text.empty(); ++line_) {
      const std::string_view line = next_line(text);
      if (!is_blank(line)) read_row(line);
    }
    if (head && head->rows != names_.size())
      throw DataError::at_line(file_.name, 1,
                               fmt::format("{} rows said, {} are there", head->rows, names_.size()));
    return finish();
  }

 private:
  void read_row(std::string_view line) {
    if (dimension_ == 0) dimension_ = count_words(line) - 1;
    names_.emplace_back(next_word(line));
    std::size_t count = 0;
    for (std::string_view word; !(word = next_word(line)).empty(); ++count) {
      float value = 0;
      if (read_number(word, value) != NumberForm::finite || !std::isfinite(value))
        fail(fmt::format("number {} of \"{}\": \"{}\" is not a finite number", count + 1, names_.back(),
                         word));
      numbers_.push_back(value);
    }
    if (count != dimension_)
      fail(fmt::format("\"{}\" has {} numbers, expected {}", names_.back(), count, dimension_));
  }

  VectorRows finish() {
    VectorRows result;
    result.file = file_.name;
    result.rows = names_.size();
    result.dimension = dimension_;
    result.stride = dimension_ * sizeof(float);
    result.names = std::move(names_);
    const auto owner = std::make_shared<std::vector<float>>(std::move(numbers_));
    result.bytes = {{reinterpret_cast<const char*>(owner->data()), owner->size() * sizeof(float)}, owner};
    return result;
  }

  [[noreturn]] void fail(const std::string& what) const { throw DataError::at_line(file_.name, line_, what); }

  const File& file_;
  std::size_t line_ = 1;
  std::size_t dimension_ = 0;
  std::vector<std::string> names_;
  std::vector<float> numbers_;
};

}  // namespace

bool is_word_vectors(std::string_view text) noexcept {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::string_view line = next_line(text);
  if (const auto head = head_of(line))
    return head->rows > 0 && count_words(next_line(text)) == head->dimension + 1;
  if (line.find_first_of(",;\t") != std::string_view::npos || count_words(line) < 3) return false;
  next_word(line);
  float ignored = 0;
  for (std::string_view word; !(word = next_word(line)).empty();)
    if (read_number(word, ignored) == NumberForm::none) return false;
  return true;
}

VectorRows read_word_vectors(const File& file) { return Reader(file).read(); }

}  // namespace calando::io
