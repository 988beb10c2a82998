// SPDX-License-Identifier: MIT
#include "src/io/idx.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>

#include "calando/error.h"
#include "src/io/array_bytes.h"

namespace calando::io {
namespace {

std::optional<Type> type_of_code(unsigned char code) {
  switch (code) {
    case 0x08:
      return Type::u8;
    case 0x09:
      return Type::i8;
    case 0x0B:
      return Type::i16;
    case 0x0C:
      return Type::i32;
    case 0x0D:
      return Type::f32;
    case 0x0E:
      return Type::f64;
    default:
      return std::nullopt;
  }
}

}  // namespace

Array read_idx(const File& file) {
  const std::string_view all = file.bytes.view;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(all[at]); };
  if (all.size() < 4) throw DataError::at_byte(file.name, all.size(), "the IDX header ends too early");
  if (byte(0) != 0 || byte(1) != 0) {
    throw DataError::at_byte(file.name, 0,
                             fmt::format("IDX starts with two zeros, not {:#04x} {:#04x}", byte(0), byte(1)));
  }
  const auto type = type_of_code(byte(2));
  if (!type) throw DataError::at_byte(file.name, 2, fmt::format("{:#04x} is no IDX element type", byte(2)));

  const std::size_t start = 4 + 4 * std::size_t{byte(3)};
  if (all.size() < start) {
    throw DataError::at_byte(file.name, all.size(),
                             fmt::format("the IDX header of {} sizes ends too early: {} bytes, expected {}",
                                         byte(3), all.size(), start));
  }
  Array array{*type, {}, {}};
  for (std::size_t at = 4; at < start; at += 4) {
    array.shape.push_back(std::size_t{byte(at)} << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 |
                          byte(at + 3));
  }
  const auto expected = bytes_of(*type, array.shape);
  if (expected != all.size() - start) {
    throw DataError::at_byte(file.name, start,
                             fmt::format("{} bytes of data, expected {} for {} x {}", all.size() - start,
                                         expected ? fmt::to_string(*expected) : "more than 2^64",
                                         fmt::join(array.shape, " x "), name_of(*type)));
  }
  array.bytes = native_bytes({all.substr(start), file.bytes.owner}, size_of(*type), ByteOrder::big);
  return array;
}

}  // namespace calando::io
