// SPDX-License-Identifier: MIT
#include "src/io/vectors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "src/io/io_testing.h"
#include "src/io/npy.h"

namespace calando::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::string_literals;

std::vector<float> row_of(const VectorRows& rows, std::size_t i) {
  std::vector<float> row(rows.dimension);
  std::memcpy(row.data(), rows.bytes.view.data() + i * rows.stride, rows.dimension * sizeof(float));
  return row;
}

template <class T>
std::string vecs(const std::vector<std::vector<T>>& rows) {
  std::string bytes;
  for (const auto& row : rows) {
    const auto dimension = static_cast<std::uint32_t>(row.size());
    bytes.append(reinterpret_cast<const char*>(&dimension), 4);
    bytes.append(reinterpret_cast<const char*>(row.data()), row.size() * sizeof(T));
  }
  return bytes;
}

TEST(Vectors, FvecsAreReadInPlace) {
  const File file = file_of("x.fvecs", vecs<float>({{1, 2, 3}, {4, 5, 6}}));
  const VectorRows rows = read_vectors(file);
  EXPECT_EQ(rows.rows, 2U);
  EXPECT_EQ(rows.dimension, 3U);
  EXPECT_EQ(rows.type, Type::f32);
  EXPECT_EQ(rows.bytes.view.data(), file.bytes.view.data() + 4);
  EXPECT_THAT(row_of(rows, 1), ElementsAre(4, 5, 6));
}

TEST(Vectors, BvecsAreToldFromFvecs) {
  const VectorRows one = read_vectors(file_of("x", vecs<std::uint8_t>({{1, 2, 3}})));
  EXPECT_EQ(one.type, Type::u8);
  const VectorRows two = read_vectors(file_of("x", vecs<std::uint8_t>({{1, 2, 3, 4}, {5, 6, 7, 8}})));
  EXPECT_EQ(two.type, Type::u8);
  EXPECT_EQ(two.rows, 2U);
  EXPECT_EQ(two.bytes.view[two.stride], 5);
}

TEST(Vectors, FvecsOfOtherDimensionsAreRefused) {
  const std::string good = vecs<float>({{1, 2}, {3, 4}, {5, 6}});
  std::string bad = good;
  bad[24] = 3;
  EXPECT_EQ(data_error([&] { read_vectors(file_of("x", bad)); }),
            "x at byte 24: row 2 has dimension 3, the first has 2");
  EXPECT_EQ(data_error([&] { read_vectors(file_of("x", good.substr(0, 35))); }),
            "x at byte 24: row 2 is cut short: 11 bytes, expected 12");
}

TEST(Vectors, FirstAxisCountsTheRows) {
  const std::vector<float> numbers = {1, 2, 3, 4, 5, 6, 7, 8};
  const auto read = [&](std::vector<std::size_t> shape) {
    return read_vectors(
        file_of("x.npy", npy_bytes(view_of(std::span<const float>(numbers), std::move(shape)))));
  };
  EXPECT_EQ(read({2, 2, 2}).dimension, 4U);
  EXPECT_THAT(row_of(read({2, 2, 2}), 1), ElementsAre(5, 6, 7, 8));
  EXPECT_EQ(read({8}).rows, 1U);
  EXPECT_EQ(read({8, 1}).rows, 8U);
}

TEST(Vectors, BoolIsPacked) {
  const bool bits[] = {true, false, false, false, false, false, false, false, true, true};
  const VectorRows rows =
      read_vectors(file_of("x", npy_bytes(view_of(std::span<const bool>(bits), {1, 10}))));
  EXPECT_TRUE(rows.bits);
  EXPECT_EQ(rows.dimension, 16U);
  EXPECT_EQ(rows.bytes.view, "\1\3"s);
}

TEST(Vectors, TablesMayStartWithNames) {
  const VectorRows rows = read_vectors(file_of("x.csv", "id,a,b\nfirst,1,2\nsecond,3,4\n"));
  EXPECT_THAT(rows.names, ElementsAre("first", "second"));
  EXPECT_THAT(row_of(rows, 1), ElementsAre(3, 4));
  EXPECT_THAT(data_error([] { read_vectors(file_of("x.csv", "a,b\n1,two\n3,four\n")); }),
              HasSubstr("column \"b\" is text"));
}

TEST(Vectors, WordsWithAndWithoutAHead) {
  for (const char* text : {"2 3\nthe 1 2 3\nof -1 .5 1e2\n", "the 1 2 3\r\nof -1 .5 1e2",
                           "2 3\nthe 1 2 3 \n\nof -1 .5 1e2 \n"}) {
    const VectorRows rows = read_vectors(file_of("x.vec", text));
    EXPECT_THAT(rows.names, ElementsAre("the", "of"));
    EXPECT_THAT(row_of(rows, 1), ElementsAre(-1, .5, 100));
  }
  EXPECT_EQ(data_error([] { read_vectors(file_of("x", "the 1 2 3\nof 1 2 x\n")); }),
            "x:2: number 3 of \"of\": \"x\" is not a finite number");
  EXPECT_EQ(data_error([] { read_vectors(file_of("x", "the 1 2 3\nof 1 2 nan\n")); }),
            "x:2: number 3 of \"of\": \"nan\" is not a finite number");
}

TEST(Vectors, RawBytesNeedTheirShape) {
  const File file = file_of("x", std::string(24, '\0'));
  const VectorRows rows = read_vectors(file, {.raw = RawShape{{}, 3, Type::f32, false}});
  EXPECT_EQ(rows.rows, 2U);
  EXPECT_EQ(data_error([&] {
              read_vectors(file, {.raw = RawShape{3, 3, Type::f32, false}});
            }),
            "x: 24 bytes, expected 3 rows of 12 bytes");
  EXPECT_THAT(data_error([&] {
                read_vectors(file, {.raw = RawShape{1ULL << 60, 1ULL << 50, Type::f32, false}});
              }),
              HasSubstr("24 bytes"));
}

TEST(Vectors, AHeaderOfNpyIsNoVector) {
  // 128 bytes of header and two rows: five rows of 32 bytes, were it raw.
  std::string bytes("\x93NUMPY\1\0\x76\0{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4)}", 67);
  bytes.resize(127, ' ');
  bytes += '\n' + std::string(32, '\0');
  const VectorRows rows = read_vectors(file_of("x", bytes), {.raw = RawShape{{}, 8, Type::f32, false}});
  EXPECT_EQ(rows.rows, 2U);
  EXPECT_EQ(rows.dimension, 4U);
  EXPECT_EQ(data_error([&] {
              read_vectors(file_of("x", bytes), {.raw = RawShape{2, 4, Type::f32, false}});
            }),
            "x: 160 bytes, expected 2 rows of 16 bytes");
}

}  // namespace
}  // namespace calando::io
