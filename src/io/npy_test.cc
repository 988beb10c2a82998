// SPDX-License-Identifier: MIT
#include "src/io/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "src/io/io_testing.h"

namespace calando::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::string_literals;

/// A version 1 file with this dictionary, as NumPy pads it.
std::string npy(std::string dictionary, const std::string& data) {
  dictionary.append(118 - dictionary.size() - 1, ' ').append("\n");
  return "\x93NUMPY\x01\x00\x76\x00"s + dictionary + data;
}
Array read(const std::string& content) { return read_npy(file_of("t.npy", content)); }
std::string error_of(const std::string& content) {
  return data_error([&] { read(content); });
}

constexpr const char* kThreeByTwo = "{'descr': '<i2', 'fortran_order': False, 'shape': (3, 2), }";
const std::string kData = "\1\0\2\0\3\0\4\0\5\0\6\0"s;

// The bytes of numpy.save("t.npy", numpy.arange(1, 7, dtype="<i2").reshape(3, 2)).
TEST(Npy, GoldenBytesBothWays) {
  const std::string golden = npy(kThreeByTwo, kData);
  ASSERT_EQ(golden.size(), 128 + 12);
  const File file = file_of("t.npy", golden);
  const Array array = read_npy(file);
  EXPECT_THAT(array.shape, ElementsAre(3, 2));
  EXPECT_THAT(array.as<std::int16_t>(), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(array.bytes.view.data(), file.bytes.view.data() + 128) << "viewed in place";
  EXPECT_EQ(npy_bytes(array), golden);
}

TEST(Npy, ShapesAreWrittenAsPythonTuples) {
  const double value = 0.1;
  const std::string data(reinterpret_cast<const char*>(&value), 8);
  EXPECT_EQ(npy_bytes(view_of<double>({&value, 1}, {})),
            npy("{'descr': '<f8', 'fortran_order': False, 'shape': (), }", data).replace(8, 1, "\x76"));
  EXPECT_EQ(npy_bytes(view_of<double>({&value, 1}, {1})),
            npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", data));
}

TEST(Npy, EveryTypeReadsBackToItself) {
  const std::vector<std::uint64_t> words = {0x0001000100010001, 0x0101010101010101, 0x0100010001000100};
  for (const Type type : {Type::boolean, Type::u8, Type::i8, Type::u16, Type::i16, Type::u32, Type::i32,
                          Type::u64, Type::i64, Type::f16, Type::f32, Type::f64}) {
    Array array = view_of<std::uint64_t>(words, {1, 24 / size_of(type)});
    array.type = type;
    const Array back = read(npy_bytes(array));
    EXPECT_EQ(back.type, type);
    EXPECT_EQ(back.shape, array.shape);
    EXPECT_EQ(back.bytes.view, array.bytes.view);
    EXPECT_EQ(npy_bytes(array).find('\n') % 64, 63);
  }
  Array array = view_of<std::uint64_t>(words, {12});
  array.type = Type::bf16;
  EXPECT_THROW(npy_bytes(array), UsageError);
}

TEST(Npy, FortranOrderIsReadAsRows) {
  const std::string text = "{'shape': (2, 3), 'fortran_order': True, 'descr': '<i2'}";
  EXPECT_THAT(read(npy(text, kData)).as<std::int16_t>(), ElementsAre(1, 3, 5, 2, 4, 6));
  const std::string cube = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 2), }";
  EXPECT_THAT(read(npy(cube, "\0\1\2\3\4\5\6\7\x08\x09\x0A\x0B"s)).as<std::uint8_t>(),
              ElementsAre(0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11));
}

TEST(Npy, VersionsTwoAndThreeHaveLongerLengths) {
  const std::string dictionary = std::string(kThreeByTwo) + "\n";
  for (const char version : {'\2', '\3'}) {
    const std::string head =
        "\x93NUMPY"s + version + "\0"s + static_cast<char>(dictionary.size()) + "\0\0\0"s;
    EXPECT_THAT(read(head + dictionary + kData).as<std::int16_t>(), ElementsAre(1, 2, 3, 4, 5, 6))
        << "and not aligned";
  }
}

TEST(Npy, AHeaderThatLiesAboutTheSizeIsRefused) {
  EXPECT_EQ(error_of(npy(kThreeByTwo, kData + "x")),
            "t.npy at byte 128: 13 bytes of data, expected 12 for (3, 2) x int16");
  EXPECT_EQ(error_of(npy(kThreeByTwo, "")),
            "t.npy at byte 128: 0 bytes of data, expected 12 for (3, 2) x int16");
  EXPECT_THAT(
      error_of(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", "")),
      HasSubstr("expected more than 2^64"));
  EXPECT_THAT(
      error_of(npy("{'descr': '<f8', 'fortran_order': True, 'shape': (99999999999999999999,), }", "")),
      HasSubstr("at byte 60: the npy header is not NumPy's: expected a size"));
  EXPECT_EQ(error_of("\x93NUMPY\x01\x00\xFF\xFF{"s),
            "t.npy at byte 8: an npy header of 65535 bytes, 1 are left in the file");
}

TEST(Npy, WhatCannotBeReadIsNamed) {
  EXPECT_THAT(error_of(npy("{'descr': '>f4', 'fortran_order': False, 'shape': (), }", "")),
              HasSubstr("npy type \">f4\""));
  EXPECT_THAT(error_of(npy("{'descr': '|O', 'fortran_order': False, 'shape': (), }", "")),
              HasSubstr("npy type \"|O\""));
  EXPECT_THAT(error_of(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (), }", "")),
              HasSubstr("at byte 20: the npy header is not NumPy's: expected a string"));
  EXPECT_THAT(error_of(npy("{'descr': '<f4', 'shape': (), }", "")), HasSubstr("'fortran_order'"));
  EXPECT_THAT(error_of(npy("{'descr': '<f4', 'descr': '<f4', }", "")), HasSubstr("once"));
  EXPECT_EQ(error_of("\x93NUMPY\x09\x00\x01\x00"s), "t.npy at byte 6: npy version 9, expected 1, 2 or 3");
  EXPECT_EQ(error_of("\x93NUMPY\x01"s), "t.npy at byte 7: the npy header ends too early");
  EXPECT_EQ(error_of("hello"), "t.npy at byte 0: npy starts with \\x93NUMPY");
  EXPECT_EQ(error_of(npy("{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }", "\1\2")),
            "t.npy at byte 129: a bool that is neither 0 nor 1");
}

}  // namespace
}  // namespace calando::io
