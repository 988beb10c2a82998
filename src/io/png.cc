// SPDX-License-Identifier: MIT
// The format is that of the W3C's "Portable Network Graphics" (2003): a signature and chunks, each with its length,
// its name, its data and a checksum of name and data.
#ifndef CALANDO_PORTABLE

#include "src/io/png.h"

#include <fmt/format.h>
#include <zlib.h>

#include <string_view>

#include "calando/error.h"

namespace calando::io {
namespace {

std::string big_endian(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

std::uint32_t checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

void add_chunk(std::string_view name, std::string_view data, std::string& file) {
  std::string named(name);
  named += data;
  file += big_endian(static_cast<std::uint32_t>(data.size()));
  file += named;
  file += big_endian(checksum(named));
}

std::string compressed(std::string_view bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  std::string result(size, '\0');
  const int status =
      compress2(reinterpret_cast<Bytef*>(result.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                static_cast<uLong>(bytes.size()), 9);
  if (status != Z_OK)
    throw RunError(fmt::format("zlib: cannot compress {} bytes (status {})", bytes.size(), status));
  result.resize(size);
  return result;
}

}  // namespace

std::string png_grey(std::size_t rows, std::size_t columns, std::span<const std::uint8_t> pixels) {
  constexpr std::size_t kMost = 1 << 15;  // either way, so that no length leaves 32 bits
  if (rows == 0 || columns == 0 || rows > kMost || columns > kMost || pixels.size() != rows * columns) {
    throw UsageError(
        fmt::format("picture of {} x {} with {} pixels, expected 1 to {} each way and their product", rows,
                    columns, pixels.size(), kMost));
  }
  std::string lines;
  for (std::size_t row = 0; row < rows; ++row) {
    lines += '\0';  // no filter
    const auto line = pixels.subspan(row * columns, columns);
    lines.append(line.begin(), line.end());
  }
  constexpr char kGrey8[] = {8, 0, 0, 0, 0};  // bits, colour type, compression, filter method, interlacing
  std::string header =
      big_endian(static_cast<std::uint32_t>(columns)) + big_endian(static_cast<std::uint32_t>(rows));
  header.append(kGrey8, sizeof kGrey8);
  std::string file = "\x89PNG\r\n\x1a\n";
  add_chunk("IHDR", header, file);
  add_chunk("IDAT", compressed(lines), file);
  add_chunk("IEND", "", file);
  return file;
}

}  // namespace calando::io

#endif
