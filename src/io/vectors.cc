// SPDX-License-Identifier: MIT
#include "src/io/vectors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "calando/error.h"
#include "src/io/array_bytes.h"
#include "src/io/csv.h"
#include "src/io/idx.h"
#include "src/io/npy.h"
#include "src/io/safetensors.h"

namespace calando::io {
namespace {

/// The rows of an array without copy.
VectorRows rows_of(const std::string& file, const Array& array) {
  if (array.shape.empty()) throw DataError::in_file(file, "holds a single number, expected vectors");
  const bool one = array.shape.size() == 1;
  VectorRows result{file, array.type, false, one ? 1 : array.shape[0], one ? array.shape[0] : 1,
                    0,    array.bytes};
  for (std::size_t axis = 1; axis < array.shape.size(); ++axis) result.dimension *= array.shape[axis];
  if (result.rows == 0) throw DataError::in_file(file, "holds no vectors");
  if (result.dimension == 0) throw DataError::in_file(file, "holds vectors of dimension 0");
  result.stride = result.dimension * size_of(array.type);
  return result;
}

/// Elements 0 and 1 packed into bytes.
VectorRows packed(VectorRows rows) {
  const std::size_t bytes = (rows.dimension + 7) / 8;
  Buffer buffer = make_buffer(rows.rows * bytes);
  std::fill_n(buffer.data, rows.rows * bytes, '\0');
  for (std::size_t i = 0; i < rows.rows; ++i) {
    const char* const from = rows.bytes.view.data() + i * rows.stride;
    for (std::size_t j = 0; j < rows.dimension; ++j)
      buffer.data[i * bytes + j / 8] |= static_cast<char>((from[j] & 1) << (j % 8));
  }
  rows.type = Type::u8;
  rows.bits = true;
  rows.dimension = 8 * bytes;
  rows.stride = bytes;
  rows.bytes = std::move(buffer.bytes);
  return rows;
}

template <class T>
VectorRows converted(const VectorRows& rows, const Array& array) {
  Buffer buffer = make_buffer(array.count() * sizeof(T));
  array.copy_to(0, std::span<T>(reinterpret_cast<T*>(buffer.data), array.count()));
  VectorRows result = rows;
  result.type = TypeOf<T>::value;
  result.stride = rows.dimension * sizeof(T);
  result.bytes = std::move(buffer.bytes);
  return result;
}

VectorRows vectors_of(const std::string& file, const Array& array) {
  VectorRows rows = rows_of(file, array);
  switch (array.type) {
    case Type::boolean:
      return packed(std::move(rows));
    case Type::i16:
    case Type::u16:
      return converted<float>(rows, array);
    case Type::i32:
    case Type::u32:
      return converted<double>(rows, array);
    case Type::i64:
    case Type::u64:
      throw DataError::in_file(
          file, fmt::format("{} elements, which a double does not hold exactly: expected bool, uint8 to "
                            "int32 or floats",
                            name_of(array.type)));
    default:
      return rows;
  }
}

VectorRows raw_vectors(const File& file, const RawShape& shape) {
  const std::size_t stride = shape.bits ? shape.dimension / 8 : shape.dimension * size_of(shape.type);
  const std::size_t size = file.bytes.view.size();
  const std::size_t rows = shape.rows.value_or(stride == 0 ? 0 : size / stride);
  std::size_t expected = 0;
  const bool overflow = __builtin_mul_overflow(rows, stride, &expected);
  if (overflow || expected != size || size == 0)
    throw DataError::in_file(file.name,
                             fmt::format("{} bytes, expected {} rows of {} bytes", size,
                                         shape.rows ? fmt::to_string(rows) : "one or more", stride));
  Bytes bytes = native_bytes(file.bytes, size_of(shape.bits ? Type::u8 : shape.type), ByteOrder::little);
  return {file.name,       shape.bits ? Type::u8 : shape.type, shape.bits, rows, shape.dimension, stride,
          std::move(bytes)};
}

VectorRows tensor_vectors(const File& file, const std::string& tensor) {
  const Safetensors content = read_safetensors(file);
  if (content.tensors.empty()) throw DataError::in_file(file.name, "holds no tensors");
  if (tensor.empty() && content.tensors.size() == 1)
    return vectors_of(file.name, content.tensors.begin()->second);
  if (const auto found = content.tensors.find(tensor); found != content.tensors.end())
    return vectors_of(fmt::format("{}: tensor \"{}\"", file.name, tensor), found->second);
  std::vector<std::string> names;
  for (const auto& [name, array] : content.tensors) names.push_back(name);
  throw UsageError(fmt::format("{}: {}, it has {}", file.name,
                               tensor.empty() ? "which tensor?" : fmt::format("no tensor \"{}\"", tensor),
                               fmt::join(names, ", ")));
}

/// A table of numbers; its first column may be text.
VectorRows table_vectors(const File& file) {
  const Table table = CsvReader(Source(file)).all();
  VectorRows result;
  result.file = file.name;
  result.rows = table.rows;
  std::size_t first = 0;
  if (!table.columns.empty() && table.columns[0].kind == Kind::categorical && table.columns.size() > 1) {
    first = 1;
    for (const std::int32_t code : table.columns[0].codes)
      result.names.push_back(code < 0 ? "" : table.columns[0].categories[static_cast<std::size_t>(code)]);
  }
  result.dimension = table.columns.size() - first;
  result.stride = result.dimension * sizeof(float);
  if (table.rows == 0) throw DataError::in_file(file.name, "holds no vectors");
  Buffer buffer = make_buffer(table.rows * result.stride);
  auto* const numbers = reinterpret_cast<float*>(buffer.data);
  for (std::size_t c = first; c < table.columns.size(); ++c) {
    const Column& column = table.columns[c];
    if (column.kind != Kind::numeric)
      throw DataError::at_line(file.name, table.line_of(0),
                               fmt::format("column \"{}\" is text, expected numbers", column.name));
    for (std::size_t i = 0; i < table.rows; ++i) {
      if (column.values[i] != column.values[i])
        throw DataError::at_line(file.name, table.line_of(i),
                                 fmt::format("column \"{}\" is empty, expected a number", column.name));
      numbers[i * result.dimension + c - first] = column.values[i];
    }
  }
  result.bytes = std::move(buffer.bytes);
  return result;
}

}  // namespace

VectorRows read_vectors(const File& file, const VectorOptions& options) {
  // Taken for numbers, a header would make wrong vectors; where the rows are counted, their number refuses it.
  const bool has_header = file.bytes.view.starts_with("\x93NUMPY");
  if (options.raw && (options.raw->rows || !has_header)) return raw_vectors(file, *options.raw);
  if (auto vecs = read_vecs(file)) return std::move(*vecs);
  const std::string_view head = file.bytes.view.substr(0, kDetectBytes);
  switch (detect(file.name, head, "; numbers without a header need their shape and type")) {
    case Format::npy:
      return vectors_of(file.name, read_npy(file));
    case Format::idx:
      return vectors_of(file.name, read_idx(file));
    case Format::safetensors:
      return tensor_vectors(file, options.tensor);
    default:
      return is_word_vectors(file.bytes.view) ? read_word_vectors(file) : table_vectors(file);
  }
}

}  // namespace calando::io
