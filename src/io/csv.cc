// SPDX-License-Identifier: MIT
#include "src/io/csv.h"

#include <utility>

#include "src/io/csv_rows.h"
#include "src/io/read_pieces.h"

namespace calando::io {
namespace {

void clear_rows(Table& table) {
  table.rows = 0;
  table.lines.clear();
  for (Column& column : table.columns) {
    column.values.clear();
    column.codes.clear();
  }
}

void reserve_rows(Table& table, std::size_t rows) {
  for (Column& column : table.columns) {
    if (column.kind == Kind::numeric) column.values.reserve(rows);
    if (column.kind == Kind::categorical) column.codes.reserve(rows);
  }
}

}  // namespace

struct CsvReader::State {
  CsvLayout layout;
  RowBlocks blocks;
  cpu::Team* team;
  Table table;
  std::vector<PieceResult<Table>> pieces;
  std::vector<CategoryIndex> known;

  State(CsvLayout understood, Source source, cpu::Team* threads)
      : layout(std::move(understood)),
        blocks(std::move(source), '"', layout.first_line),
        team(threads),
        known(layout.columns.size()) {
    table.file = layout.file;
    table.columns = layout.columns;
  }

  /// Appends the next rows to the table; the bytes they took, 0 at the end.
  std::size_t read_block() {
    return read_pieces(
        blocks, team, pieces, [&](const RowPiece& piece, Table& rows) { read_rows(layout, piece, rows); },
        [&](const Table& rows) { append_rows(rows, table, known); });
  }
};

CsvReader::CsvReader(Source source, const CsvOptions& options, cpu::Team* team) {
  CsvLayout layout = read_layout(source, options);
  state_ = std::make_unique<State>(std::move(layout), std::move(source), team);
}
CsvReader::~CsvReader() = default;
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;

const Table& CsvReader::table() const noexcept { return state_->table; }
bool CsvReader::header() const noexcept { return state_->layout.header; }
char CsvReader::separator() const noexcept { return state_->layout.separator; }

bool CsvReader::next() {
  clear_rows(state_->table);
  return state_->read_block() > 0;
}

Table CsvReader::all() && {
  Table& table = state_->table;
  clear_rows(table);
  std::size_t bytes = state_->read_block();
  if (bytes > 0) reserve_rows(table, expected_rows(table.rows, bytes, state_->blocks.size_hint()));
  while (bytes > 0) bytes = state_->read_block();
  return std::move(table);
}

Table read_csv(const std::string& path, const CsvOptions& options, cpu::Team* team) {
  return CsvReader(Source(path), options, team).all();
}

}  // namespace calando::io
