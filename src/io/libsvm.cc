// SPDX-License-Identifier: MIT
#include "src/io/libsvm.h"

#include <algorithm>
#include <utility>

#include "src/io/libsvm_rows.h"
#include "src/io/read_pieces.h"

namespace calando::io {
namespace {

void append_rows(const SparseTable& piece, SparseTable& table) {
  for (const auto& [row, line] : piece.lines) note_line(table.lines, table.rows() + row, line);
  const std::size_t before = table.columns.size();
  for (std::size_t row = 0; row < piece.rows(); ++row) table.starts.push_back(before + piece.starts[row + 1]);
  table.labels.insert(table.labels.end(), piece.labels.begin(), piece.labels.end());
  table.columns.insert(table.columns.end(), piece.columns.begin(), piece.columns.end());
  table.values.insert(table.values.end(), piece.values.begin(), piece.values.end());
  table.width = std::max(table.width, piece.width);
}

void clear_rows(SparseTable& table) {
  table.labels.clear();
  table.starts.assign(1, 0);
  table.columns.clear();
  table.values.clear();
  table.lines.clear();
}

}  // namespace

struct LibsvmReader::State {
  SparseTable table;
  RowBlocks blocks;
  cpu::Team* team;
  std::vector<PieceResult<SparseTable>> pieces;

  State(Source source, cpu::Team* threads) : State(source.name(), std::move(source), threads) {}
  State(std::string file, Source source, cpu::Team* threads)
      : blocks(std::move(source), '\0', 1), team(threads) {
    table.file = std::move(file);
  }

  /// Appends the next rows to the table; the bytes they took, 0 at the end.
  std::size_t read_block() {
    return read_pieces(
        blocks, team, pieces,
        [&](const RowPiece& piece, SparseTable& rows) { read_rows(table.file, piece, rows); },
        [&](const SparseTable& rows) { append_rows(rows, table); });
  }
};

LibsvmReader::LibsvmReader(Source source, cpu::Team* team) {
  const std::string file = source.name();
  state_ = std::make_unique<State>(file, std::move(source), team);
}
LibsvmReader::~LibsvmReader() = default;
LibsvmReader::LibsvmReader(LibsvmReader&&) noexcept = default;
LibsvmReader& LibsvmReader::operator=(LibsvmReader&&) noexcept = default;

const SparseTable& LibsvmReader::table() const noexcept { return state_->table; }

bool LibsvmReader::next() {
  clear_rows(state_->table);
  return state_->read_block() > 0;
}

SparseTable LibsvmReader::all() && {
  SparseTable& table = state_->table;
  clear_rows(table);
  std::size_t bytes = state_->read_block();
  if (bytes > 0) {
    const std::size_t left = state_->blocks.size_hint();
    table.labels.reserve(expected_rows(table.rows(), bytes, left));
    table.starts.reserve(expected_rows(table.rows(), bytes, left) + 1);
    table.columns.reserve(expected_rows(table.columns.size(), bytes, left));
    table.values.reserve(expected_rows(table.columns.size(), bytes, left));
  }
  while (bytes > 0) bytes = state_->read_block();
  return std::move(table);
}

SparseTable read_libsvm(const std::string& path, cpu::Team* team) {
  return LibsvmReader(Source(path), team).all();
}

}  // namespace calando::io
