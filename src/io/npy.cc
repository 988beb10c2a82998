// SPDX-License-Identifier: MIT
#include "src/io/npy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "calando/error.h"
#include "src/io/array_bytes.h"
#include "src/io/atomic_file.h"
#include "src/io/npy_header.h"

namespace calando::io {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;     // of the data in the file
constexpr std::size_t kGrowthDigits = 21;  // room NumPy leaves for the first size to grow in place

struct Named {
  std::string_view descr;
  Type type;
};
constexpr std::array<Named, 12> kTypes = {{{"|b1", Type::boolean},
                                           {"|u1", Type::u8},
                                           {"|i1", Type::i8},
                                           {"<u2", Type::u16},
                                           {"<i2", Type::i16},
                                           {"<u4", Type::u32},
                                           {"<i4", Type::i32},
                                           {"<u8", Type::u64},
                                           {"<i8", Type::i64},
                                           {"<f2", Type::f16},
                                           {"<f4", Type::f32},
                                           {"<f8", Type::f64}}};

/// Where the dictionary lies in the file.
struct Extent {
  std::size_t first;
  std::size_t size;
};

Extent find_header(const File& file) {
  const std::string_view all = file.bytes.view;
  if (!all.starts_with(kMagic)) throw DataError::at_byte(file.name, 0, "npy starts with \\x93NUMPY");
  const std::size_t major = all.size() > 6 ? static_cast<unsigned char>(all[6]) : 0;
  if (all.size() > 6 && (major < 1 || major > 3)) {
    throw DataError::at_byte(file.name, 6, fmt::format("npy version {}, expected 1, 2 or 3", major));
  }
  Extent extent{major == 1 ? std::size_t{10} : 12, 0};
  if (all.size() < extent.first)
    throw DataError::at_byte(file.name, all.size(), "the npy header ends too early");
  for (std::size_t at = extent.first; at-- > 8;)
    extent.size = extent.size << 8 | static_cast<unsigned char>(all[at]);
  if (extent.size > all.size() - extent.first) {
    throw DataError::at_byte(file.name, 8,
                             fmt::format("an npy header of {} bytes, {} are left in the file", extent.size,
                                         all.size() - extent.first));
  }
  return extent;
}

Type type_named(const File& file, const std::string& descr) {
  for (const Named& named : kTypes) {
    const bool any_order =
        named.descr[0] == '|' && descr.size() == 3 && std::string_view("<>=|").find(descr[0]) < 4;
    if (descr == named.descr || (any_order && descr.substr(1) == named.descr.substr(1))) return named.type;
  }
  throw DataError::in_file(file.name, fmt::format("npy type \"{}\", expected one of {}", descr,
                                                  "|b1 |u1 |i1 <u2 <i2 <u4 <i4 <u8 <i8 <f2 <f4 <f8"));
}

/// Column-major elements in row-major order.
Bytes row_major(const Array& array) {
  const std::size_t element = size_of(array.type);
  const std::size_t axes = array.shape.size();
  Buffer buffer = make_buffer(array.bytes.view.size());
  std::vector<std::size_t> index(axes, 0);
  std::vector<std::size_t> stride(axes, element);
  for (std::size_t axis = 1; axis < axes; ++axis) stride[axis] = stride[axis - 1] * array.shape[axis - 1];
  std::size_t from = 0;
  for (std::size_t to = 0; to < array.bytes.view.size(); to += element) {
    std::memcpy(buffer.data + to, array.bytes.view.data() + from, element);
    for (std::size_t axis = axes; axis-- > 0;) {
      from += stride[axis];
      if (++index[axis] < array.shape[axis]) break;
      from -= stride[axis] * array.shape[axis];
      index[axis] = 0;
    }
  }
  return std::move(buffer.bytes);
}

std::string header_of(const Array& array) {
  const auto named =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const Named& n) { return n.type == array.type; });
  if (named == kTypes.end()) throw UsageError(fmt::format("npy: {} cannot be written", name_of(array.type)));
  const bool single = array.shape.size() == 1;
  std::string dictionary = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}",
                                       named->descr, fmt::join(array.shape, ", "), single ? "," : "");
  if (!array.shape.empty()) dictionary.append(kGrowthDigits - fmt::to_string(array.shape[0]).size(), ' ');

  const bool wide = dictionary.size() + 1 + kAlignment > 65535;
  const std::size_t start = wide ? 12 : 10;
  dictionary.append(kAlignment - 1 - (start + dictionary.size()) % kAlignment, ' ');
  dictionary += '\n';
  std::string header(kMagic);
  header += wide ? '\2' : '\1';
  header += '\0';
  for (std::size_t i = 8; i < start; ++i) header += static_cast<char>(dictionary.size() >> (8 * (i - 8)));
  return header + dictionary;
}

}  // namespace

Array read_npy(const File& file) {
  const Extent extent = find_header(file);
  const std::string_view all = file.bytes.view;
  NpyHeader header = parse_npy_header(file.name, all.substr(extent.first, extent.size), extent.first);
  Array array{type_named(file, header.descr), std::move(header.shape), {}};

  const std::size_t start = extent.first + extent.size;
  const auto expected = bytes_of(array.type, array.shape);
  if (expected != all.size() - start) {
    throw DataError::at_byte(file.name, start,
                             fmt::format("{} bytes of data, expected {} for ({}) x {}", all.size() - start,
                                         expected ? fmt::to_string(*expected) : "more than 2^64",
                                         fmt::join(array.shape, ", "), name_of(array.type)));
  }
  array.bytes = native_bytes({all.substr(start), file.bytes.owner}, size_of(array.type), ByteOrder::little);
  if (const auto bad = find_bad_bool(array)) {
    throw DataError::at_byte(file.name, start + *bad, "a bool that is neither 0 nor 1");
  }
  if (header.fortran_order && array.shape.size() > 1) array.bytes = row_major(array);
  return array;
}

std::string npy_bytes(const Array& array) { return header_of(array).append(array.bytes.view); }

void write_npy(const std::string& path, const Array& array) {
  AtomicFile file(path);
  file.write(header_of(array));
  file.write(array.bytes.view);
  file.commit();
}

}  // namespace calando::io
