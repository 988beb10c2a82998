// SPDX-License-Identifier: MIT
#include "src/io/csv_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "calando/error.h"
#include "src/io/csv_cells.h"
#include "src/io/decimal.h"

namespace calando::io {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

class RowReader {
 public:
  RowReader(const CsvLayout& layout, const RowPiece& piece, Table& table)
      : layout_(layout),
        piece_(piece),
        table_(table),
        scanner_(layout.separator),
        codes_(layout.columns.size()) {
    for (const Column& column : layout.columns) numeric_.push_back(column.kind == Kind::numeric ? 1 : 0);
    prepare();
  }

  void read() {
    const char* p = piece_.text.data();
    const char* const end = p + piece_.text.size();
    std::size_t row = 0;
    for (; p != end; ++row) {
      if (inner_lines_ > 0) note_line(table_.lines, row, piece_.first_line + row + inner_lines_);
      p = read_row(p, end, row);
    }
    finish(row);
  }

 private:
  // Room for as many rows as there are lines: only newlines inside quotes make them fewer.
  void prepare() {
    table_.rows = 0;
    table_.lines = {{0, piece_.first_line}};
    table_.columns.resize(layout_.columns.size());
    for (std::size_t c = 0; c < layout_.columns.size(); ++c) {
      Column& column = table_.columns[c];
      column.kind = layout_.columns[c].kind;
      column.categories.clear();
      column.values.resize(numeric_[c] != 0 ? piece_.lines : 0);
      column.codes.resize(column.kind == Kind::categorical ? piece_.lines : 0);
    }
  }

  void finish(std::size_t rows) {
    table_.rows = rows;
    for (std::size_t c = 0; c < layout_.columns.size(); ++c) {
      table_.columns[c].values.resize(numeric_[c] != 0 ? rows : 0);
      table_.columns[c].codes.resize(table_.columns[c].kind == Kind::categorical ? rows : 0);
    }
  }

  const char* read_row(const char* const start, const char* end, std::size_t row) {
    const char* p = start;
    const std::size_t columns = numeric_.size();
    start_ = start;
    for (std::size_t c = 0; c < columns; ++c) {
      p = numeric_[c] != 0 ? read_value(p, end, c, row) : read_category(p, end, c, row);
      if (*p == '\n' && c + 1 < columns) check_length(end);
      ++p;
    }
    if (p[-1] != '\n') check_length(end);
    return p;
  }

  const char* read_value(const char* p, const char* end, std::size_t c, std::size_t row) {
    Decimal number;
    float& out = table_.columns[c].values[row];
    const char* const stop = scan_decimal(p, number);
    if (stop != nullptr && (*stop == layout_.separator || *stop == '\n') && !layout_.number_is_missing &&
        to_float32(number, out)) {
      return stop;
    }
    return read_any_value(p, end, c, out);
  }

  /// The cells that are not plain numbers: missing, quoted, spaced, at the ends of lines with CR, and wrong.
  const char* read_any_value(const char* p, const char* end, std::size_t c, float& out) {
    Cell cell;
    const char* const stop = scan(p, end, cell);
    if (layout_.is_missing(cell.text)) {
      out = kMissing;
      return stop;
    }
    const NumberForm form = read_number(cell.text, out);
    if (form == NumberForm::finite && std::isfinite(out)) return stop;
    check_length(end);  // a row that is shifted is the better explanation
    const char* const why = form == NumberForm::none         ? "is not a number"
                            : form == NumberForm::not_finite ? "is not finite; only an empty cell is missing"
                                                             : "is beyond the range of float32";
    fail(p, fmt::format("column {}: {} {}", shown(layout_.columns[c].name), shown(cell.text), why));
  }

  const char* read_category(const char* p, const char* end, std::size_t c, std::size_t row) {
    Cell cell;
    const char* const stop = scan(p, end, cell);
    if (table_.columns[c].kind == Kind::ignored) return stop;
    std::int32_t& out = table_.columns[c].codes[row];
    if (layout_.is_missing(cell.text)) {
      out = -1;
      return stop;
    }
    // The text as it stands in the file is the key; where a doubled quote makes that differ from the value,
    // so does it in every cell of this value that is quoted, and an unquoted one has no quotes.
    auto& categories = table_.columns[c].categories;
    const auto [found, added] =
        codes_[c].try_emplace(cell.text, static_cast<std::int32_t>(categories.size()));
    if (added) categories.push_back(cell.doubled ? cell.value() : std::string(cell.text));
    out = found->second;
    return stop;
  }

  const char* scan(const char* p, const char* end, Cell& cell) {
    try {
      const char* const stop = scanner_.scan(p, end, cell);
      if (cell.quoted)
        inner_lines_ += static_cast<std::size_t>(std::count(cell.text.begin(), cell.text.end(), '\n'));
      return stop;
    } catch (const Malformed& malformed) {
      fail(malformed.at, malformed.what);
    }
  }

  /// Fails where the row has too many or too few cells.
  void check_length(const char* end) {
    std::size_t count = 0;
    const char* p = start_;
    do {
      Cell ignored;
      p = scan(p, end, ignored);
      ++count;
    } while (*p++ != '\n');
    if (count != numeric_.size()) fail(start_, fmt::format("{} cells, expected {}", count, numeric_.size()));
  }

  [[noreturn]] void fail(const char* at, const std::string& what) const {
    const auto lines = std::count(piece_.text.data(), at, '\n');
    throw DataError::at_line(layout_.file, piece_.first_line + static_cast<std::size_t>(lines), what);
  }

  const CsvLayout& layout_;
  const RowPiece& piece_;
  Table& table_;
  CellScanner scanner_;
  std::vector<unsigned char> numeric_;
  std::vector<std::unordered_map<std::string_view, std::int32_t>> codes_;
  const char* start_ = nullptr;  // of the row
  std::size_t inner_lines_ = 0;  // newlines inside cells so far
};

}  // namespace

void read_rows(const CsvLayout& layout, const RowPiece& piece, Table& rows) {
  RowReader(layout, piece, rows).read();
}

void append_rows(const Table& piece, Table& table, std::vector<CategoryIndex>& known) {
  for (const auto& [row, line] : piece.lines) {
    note_line(table.lines, table.rows + row, line);
  }
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const Column& from = piece.columns[c];
    Column& to = table.columns[c];
    to.values.insert(to.values.end(), from.values.begin(), from.values.end());
    std::vector<std::int32_t> code_of;
    for (const std::string& category : from.categories) {
      const auto [found, added] =
          known[c].try_emplace(category, static_cast<std::int32_t>(to.categories.size()));
      if (added) to.categories.push_back(category);
      code_of.push_back(found->second);
    }
    const auto code = [&](std::int32_t own) {
      return own < 0 ? own : code_of[static_cast<std::size_t>(own)];
    };
    std::transform(from.codes.begin(), from.codes.end(), std::back_inserter(to.codes), code);
  }
  table.rows += piece.rows;
}

}  // namespace calando::io
