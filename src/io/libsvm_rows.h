// SPDX-License-Identifier: MIT
// The rows of one piece of LIBSVM text, read without regard to the others.
#pragma once

#include <string>

#include "src/io/libsvm.h"
#include "src/io/row_blocks.h"

namespace calando::io {

/// Reads a piece's rows into `rows`, whose memory is used again.
///
/// Throws:  DataError.
void read_rows(const std::string& file, const RowPiece& piece, SparseTable& rows);

}  // namespace calando::io
