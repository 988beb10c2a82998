// SPDX-License-Identifier: MIT
#include "src/io/csv.h"

#include <algorithm>

#include "src/io/csv_rows.h"

namespace calando::io {
namespace {

// More pieces than threads, so that one thread which is held up does not hold up the others.
constexpr std::size_t kPiecesPerThread = 4;

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
  std::vector<CsvRows> pieces;
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
    const auto texts =
        blocks.next(team == nullptr ? 1 : kPiecesPerThread * static_cast<std::size_t>(team->size()));
    pieces.resize(std::max(pieces.size(), texts.size()));
    const auto read = [&](std::size_t i) { read_rows(layout, texts[i], pieces[i]); };
    if (team != nullptr) {
      team->run(texts.size(), read);
    } else {
      for (std::size_t i = 0; i < texts.size(); ++i) read(i);
    }
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (pieces[i].error) throw *pieces[i].error;
      append_rows(pieces[i].table, table, known);
      bytes += texts[i].text.size();
    }
    return bytes;
  }
};

CsvReader::CsvReader(Source source, CsvOptions options, cpu::Team* team) {
  CsvLayout layout = read_layout(source, options);
  state_ = std::make_unique<State>(std::move(layout), std::move(source), team);
}
CsvReader::~CsvReader() = default;
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;

const Table& CsvReader::table() const noexcept { return state_->table; }

bool CsvReader::next() {
  clear_rows(state_->table);
  return state_->read_block() > 0;
}

Table CsvReader::all() && {
  Table& table = state_->table;
  clear_rows(table);
  std::size_t bytes = state_->read_block();
  if (bytes > 0) {
    const double rows_per_byte = static_cast<double>(table.rows) / static_cast<double>(bytes);
    const double left = static_cast<double>(state_->blocks.size_hint());
    reserve_rows(table, table.rows + static_cast<std::size_t>(1.02 * rows_per_byte * left));
  }
  while (bytes > 0) bytes = state_->read_block();
  return std::move(table);
}

Table read_csv(const std::string& path, const CsvOptions& options, cpu::Team* team) {
  return CsvReader(Source(path), options, team).all();
}

}  // namespace calando::io
