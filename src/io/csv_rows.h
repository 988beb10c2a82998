// SPDX-License-Identifier: MIT
// The rows of one piece of a table's text, read without regard to the others.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "src/io/csv_layout.h"
#include "src/io/row_blocks.h"

namespace calando::io {

/// Reads a piece's rows into `rows`, whose memory is used again. Categories are the piece's own, in the order
/// of their first appearance in it.
///
/// Throws:  DataError.
void read_rows(const CsvLayout& layout, const RowPiece& piece, Table& rows);

/// Appends a piece's rows to those before it. `known` holds for each column where its categories are.
using CategoryIndex = std::unordered_map<std::string, std::int32_t>;
void append_rows(const Table& piece, Table& table, std::vector<CategoryIndex>& known);

}  // namespace calando::io
