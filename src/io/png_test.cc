// SPDX-License-Identifier: MIT
#ifndef CALANDO_PORTABLE

#include "src/io/png.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <vector>

#include "calando/error.h"

namespace calando::io {
namespace {

std::uint32_t number_at(const std::string& file, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(file[at + i]);
  return value;
}

TEST(Png, ReadsBackToItsPixels) {
  const std::vector<std::uint8_t> pixels = {0, 255, 7, 8, 9, 10};
  const std::string file = png_grey(2, 3, pixels);
  ASSERT_EQ(file.substr(0, 8), "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(number_at(file, 8), 13u);
  EXPECT_EQ(file.substr(12, 4), "IHDR");
  EXPECT_EQ(number_at(file, 16), 3u);  // columns
  EXPECT_EQ(number_at(file, 20), 2u);  // rows
  const std::size_t data = number_at(file, 33);
  ASSERT_EQ(file.substr(37, 4), "IDAT");
  std::string lines(100, '\0');
  uLongf size = lines.size();
  ASSERT_EQ(uncompress(reinterpret_cast<Bytef*>(lines.data()), &size,
                       reinterpret_cast<const Bytef*>(&file[41]), static_cast<uLong>(data)),
            Z_OK);
  EXPECT_EQ(lines.substr(0, size), std::string("\0\x00\xFF\x07\0\x08\x09\x0A", 8));
}

TEST(Png, HasTheChecksumOfEachChunk) {
  const std::string file = png_grey(1, 1, std::vector<std::uint8_t>{1});
  std::size_t at = 8, chunks = 0;
  while (at < file.size()) {
    const std::size_t length = number_at(file, at);
    const auto crc = crc32(0, reinterpret_cast<const Bytef*>(&file[at + 4]), static_cast<uInt>(length + 4));
    EXPECT_EQ(number_at(file, at + 8 + length), crc);
    at += 12 + length;
    ++chunks;
  }
  EXPECT_EQ(chunks, 3u);
  EXPECT_EQ(number_at(file, file.size() - 4), 0xAE426082u);  // of IEND, as the standard prints it
}

TEST(Png, RefusesSizesThatDoNotFit) {
  const std::vector<std::uint8_t> pixels(6);
  EXPECT_THROW(png_grey(2, 2, pixels), UsageError);
  EXPECT_THROW(png_grey(0, 0, {}), UsageError);
}

}  // namespace
}  // namespace calando::io

#endif
