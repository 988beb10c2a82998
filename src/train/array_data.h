// SPDX-License-Identifier: MIT
// Arrays (.npy, IDX) as raw rows: the first axis is the row.
#pragma once

#include <memory>
#include <string>

#include "src/io/file.h"
#include "src/train/raw_data.h"

namespace calando::training {

/// An array of bytes with rows and columns for each row is images, which stay bytes; any other is numbers.
///
/// Shapes:  labels: one for each row; a path, or empty
/// Throws:  DataError: sizes that disagree, a value that is not finite
RawData read_array(io::Source source, const std::string& labels);

/// The array's rows, some at a time, for a model trained on as wide ones.
std::unique_ptr<RawReader> open_array(io::Source source, const std::string& labels,
                                      const Preprocessing& model);

}  // namespace calando::training
