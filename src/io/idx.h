// SPDX-License-Identifier: MIT
// The format of the MNIST family: big-endian sizes, then the elements.
#pragma once

#include "src/io/array.h"
#include "src/io/file.h"

namespace calando::io {

/// An IDX file: u8 without a copy; i8, i16, i32, f32 and f64 brought to the machine's byte order.
///
/// Throws:  DataError: magic number, type, sizes that disagree with the length (with both numbers).
/// Source:  LeCun & Cortes, "The MNIST database", file formats.
Array read_idx(const File& file);

}  // namespace calando::io
