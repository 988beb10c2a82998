// SPDX-License-Identifier: MIT
// What the training loop needs of a data set's features, however they are stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace calando::training {

/// The features of a data set: bytes of images, columns of a table, sparse rows. A model sees them as float32 rows, already
/// standardised, made when a batch needs them, so that images stay one byte a pixel in memory.
class Features {
 public:
  virtual ~Features() = default;

  virtual std::size_t rows() const noexcept = 0;
  virtual std::size_t inputs() const noexcept = 0;

  /// Writes the rows with these numbers, one after the other.
  ///
  /// Shapes:  out: numbers.size() x inputs(), row-major. Called from several threads at once.
  virtual void gather(std::span<const std::uint32_t> numbers, float* out) const noexcept = 0;
};

}  // namespace calando::training
