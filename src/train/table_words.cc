// SPDX-License-Identifier: MIT
#include "src/train/table_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "calando/error.h"
#include "src/io/csv_cells.h"

namespace calando::training {
namespace {

bool is_number(std::string_view word) {
  float ignored = 0;
  return io::read_number(word, ignored) == io::NumberForm::finite;
}

/// The length of the UTF-8 character at the front, or 0.
std::size_t character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t size = byte(0) < 0x80   ? 1
                           : byte(0) < 0xC2 ? 0
                           : byte(0) < 0xE0 ? 2
                           : byte(0) < 0xF0 ? 3
                           : byte(0) < 0xF5 ? 4
                                            : 0;
  if (size == 0 || size > text.size()) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if (byte(i) >> 6 != 2) return 0;
  }
  const bool overlong = (byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xF0 && byte(1) < 0x90);
  const bool surrogate = byte(0) == 0xED && byte(1) > 0x9F;
  const bool beyond = byte(0) == 0xF4 && byte(1) > 0x8F;
  return overlong || surrogate || beyond ? 0 : size;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = character(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

/// Digits, signs, points and at least one comma: "3,14", "1.234,50", "12,000".
bool is_number_with_comma(std::string_view word) {
  const bool digits = std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
  const bool plain = word.find_first_not_of("0123456789.,+- ") == std::string_view::npos;
  return digits && plain && word.find(',') != std::string_view::npos;
}

std::size_t line_of_code(const io::Table& table, const io::Column& column, std::int32_t code) {
  const auto found = std::find(column.codes.begin(), column.codes.end(), code);
  return table.line_of(static_cast<std::size_t>(found - column.codes.begin()));
}

[[noreturn]] void refuse_bytes(const std::string& file, std::size_t line, const std::string& what) {
  std::string readable;
  for (const char c : what) {
    const auto byte = static_cast<unsigned char>(c);
    readable += byte < 0x80 ? std::string(1, c) : fmt::format("\\x{:02x}", byte);
  }
  throw DataError::at_line(file, line, readable + " is not UTF-8; convert the file: iconv -f latin1 -t utf8");
}

void require_points(const io::Table& table, const io::Column& column) {
  const auto& words = column.categories;
  const auto comma = std::find_if(words.begin(), words.end(), is_number_with_comma);
  const bool all = std::all_of(words.begin(), words.end(), [](const std::string& word) {
    return is_number_with_comma(word) || is_number(word);
  });
  if (comma == words.end() || !all) return;
  throw DataError::at_line(table.file,
                           line_of_code(table, column, static_cast<std::int32_t>(comma - words.begin())),
                           fmt::format("column {}: {} has a comma; numbers are written with a decimal point "
                                       "and nothing between the thousands "
                                       "(--categorical {} reads them as words)",
                                       io::shown(column.name), io::shown(*comma), column.name));
}

bool named(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string doubt(const std::string& name, const std::vector<std::string>& words, std::size_t rows) {
  const auto numbers = static_cast<std::size_t>(std::count_if(words.begin(), words.end(), is_number));
  if (numbers < words.size() && 2 * numbers > words.size() && words.size() >= 4) {
    const auto word = std::find_if_not(words.begin(), words.end(), is_number);
    return fmt::format(
        "column {} is read as words because of {}, though {} of its {} different cells are numbers; "
        "--missing-word {} or --numeric {} reads it as numbers",
        io::shown(name), io::shown(*word), numbers, words.size(), *word, name);
  }
  if (2 * words.size() > rows && words.size() > 20) {
    return fmt::format(
        "column {} has {} different words in {} rows: it says little about other rows; --ignore {} leaves it "
        "out",
        io::shown(name), words.size(), rows, name);
  }
  return "";
}

}  // namespace

void require_readable_words(const io::Table& table, const DataOptions& options) {
  for (const io::Column& column : table.columns) {
    if (!is_utf8(column.name)) refuse_bytes(table.file, 1, "the name of column " + io::shown(column.name));
    for (std::size_t i = 0; i < column.categories.size(); ++i) {
      if (is_utf8(column.categories[i])) continue;
      refuse_bytes(table.file, line_of_code(table, column, static_cast<std::int32_t>(i)),
                   fmt::format("column {}: {}", io::shown(column.name), io::shown(column.categories[i])));
    }
    if (!named(options.categorical, column.name)) require_points(table, column);
  }
}

std::vector<std::string> doubtful_words(const RawData& data, const DataOptions& options) {
  std::vector<std::string> warnings;
  const auto add = [&](const std::string& name, const std::vector<std::string>& words) {
    if (words.empty() || named(options.categorical, name)) return;
    const std::string warning = doubt(name, words, data.rows->rows);
    if (!warning.empty()) warnings.push_back(warning);
  };
  for (const RawColumn& column : data.columns) add(column.name, column.categories);
  if (data.target) add(data.target->name, data.target->words);
  return warnings;
}

}  // namespace calando::training
