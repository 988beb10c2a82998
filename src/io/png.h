// SPDX-License-Identifier: MIT
// Writes grey pictures as PNG.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace calando::io {

/// The bytes of a PNG file with one channel of 8 bits.
///
/// Shapes:  pixels: rows x columns, row-major; 0 is black
/// Throws:  UsageError where the sizes do not fit or a picture is empty. RunError: zlib
std::string png_grey(std::size_t rows, std::size_t columns, std::span<const std::uint8_t> pixels);

}  // namespace calando::io
