// SPDX-License-Identifier: MIT
// The dictionary at the start of an .npy file: a small part of Python's literals.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace calando::io {

struct NpyHeader {
  std::string descr;  ///< NumPy's name of the type: "<f4"
  bool fortran_order = false;
  std::vector<std::size_t> shape;
};

/// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`, keys in any order.
///
/// Throws:  DataError: anything else; `text` starts at byte `offset` of `file`.
NpyHeader parse_npy_header(const std::string& file, std::string_view text, std::size_t offset);

}  // namespace calando::io
