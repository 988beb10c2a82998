// SPDX-License-Identifier: MIT
#include "src/io/libsvm_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "calando/error.h"
#include "src/io/csv_cells.h"
#include "src/io/decimal.h"

namespace calando::io {
namespace {

constexpr std::uint64_t kLargestIndex = std::uint64_t{1} << 32;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool ends_line(char c) { return c == '\n' || c == '#'; }

class SparseReader {
 public:
  SparseReader(const std::string& file, const RowPiece& piece, SparseTable& table)
      : file_(file), piece_(piece), table_(table) {
    // Room for what there can be at most: a row per line, an entry per colon.
    const auto colons = static_cast<std::size_t>(std::count(piece.text.begin(), piece.text.end(), ':'));
    table_.labels.resize(piece.lines);
    table_.starts.assign(1, 0);
    table_.starts.reserve(piece.lines + 1);
    table_.columns.resize(colons);
    table_.values.resize(colons);
    table_.lines.clear();
    table_.width = 0;
  }

  void read() {
    const char* p = piece_.text.data();
    const char* const end = p + piece_.text.size();
    for (std::size_t line = piece_.first_line; p != end; ++line) p = read_line(p, line);
    table_.labels.resize(rows_);
    table_.columns.resize(entries_);
    table_.values.resize(entries_);
  }

 private:
  const char* read_line(const char* p, std::size_t line) {
    while (is_space(*p)) ++p;
    if (!ends_line(*p)) {
      note_line(table_.lines, rows_, line);
      p = read_label(p);
      for (previous_ = 0; !ends_line(*p);) p = read_entry(p);
      table_.starts.push_back(entries_);
      table_.width = std::max(table_.width, static_cast<std::size_t>(previous_));
      ++rows_;
    }
    while (*p != '\n') ++p;
    return p + 1;
  }

  const char* read_label(const char* p) {
    const char* const stop = end_of_word(p);
    double& label = table_.labels[rows_];
    if (!to_float64(p, stop, label) || !std::isfinite(label)) fail(p, "label", "is not a finite number");
    return skip_space(stop);
  }

  /// `index:value` and the space behind it.
  const char* read_entry(const char* p) {
    const char* colon = p;
    std::uint64_t index = 0;
    while (decimal::is_digit(*colon))
      index = std::min(index * 10 + static_cast<unsigned>(*colon++ - '0'), 2 * kLargestIndex);
    if (*colon != ':' || colon == p) return skip_query(p);
    if (index == 0 || index > kLargestIndex) fail(p, "feature", "has an index outside of 1 to 2^32");
    if (index <= previous_)
      fail(p, "feature", fmt::format("follows index {}: indices are to ascend", previous_));
    table_.columns[entries_] = static_cast<std::uint32_t>(index - 1);
    previous_ = index;
    return read_value(p, colon + 1, table_.values[entries_++]);
  }

  const char* read_value(const char* entry, const char* p, float& out) const {
    Decimal number;
    const char* const stop = scan_decimal(p, number);
    if (stop != nullptr && (is_space(*stop) || ends_line(*stop)) && to_float32(number, out))
      return skip_space(stop);
    const char* const end = end_of_word(p);
    if (!to_float32(p, end, out)) fail(entry, "feature", "has a value that is not a finite number");
    if (!std::isfinite(out)) fail(entry, "feature", "has a value beyond the range of float32");
    return skip_space(end);
  }

  /// Rankers' `qid:number`, which says nothing about the row itself.
  const char* skip_query(const char* p) const {
    const char* const stop = end_of_word(p);
    const std::string_view word(p, static_cast<std::size_t>(stop - p));
    if (!word.starts_with("qid:")) fail(p, "feature", "is not index:value");
    return skip_space(stop);
  }

  static const char* end_of_word(const char* p) {
    while (!is_space(*p) && !ends_line(*p)) ++p;
    return p;
  }
  static const char* skip_space(const char* p) {
    while (is_space(*p)) ++p;
    return p;
  }

  [[noreturn]] void fail(const char* at, const char* what, const std::string& why) const {
    const auto lines = std::count(piece_.text.data(), at, '\n');
    const std::string_view word(at, static_cast<std::size_t>(end_of_word(at) - at));
    throw DataError::at_line(file_, piece_.first_line + static_cast<std::size_t>(lines),
                             fmt::format("{} {} {}", what, shown(word), why));
  }

  const std::string& file_;
  const RowPiece& piece_;
  SparseTable& table_;
  std::size_t rows_ = 0;
  std::size_t entries_ = 0;
  std::uint64_t previous_ = 0;  // the row's last index
};

}  // namespace

void read_rows(const std::string& file, const RowPiece& piece, SparseTable& rows) {
  SparseReader(file, piece, rows).read();
}

}  // namespace calando::io
