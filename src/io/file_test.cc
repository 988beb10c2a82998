// SPDX-License-Identifier: MIT
#include "src/io/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#ifndef CALANDO_PORTABLE
#include <zlib.h>
#endif

#include "src/cpu/random.h"
#include "src/io/csv.h"
#include "src/io/io_testing.h"

namespace calando::io {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using namespace std::string_literals;

void put(const std::string& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
}

std::string random_text(std::size_t size) {
  const cpu::Random random(5, cpu::Purpose::test);
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + random.below(i, 20));
  return text;
}

TEST(File, WholeContentsOfAllSizes) {
  const TemporaryFolder folder;
  for (const std::size_t size : {0U, 1U, 2U, 3U, 65535U, 65536U, 1000000U}) {
    const std::string content = random_text(size);
    put(folder / "f", content);
    EXPECT_EQ(read_file(folder / "f").bytes.view, content);
  }
}

TEST(File, PeekingConsumesNothing) {
  const TemporaryFolder folder;
  const std::string content = random_text(200000);
  put(folder / "f", content);
  Source source(folder / "f");
  EXPECT_EQ(source.peek(10), content.substr(0, 10));
  EXPECT_EQ(source.peek(100000), content.substr(0, 100000));
  EXPECT_EQ(source.size_hint(), content.size());
  char some[7];
  ASSERT_EQ(source.read(some, 7), 7);
  EXPECT_EQ(std::string(some, 7), content.substr(0, 7));
  EXPECT_EQ(std::move(source).whole().bytes.view, content.substr(7));
  Source again(folder / "f");
  again.peek(100);
  EXPECT_EQ(std::move(again).whole().bytes.view, content) << "mapped from its start all the same";
}

TEST(File, WhatCannotBeOpenedIsNamed) {
  const TemporaryFolder folder;
  EXPECT_THAT(data_error([&] { Source source(folder / "absent"); }),
              HasSubstr("/absent: cannot be opened: No such file"));
  EXPECT_THAT(data_error([&] { Source source(folder.path().string()); }),
              HasSubstr("is a folder, expected a file"));
}

TEST(File, APipeGivesItsRowsAsTheyArrive) {
  const TemporaryFolder folder;
  const std::string path = folder / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::thread writer([&] {
    std::ofstream pipe(path);
    pipe << "a,b\n1,2\n" << std::flush;
    std::ifstream go(path + ".go");  // waits for the reader to have seen the first row
    go.get();
    pipe << "3,4\n5";
  });
  ASSERT_EQ(::mkfifo((path + ".go").c_str(), 0600), 0);
  CsvReader reader(Source(path), {.numeric = {"a", "b"}});
  ASSERT_TRUE(reader.next());
  EXPECT_THAT(reader.table().columns[1].values, testing::ElementsAre(2));
  put(path + ".go", "x");
  EXPECT_THAT(data_error([&] {
                while (reader.next()) continue;
              }),
              HasSubstr("pipe:4: 1 cells, expected 2"));
  writer.join();
}

TEST(Detect, FormatsByTheirFirstBytes) {
  const auto format = [](const std::string& head) { return detect("f", head); };
  EXPECT_EQ(format("\x93NUMPY\1\0"s), Format::npy);
  EXPECT_EQ(format("\0\0\x08\x03\0\0"s), Format::idx);
  EXPECT_EQ(format("\x10\0\0\0\0\0\0\0{"s), Format::safetensors);
  EXPECT_EQ(format("+1 1:0.5 7:1\n"), Format::libsvm);
  EXPECT_EQ(format("# a comment\n\n1\n-1 qid:3 2:1 # more\n"), Format::libsvm);
  EXPECT_EQ(format("1 1:0.5 7:"), Format::libsvm) << "cut off";
  EXPECT_EQ(format("1 1:nan 2:1e999\n"), Format::libsvm) << "for its reader to refuse";
  EXPECT_EQ(format("1 2 3\n"), Format::csv);
  EXPECT_EQ(format("1\n2\n"), Format::csv);
  EXPECT_EQ(format("time,12:30\n"), Format::csv);
  EXPECT_EQ(format("1 1:0.5,x\n"), Format::csv);
  EXPECT_EQ(data_error([&] { format(""); }), "f: is empty");
  EXPECT_EQ(data_error([&] { format("PK\3\4\0"s); }),
            "f at byte 4: a zero byte: neither text nor IDX, npy or safetensors");
}

#ifdef CALANDO_PORTABLE

TEST(Gzip, IsRefusedWhereThereIsNoZlib) {
  EXPECT_THAT(data_error([] { Source source(file_of("f.gz", "\x1f\x8b\x08")); }), HasSubstr("f.gz: is gzip"));
}

#else

std::string gzip(const std::string& content) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, content.size()) + 64, '\0');
  std::string input = content;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string unpacked(const std::string& packed) {
  const File file = Source(file_of("f.gz", packed)).whole();
  return std::string(file.bytes.view);
}

TEST(Gzip, ContentsAndMembersOfAllSizes) {
  const std::string content = random_text(1000000);
  EXPECT_EQ(unpacked(gzip(content)), content);
  EXPECT_EQ(unpacked(gzip("")), "");
  EXPECT_EQ(unpacked(gzip("a") + gzip("") + gzip(content)), "a" + content);
  EXPECT_EQ(unpacked(gzip(std::string(5000000, 'x'))), std::string(5000000, 'x'));
  const TemporaryFolder folder;
  put(folder / "f.csv", gzip("a,b\n1,2\n"));
  EXPECT_EQ(read_csv(folder / "f.csv").rows, 1);
  Source source(folder / "f.csv");
  EXPECT_EQ(source.size_hint(), 8) << "the trailer's word";
  EXPECT_EQ(detect(source.name(), source.peek(kDetectBytes)), Format::csv);
}

TEST(Gzip, ATrailerThatLiesIsNotBelieved) {
  std::string packed = gzip(random_text(1000));
  packed.replace(packed.size() - 4, 4, "\xFF\xFF\xFF\xFF");
  EXPECT_LT(Source(file_of("f.gz", packed)).size_hint(), 10000);
  EXPECT_THAT(data_error([&] { unpacked(packed); }),
              HasSubstr("the gzip data are damaged (incorrect length check)"));
}

TEST(Gzip, ATruncatedFileIsNamedWithItsLength) {
  const std::string packed = gzip(random_text(300000));
  for (const std::size_t size :
       {std::size_t{3}, std::size_t{10}, packed.size() / 2, packed.size() - 8, packed.size() - 1}) {
    EXPECT_EQ(
        data_error([&] { unpacked(packed.substr(0, size)); }),
        "f.gz at byte " + std::to_string(size) + ": the gzip data end too early: the file is truncated");
  }
}

TEST(Gzip, DamageAndGarbageAreNamed) {
  const std::string packed = gzip(random_text(300000));
  EXPECT_THAT(data_error([&] { unpacked(packed + "garbage"); }),
              StartsWith("f.gz at byte " + std::to_string(packed.size()) +
                         ": what follows the gzip data is not gzip"));
  std::string damaged = packed;
  damaged[packed.size() - 6] ^= 1;
  EXPECT_THAT(data_error([&] { unpacked(damaged); }),
              HasSubstr("the gzip data are damaged (incorrect data check)"));
}

#endif

}  // namespace
}  // namespace calando::io
