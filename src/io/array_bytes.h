// SPDX-License-Identifier: MIT
// What the readers of arrays have in common: sizes without overflow, byte order, alignment, the bytes a bool
// may have.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "src/io/array.h"

namespace calando::io {

/// The bytes of an array of this shape; nothing where they pass 2^64.
std::optional<std::size_t> bytes_of(Type type, std::span<const std::size_t> shape) noexcept;

enum class ByteOrder { little, big };

/// The same elements in the machine's order and aligned to their size: without a copy where they are so
/// already.
Bytes native_bytes(Bytes bytes, std::size_t element, ByteOrder order);

/// The first byte of an array of bool that is neither 0 nor 1.
std::optional<std::size_t> find_bad_bool(const Array& array) noexcept;

}  // namespace calando::io
