// SPDX-License-Identifier: MIT
// The ways in which rows are kept in memory, all seen as features.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "src/io/array.h"
#include "src/io/libsvm.h"
#include "src/train/features.h"
#include "src/train/preprocessing.h"

namespace calando::training {

/// Rows as a file has them, before anything is known of them but their columns.
struct RawRows {
  std::size_t rows = 0;
  std::vector<float> numbers;    // rows x columns, of tables and arrays
  io::Bytes bytes;               // rows x columns, of images
  io::SparseTable sparse;        // of LIBSVM text
};

/// Raw rows seen through an encoder.
std::unique_ptr<Features> make_features(RawRows rows, const Preprocessing& preprocessing);

/// The raw bytes of an image among the features, or none where they are no images.
std::span<const std::uint8_t> image_of(const Features& features, std::size_t row);
/// A raw row in numbers.
std::vector<float> raw_row_of(const Features& features, std::size_t row);

}  // namespace calando::training
