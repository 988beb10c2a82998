// SPDX-License-Identifier: MIT
// Rows of one dimension out of any file that holds some: npy, fvecs, bvecs, IDX, safetensors, tables, word2vec, raw bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/io/array.h"
#include "src/io/file.h"

namespace calando::io {

/// Rows in a file's own bytes where they lie there so, else in a copy. Row i starts `stride` bytes after row i - 1.
struct VectorRows {
  std::string file;
  Type type = Type::f32;
  bool bits = false;  ///< eight elements a byte; the type is then u8
  std::size_t rows = 0;
  std::size_t dimension = 0;
  std::size_t stride = 0;
  Bytes bytes;
  std::vector<std::string> names =
      {};  ///< of the rows, where the file has them: words, a first column of text
};

/// What a file without a header holds.
struct RawShape {
  std::optional<std::size_t> rows = {};  ///< none: as many as there are
  std::size_t dimension = 0;
  Type type = Type::f32;
  bool bits = false;
};

struct VectorOptions {
  std::optional<RawShape> raw = {};  ///< the file has no header; without `rows`, an npy file is read as that
  std::string tensor = {};           ///< of a safetensors file with more than one
};

/// All vectors of a file, whose format its content tells: an array's first axis counts the rows, the others make the
/// dimension; an array of one axis is one vector. bool becomes bits, the missing ones of the last byte 0. Types: those of calando::Element, i16 and u16
/// (as f32), i32 and u32 (as f64).
///
/// Throws:  DataError: no known format, empty, other types, damage, with the byte or line; UsageError: no such tensor.
VectorRows read_vectors(const File& file, const VectorOptions& options = {});

/// One number in the `.fvecs` and `.bvecs` of Texmex: each row is its dimension, 32 bits little-endian, then its elements, f32 or
/// u8. Nothing where the content does not start so.
///
/// Throws:  DataError: a row of another dimension, or cut short.
std::optional<VectorRows> read_vecs(const File& file);

/// Text lines `word number number ...`, after a line `rows dimension` or without one (word2vec, fastText, GloVe).
/// Whether the content starts so; and its rows.
///
/// Throws:  DataError, with file:line: another number of numbers or rows than said, what is not a finite number.
bool is_word_vectors(std::string_view text) noexcept;
VectorRows read_word_vectors(const File& file);

}  // namespace calando::io
