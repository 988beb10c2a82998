// SPDX-License-Identifier: MIT
// Tables as text: comma, semicolon or tab between the cells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/cpu/threads.h"
#include "src/io/file.h"
#include "src/io/row_lines.h"

namespace calando::io {

enum class Kind : std::uint8_t { numeric, categorical, ignored };

/// Whether an option may name a column that this file does not have: a later file may lack the target.
enum class AbsentNames : std::uint8_t { refused, ignored };

/// What becomes of the columns that no option names.
enum class OtherColumns : std::uint8_t { read, ignored };

/// How to read a table; what is not given is told by the content.
struct CsvOptions {
  std::optional<char> separator = {};  ///< ',', ';' or tab
  std::optional<bool> header = {};     ///< else: the first row is a header unless all its cells are numbers
  std::vector<std::string> numeric = {};      ///< columns by name
  std::vector<std::string> categorical = {};  ///< columns by name
  std::vector<std::string> ignored = {};      ///< columns by name: their cells are skipped
  OtherColumns others = OtherColumns::read;
  std::vector<std::string> missing_words = {};  ///< beside the empty cell
  AbsentNames absent_names = AbsentNames::refused;
};

/// One column. Without a header the names are "1", "2", ... An ignored one has no cells.
struct Column {
  std::string name;
  Kind kind = Kind::numeric;
  std::vector<float> values;            ///< numeric: NaN is missing, and nothing else is
  std::vector<std::int32_t> codes;      ///< categorical: index into categories, -1 is missing
  std::vector<std::string> categories;  ///< in the order of their first appearance
};

struct Table {
  std::string file;
  std::vector<Column> columns;
  std::size_t rows = 0;

  /// The physical line of the file where a row starts; the first line is 1.
  std::size_t line_of(std::size_t row) const noexcept { return line_of_row(lines, row); }

  RowLines lines;
};

/// Reads a table block by block, so that a pipe needs no memory for what is past.
///
///   CsvReader reader(Source("train.csv"), {.categorical = {"zip"}});
///   while (reader.next()) use(reader.table());    // or: Table table = std::move(reader).all();
///
/// Cells:   RFC 4180 quotes; CRLF; a byte order mark; blank lines at the end and an unterminated last line are fine.
/// Kinds:   a column is numeric when its first 100 cells that are not missing are numbers.
/// Error:   numbers are correctly rounded to float32; the same table for any team
/// Throws:  DataError, with file:line: number of cells, text in a numeric column, nan, inf, a number beyond float32, NUL,
///          quotes; UsageError: an option names a column that is not there.
/// Departs: RFC 4180 says nothing of a quote inside an unquoted cell: it is an error here, as it is there by the grammar.
class CsvReader {
 public:
  explicit CsvReader(Source source, const CsvOptions& options = {}, cpu::Team* team = nullptr);
  ~CsvReader();
  CsvReader(CsvReader&&) noexcept;
  CsvReader& operator=(CsvReader&&) noexcept;

  /// The columns, known from the start, and the rows that the last next() read. Categories grow from block to
  /// block.
  const Table& table() const noexcept;

  /// Whether the first row names the columns, and what stands between the cells.
  bool header() const noexcept;
  char separator() const noexcept;

  /// Replaces the rows by the next ones; false when there are none left. From a pipe: those that have
  /// arrived.
  bool next();

  /// All the rows that are left.
  Table all() &&;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The whole table: CsvReader(Source(path), options, team).all().
Table read_csv(const std::string& path, const CsvOptions& options = {}, cpu::Team* team = nullptr);

}  // namespace calando::io
