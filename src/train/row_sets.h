// SPDX-License-Identifier: MIT
// The ways in which rows are kept in memory, all seen as features.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "src/io/array.h"
#include "src/io/libsvm.h"
#include "src/train/features.h"
#include "src/train/preprocessing.h"

namespace calando::training {

/// Rows as a file has them, before anything is known of them but their columns.
struct RawRows {
  std::size_t rows = 0;
  std::size_t width = 0;
  io::Bytes numbers;       // rows x width float32, of tables and arrays
  io::Bytes bytes;         // rows x width, of images
  io::SparseTable sparse;  // of LIBSVM text

  const float* number_row(std::size_t row) const {
    return reinterpret_cast<const float*>(numbers.view.data()) + row * width;
  }
  const unsigned char* byte_row(std::size_t row) const {
    return reinterpret_cast<const unsigned char*>(bytes.view.data()) + row * width;
  }
};

/// Raw rows seen through an encoder: those with these numbers, in this order.
std::unique_ptr<Features> make_features(std::shared_ptr<const RawRows> rows,
                                        std::vector<std::uint32_t> numbers,
                                        const Preprocessing& preprocessing);

/// The raw bytes of an image among the features, or none where they are no images.
std::span<const std::uint8_t> image_of(const Features& features, std::size_t row);
/// A raw row in numbers; none of sparse rows and images.
std::span<const float> raw_row_of(const Features& features, std::size_t row);
/// The number of the row in its file, from 0.
std::size_t file_row_of(const Features& features, std::size_t row);

}  // namespace calando::training
