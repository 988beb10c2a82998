// SPDX-License-Identifier: MIT
#include "src/io/array_bytes.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace calando::io {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie in memory");

std::optional<std::size_t> bytes_of(Type type, std::span<const std::size_t> shape) noexcept {
  std::size_t bytes = size_of(type);
  bool overflow = false;
  for (const std::size_t size : shape) {
    if (size == 0) return 0;
    overflow |= __builtin_mul_overflow(bytes, size, &bytes);
  }
  return overflow ? std::nullopt : std::optional(bytes);
}

Bytes native_bytes(Bytes bytes, std::size_t element, ByteOrder order) {
  const bool aligned = reinterpret_cast<std::uintptr_t>(bytes.view.data()) % element == 0;
  const bool swap = order == ByteOrder::big && element > 1;
  if (aligned && !swap) return bytes;
  Buffer buffer = make_buffer(bytes.view.size());
  bytes.view.copy(buffer.data, bytes.view.size());
  if (swap) {
    for (std::size_t at = 0; at < bytes.view.size(); at += element) {
      std::reverse(buffer.data + at, buffer.data + at + element);
    }
  }
  return std::move(buffer.bytes);
}

std::optional<std::size_t> find_bad_bool(const Array& array) noexcept {
  if (array.type != Type::boolean) return std::nullopt;
  const std::string_view bytes = array.bytes.view;
  const auto bad = std::find_if(bytes.begin(), bytes.end(), [](char c) { return (c & ~1) != 0; });
  if (bad == bytes.end()) return std::nullopt;
  return static_cast<std::size_t>(bad - bytes.begin());
}

}  // namespace calando::io
