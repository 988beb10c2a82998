// SPDX-License-Identifier: MIT
// Files that get shorter while they are mapped: a named error instead of the death of the process.
#pragma once

#include <functional>
#include <string>

#include "src/io/file.h"

namespace calando::tools {

/// From now on a page of this file that is no longer there reads as zeros, and is remembered. Register a file before anything of
/// it is read; at most 8.
void guard_mapping(const io::File& file);

/// To be called before results are given out, which may rest on such zeros.
///
/// Throws:  DataError naming the first file that was cut short.
void refuse_shrunk_files();

/// `progress`, which may be empty, after refuse_shrunk_files(): what takes long and is told its share now and then ends early.
std::function<void(double)> refusing_shrunk_files(std::function<void(double)> progress);

}  // namespace calando::tools
