// SPDX-License-Identifier: MIT
#include "src/io/libsvm.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/cpu/random.h"
#include "src/io/io_testing.h"

namespace calando::io {
namespace {

using testing::ElementsAre;

SparseTable read(std::string_view text, cpu::Team* team = nullptr) {
  return LibsvmReader(Source(file_of("t.svm", text)), team).all();
}
std::string error_of(std::string_view text) {
  return data_error([&] { read(text); });
}

TEST(Libsvm, RowsInCompressedForm) {
  const SparseTable table = read(
      "+1 1:0.5 3:-2e2\n-1\n0.1 qid:7 2:1 # a comment 5:5\n\n  # only a comment\n2.5\t4294967296:1 \r\n3 "
      "1:.25");
  EXPECT_THAT(table.labels, ElementsAre(1, -1, 0.1, 2.5, 3));
  EXPECT_THAT(table.starts, ElementsAre(0, 2, 2, 3, 4, 5));
  EXPECT_THAT(table.columns, ElementsAre(0, 2, 1, 4294967295U, 0));
  EXPECT_THAT(table.values, ElementsAre(0.5F, -200, 1, 1, 0.25F));
  EXPECT_EQ(table.width, 4294967296U);
  EXPECT_EQ(table.line_of(2), 3);
  EXPECT_EQ(table.line_of(3), 6);
  EXPECT_EQ(table.line_of(4), 7);
}

TEST(Libsvm, WhatIsWrongIsNamedWithItsLine) {
  EXPECT_EQ(error_of("1 1:1\n1 0:1\n"), "t.svm:2: feature \"0:1\" has an index outside of 1 to 2^32");
  EXPECT_EQ(error_of("1 4294967297:1\n"),
            "t.svm:1: feature \"4294967297:1\" has an index outside of 1 to 2^32");
  EXPECT_EQ(error_of("1 99999999999999999999999:1\n"),
            "t.svm:1: feature \"99999999999999999999999:1\" has an index outside of 1 to 2^32");
  EXPECT_EQ(error_of("\n1 2:1 2:1\n"), "t.svm:2: feature \"2:1\" follows index 2: indices are to ascend");
  EXPECT_EQ(error_of("1 2:1 1:1\n"), "t.svm:1: feature \"1:1\" follows index 2: indices are to ascend");
  EXPECT_EQ(error_of("a 1:1\n"), "t.svm:1: label \"a\" is not a finite number");
  EXPECT_EQ(error_of("1:1 2:1\n"), "t.svm:1: label \"1:1\" is not a finite number");
  EXPECT_EQ(error_of("nan 1:1\n"), "t.svm:1: label \"nan\" is not a finite number");
  EXPECT_EQ(error_of("1e999 1:1\n"), "t.svm:1: label \"1e999\" is not a finite number");
  EXPECT_EQ(error_of("1 1:x\n"), "t.svm:1: feature \"1:x\" has a value that is not a finite number");
  EXPECT_EQ(error_of("1 1:inf\n"), "t.svm:1: feature \"1:inf\" has a value that is not a finite number");
  EXPECT_EQ(error_of("1 1:\n"), "t.svm:1: feature \"1:\" has a value that is not a finite number");
  EXPECT_EQ(error_of("1 1:1e39\n"), "t.svm:1: feature \"1:1e39\" has a value beyond the range of float32");
  EXPECT_EQ(error_of("1 1:2:3\n"), "t.svm:1: feature \"1:2:3\" has a value that is not a finite number");
  EXPECT_EQ(error_of("1 7\n"), "t.svm:1: feature \"7\" is not index:value");
  EXPECT_EQ(error_of("1 -1:7\n"), "t.svm:1: feature \"-1:7\" is not index:value");
  EXPECT_EQ(error_of(std::string_view("1 1:\0\n", 6)),
            "t.svm:1: feature \"1:\\x00\" has a value that is not a finite number");
}

std::string long_text() {
  const cpu::Random random(3, cpu::Purpose::test);
  std::string text;
  for (std::uint64_t row = 0; text.size() < 2 << 20; ++row) {
    text += fmt::format("{}", random.uniform(row));
    for (std::uint64_t index = 1 + random.below(row, 9); index < 60;
         index += 1 + random.bits(row + index) % 9) {
      text += fmt::format(" {}:{}", index, static_cast<float>(random.uniform(row * 64 + index)));
    }
    text += row % 7 == 0 ? " # comment\n\n" : "\n";
  }
  return text;
}

TEST(Libsvm, ATeamAndBlocksReadTheSameRows) {
  const std::string text = long_text();
  const SparseTable alone = read(text);
  cpu::Team team(2);
  const SparseTable together = read(text, &team);
  EXPECT_EQ(together.labels, alone.labels);
  EXPECT_EQ(together.starts, alone.starts);
  EXPECT_EQ(together.columns, alone.columns);
  EXPECT_EQ(together.values, alone.values);
  EXPECT_EQ(together.lines, alone.lines);
  EXPECT_EQ(together.width, alone.width);

  LibsvmReader reader(Source(file_of("t.svm", text)));
  std::size_t row = 0;
  for (std::size_t entry = 0; reader.next(); entry += reader.table().values.size()) {
    for (std::size_t r = 0; r < reader.table().rows(); ++r, ++row) {
      ASSERT_EQ(reader.table().labels[r], alone.labels[row]);
      ASSERT_EQ(reader.table().line_of(r), alone.line_of(row));
      ASSERT_EQ(entry + reader.table().starts[r], alone.starts[row]);
    }
  }
  EXPECT_EQ(row, alone.rows());
}

}  // namespace
}  // namespace calando::io
