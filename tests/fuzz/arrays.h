// SPDX-License-Identifier: MIT
// What holds of an array whatever file it came from.
#pragma once

#include <algorithm>

#include "src/io/array.h"
#include "tests/fuzz/fuzz.h"

namespace calando::fuzz {

/// Its size is its shape's, and every element can be read.
inline void check(const io::Array& array) {
  std::size_t count = 1;
  for (const std::size_t size : array.shape) count *= size;
  require(count == array.count());
  std::vector<double> values(array.count());
  array.copy_to(0, values);
}

}  // namespace calando::fuzz
