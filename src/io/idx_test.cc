// SPDX-License-Identifier: MIT
#include "src/io/idx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/io/io_testing.h"

namespace calando::io {
namespace {

using testing::ElementsAre;
using namespace std::string_literals;

Array read(const std::string& content) { return read_idx(file_of("t.idx", content)); }
std::string error_of(const std::string& content) {
  return data_error([&] { read(content); });
}

TEST(Idx, BytesAreViewedInPlace) {
  const File file = file_of("t.idx", "\0\0\x08\x02\0\0\0\x02\0\0\0\x03\x01\x02\x03\x04\x05\xFF"s);
  const Array array = read_idx(file);
  EXPECT_EQ(array.type, Type::u8);
  EXPECT_THAT(array.shape, ElementsAre(2, 3));
  EXPECT_THAT(array.as<std::uint8_t>(), ElementsAre(1, 2, 3, 4, 5, 255));
  EXPECT_EQ(array.bytes.view.data(), file.bytes.view.data() + 12);
}

TEST(Idx, WideElementsAreBroughtToTheMachinesOrder) {
  EXPECT_THAT(read("\0\0\x09\x01\0\0\0\x01\xFE"s).as<std::int8_t>(), ElementsAre(-2));
  EXPECT_THAT(read("\0\0\x0B\x01\0\0\0\x02\x01\x02\xFF\xFE"s).as<std::int16_t>(), ElementsAre(258, -2));
  EXPECT_THAT(read("\0\0\x0C\x01\0\0\0\x01\0\x01\0\0"s).as<std::int32_t>(), ElementsAre(65536));
  EXPECT_THAT(read("\0\0\x0D\x01\0\0\0\x01\xBF\xC0\0\0"s).as<float>(), ElementsAre(-1.5F));
  EXPECT_THAT(read("\0\0\x0E\x01\0\0\0\x01\x3F\xB9\x99\x99\x99\x99\x99\x9A"s).as<double>(), ElementsAre(0.1));
}

TEST(Idx, NoElementsAreAnArrayToo) { EXPECT_EQ(read("\0\0\x08\x02\0\0\0\0\xFF\xFF\xFF\xFF"s).count(), 0); }

TEST(Idx, SizesThatDisagreeWithTheLengthAreNamedWithBothNumbers) {
  const std::string good = "\0\0\x08\x02\0\0\0\x02\0\0\0\x03\x01\x02\x03\x04\x05\x06"s;
  EXPECT_EQ(error_of(good + "x"), "t.idx at byte 12: 7 bytes of data, expected 6 for 2 x 3 x uint8");
  EXPECT_EQ(error_of(good.substr(0, 17)), "t.idx at byte 12: 5 bytes of data, expected 6 for 2 x 3 x uint8");
  EXPECT_EQ(error_of(good.substr(0, 10)),
            "t.idx at byte 10: the IDX header of 2 sizes ends too early: 10 bytes, expected 12");
  EXPECT_EQ(error_of("\0\0\x0E\x03\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s),
            "t.idx at byte 16: 0 bytes of data, expected more than 2^64 for 4294967295 x 4294967295 x "
            "4294967295 x float64");
}

TEST(Idx, WhatIsNoIdxIsRefused) {
  EXPECT_EQ(error_of(""), "t.idx at byte 0: the IDX header ends too early");
  EXPECT_EQ(error_of("PK\3\4"), "t.idx at byte 0: IDX starts with two zeros, not 0x50 0x4b");
  EXPECT_EQ(error_of("\0\0\x0A\x01"s), "t.idx at byte 2: 0x0a is no IDX element type");
}

}  // namespace
}  // namespace calando::io
