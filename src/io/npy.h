// SPDX-License-Identifier: MIT
// NumPy's format of one array.
#pragma once

#include <string>

#include "src/io/array.h"
#include "src/io/file.h"

namespace calando::io {

/// An .npy file, versions 1 to 3: without a copy unless it is in Fortran order or its data are not aligned.
///
/// Throws:  DataError: header, type (big-endian, objects, complex, strings), sizes that disagree with the
/// length. Source:  numpy.lib.format.
Array read_npy(const File& file);

/// The bytes numpy.save writes for the same array (bfloat16, which NumPy lacks, is a UsageError).
std::string npy_bytes(const Array& array);

/// The same into a file, atomically.
void write_npy(const std::string& path, const Array& array);

}  // namespace calando::io
