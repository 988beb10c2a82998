// SPDX-License-Identifier: MIT
// The pieces of a text read by a team, and put together in the order of the text.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "calando/error.h"
#include "src/cpu/threads.h"
#include "src/io/row_blocks.h"

namespace calando::io {

/// What came out of one piece.
template <class Rows>
struct PieceResult {
  Rows rows;
  std::optional<DataError> error;  ///< the first of the piece; the rows are then of no use
};

/// Calls read(piece, rows) for the next pieces, on any thread, then append(rows) for each in order. Returns
/// how many bytes they had, 0 at the end.
///
/// Throws:  DataError: the first of the text, whichever thread met it.
template <class Rows, class Read, class Append>
std::size_t read_pieces(RowBlocks& blocks, cpu::Team* team, std::vector<PieceResult<Rows>>& results,
                        Read&& read, Append&& append) {
  // More pieces than threads, so that one thread which is held up does not hold up the others.
  constexpr std::size_t kPiecesPerThread = 4;
  const auto threads = team == nullptr ? std::size_t{1} : static_cast<std::size_t>(team->size());
  const std::vector<RowPiece> pieces = blocks.next(threads > 1 ? kPiecesPerThread * threads : 1);
  results.resize(std::max(results.size(), pieces.size()));
  const auto read_one = [&](std::size_t i) {
    results[i].error.reset();
    try {
      read(pieces[i], results[i].rows);
    } catch (const DataError& error) {
      results[i].error = error;
    }
  };
  if (threads > 1) {
    team->run(pieces.size(), read_one);
  } else {
    for (std::size_t i = 0; i < pieces.size(); ++i) read_one(i);
  }
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (results[i].error) throw *results[i].error;
    append(results[i].rows);
    bytes += pieces[i].text.size();
  }
  return bytes;
}

/// How many rows there will be, when `rows` of them took `bytes` and about `left` bytes are to come.
inline std::size_t expected_rows(std::size_t rows, std::size_t bytes, std::size_t left) {
  const double share = static_cast<double>(left) / static_cast<double>(bytes);
  return rows + static_cast<std::size_t>(static_cast<double>(rows) * share * 1.02);
}

}  // namespace calando::io
