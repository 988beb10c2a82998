// SPDX-License-Identifier: MIT
#include "src/io/csv.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>

#include "src/cpu/random.h"
#include "src/io/io_testing.h"

namespace calando::io {
namespace {

using testing::ElementsAre;

Table read(std::string_view text, const CsvOptions& options = {}, cpu::Team* team = nullptr) {
  return CsvReader(Source(file_of("t.csv", text)), options, team).all();
}
std::string error_of(std::string_view text, const CsvOptions& options = {}) {
  return data_error([&] { read(text, options); });
}
std::string repeated(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}
std::vector<std::string> names(const Table& table) {
  std::vector<std::string> result;
  for (const Column& column : table.columns) result.push_back(column.name);
  return result;
}

/// The same table, bit for bit: NaN equals NaN.
void expect_same(const Table& a, const Table& b) {
  EXPECT_EQ(a.rows, b.rows);
  EXPECT_EQ(a.lines, b.lines);
  ASSERT_EQ(a.columns.size(), b.columns.size());
  for (std::size_t c = 0; c < a.columns.size(); ++c) {
    EXPECT_EQ(a.columns[c].codes, b.columns[c].codes);
    EXPECT_EQ(a.columns[c].categories, b.columns[c].categories);
    ASSERT_EQ(a.columns[c].values.size(), b.columns[c].values.size());
    for (std::size_t r = 0; r < a.columns[c].values.size(); ++r) {
      ASSERT_EQ(std::bit_cast<std::uint32_t>(a.columns[c].values[r]),
                std::bit_cast<std::uint32_t>(b.columns[c].values[r]));
    }
  }
}

TEST(Csv, NumbersAndCategoriesInTheOrderOfTheirFirstAppearance) {
  const Table table = read("x,kind\n1.5,red\n-2e3,blue\n,red\n.25,\n");
  EXPECT_THAT(names(table), ElementsAre("x", "kind"));
  ASSERT_EQ(table.rows, 4);
  EXPECT_EQ(table.columns[0].kind, Kind::numeric);
  EXPECT_THAT(table.columns[0].values, ElementsAre(1.5F, -2000.0F, testing::IsNan(), 0.25F));
  EXPECT_TRUE(table.columns[0].codes.empty());
  EXPECT_EQ(table.columns[1].kind, Kind::categorical);
  EXPECT_THAT(table.columns[1].codes, ElementsAre(0, 1, 0, -1));
  EXPECT_THAT(table.columns[1].categories, ElementsAre("red", "blue"));
}

TEST(Csv, LineEndsMarksAndBlankLastLinesChangeNothing) {
  const Table plain = read("a,b\n1,x\n2,y\n");
  for (const char* text : {"a,b\n1,x\n2,y", "a,b\r\n1,x\r\n2,y\r\n",
                           "\xEF\xBB\xBF"
                           "a,b\n1,x\n2,y\n",
                           "a,b\n1,x\n2,y\n\n\n", "a,b\r\n1,x\r\n2,y\r\n\r\n", "a;b\n1;x\n2;y\n",
                           "a\tb\n1\tx\n2\ty\n", "\"a\",\"b\"\n\"1\",\"x\"\n2,y\n"}) {
    const Table table = read(text);
    EXPECT_EQ(names(table), names(plain)) << text;
    expect_same(table, plain);
  }
}

TEST(Csv, QuotesHoldSeparatorsQuotesAndLines) {
  const Table table = read("a,b\n\"x,\"\"y\"\"\nz\",1\nw,2\n\"\",3\n");
  EXPECT_THAT(table.columns[0].categories, ElementsAre("x,\"y\"\nz", "w"));
  EXPECT_THAT(table.columns[0].codes, ElementsAre(0, 1, -1));
  EXPECT_THAT(table.columns[1].values, ElementsAre(1, 2, 3));
  EXPECT_EQ(table.line_of(0), 2);
  EXPECT_EQ(table.line_of(1), 4);
  EXPECT_EQ(table.line_of(2), 5);
}

TEST(Csv, TheFirstRowIsAHeaderUnlessAllItsCellsAreNumbers) {
  EXPECT_EQ(read("1,2\n3,4\n").rows, 2);
  EXPECT_THAT(names(read("1,2\n3,4\n")), ElementsAre("1", "2"));
  EXPECT_EQ(read("1,,3\n4,5,6\n").rows, 2);
  EXPECT_EQ(read("1,x\n3,4\n").rows, 1);
  EXPECT_EQ(read("1,x\n3,4\n", {.header = false}).rows, 2);
  EXPECT_EQ(read("1,2\n3,4\n", {.header = true}).rows, 1);
  EXPECT_THAT(names(read(" a , \n\"b\",1\n", {.header = true})), ElementsAre("a", "2"));
}

TEST(Csv, TheSeparatorDividesAllLinesAlike) {
  EXPECT_THAT(names(read("a;b,c;d\n1;2;3\n")), ElementsAre("a", "b,c", "d"));
  EXPECT_THAT(names(read("\"a;b\",c\n1,2\n")), ElementsAre("a;b", "c"));
  EXPECT_THAT(names(read("word\nx\n")), ElementsAre("word"));
  EXPECT_THAT(names(read("a,b;c\n", {.separator = ';'})), ElementsAre("a,b", "c"));
}

TEST(Csv, AColumnIsNumericWhenItsFirstHundredCellsAre) {
  std::string text = "a,b\n";
  for (int i = 0; i < 99; ++i) text += "1,1\n,\n";
  EXPECT_EQ(read(text + "x,1\n").columns[0].kind, Kind::categorical);
  EXPECT_EQ(error_of(text + "1,1\n1,1\nn/a,2\n"), "t.csv:202: column \"a\": \"n/a\" is not a number");
  EXPECT_EQ(error_of(text + "x,1\n", {.numeric = {"a"}}), "t.csv:200: column \"a\": \"x\" is not a number");
  const Table table = read(text + "1,1\n", {.categorical = {"b"}});
  EXPECT_EQ(table.columns[0].kind, Kind::numeric);
  EXPECT_THAT(table.columns[1].categories, ElementsAre("1"));
}

TEST(Csv, KindsAreDecidedHoweverFarDownTheCellsAre) {
  std::string text = "a,late\n";
  for (int i = 0; i < 100000; ++i) text += "1,\n";
  EXPECT_EQ(read(text + "1,word\n").columns[1].kind, Kind::categorical);
  EXPECT_EQ(read(text + "1,2\n").columns[1].kind, Kind::numeric);
}

TEST(Csv, IgnoredColumnsHaveNoCellsAndNoErrors) {
  const std::string text = "id,a,note\n1,2,x\n\"q\"\"\",3,y\n";
  for (const CsvOptions& options : {CsvOptions{.ignored = {"id", "note"}},
                                    CsvOptions{.numeric = {"a"}, .others = OtherColumns::ignored}}) {
    const Table table = read(repeated(text, 1), options);
    EXPECT_THAT(table.columns[1].values, ElementsAre(2, 3));
    EXPECT_TRUE(table.columns[0].codes.empty() && table.columns[0].values.empty());
    EXPECT_TRUE(table.columns[2].categories.empty());
  }
}

TEST(Csv, OnlyTheEmptyCellAndGivenWordsAreMissing) {
  EXPECT_EQ(error_of("a\n1\nNA\n", {.numeric = {"a"}}), "t.csv:3: column \"a\": \"NA\" is not a number");
  const Table table = read("a,b\n1,x\nNA,NA\n-9,y\n", {.missing_words = {"NA", "-9"}});
  EXPECT_THAT(table.columns[0].values, ElementsAre(1.0F, testing::IsNan(), testing::IsNan()));
  EXPECT_THAT(table.columns[1].codes, ElementsAre(0, -1, 1));
}

TEST(Csv, NothingThatIsNotFiniteIsANumber) {
  for (const char* word : {"nan", "NaN", "-nan", "inf", "+Inf", "-INFINITY"}) {
    EXPECT_EQ(
        error_of(fmt::format("a\n1\n{}\n", word)),
        fmt::format("t.csv:3: column \"a\": \"{}\" is not finite; only an empty cell is missing", word));
  }
  EXPECT_EQ(error_of("a\n3.4028236e38\n"),
            "t.csv:2: column \"a\": \"3.4028236e38\" is beyond the range of float32");
  EXPECT_THAT(read("a\n3.4028235e38\n1e-50\n").columns[0].values, ElementsAre(3.4028235e38F, 0.0F));
}

TEST(Csv, RowsOfAnotherLengthAreNamed) {
  EXPECT_EQ(error_of("a,b,c\n1,2,3\n1,2\n"), "t.csv:3: 2 cells, expected 3");
  EXPECT_EQ(error_of("a,b,c\n1,2,3\n\n1,2,3\n"), "t.csv:3: 1 cells, expected 3");
  EXPECT_EQ(error_of("a,b\n1,2\n1,2,3,\"4\n\"\n"), "t.csv:3: 4 cells, expected 2");
  EXPECT_EQ(error_of("a,b\n\"x\ny\",1\n2\n"), "t.csv:4: 1 cells, expected 2");
}

TEST(Csv, AShiftedRowIsToldByItsLength) {
  EXPECT_EQ(error_of("a,b,c\nx,1,2\ny,z,1,2\n", {.numeric = {"b"}}), "t.csv:3: 4 cells, expected 3");
}

TEST(Csv, WhatIsNoTableIsRefused) {
  EXPECT_EQ(error_of(""), "t.csv: is empty, expected a table");
  EXPECT_EQ(error_of("a,b\nx\"y,1\n"),
            "t.csv:2: a quote inside an unquoted cell: quote the cell and double its quotes");
  EXPECT_EQ(error_of("a,b\n1,x\n2,\"y\"z\n"), "t.csv:3: text behind a closing quote");
  EXPECT_EQ(error_of("a,b\n1,x\n\n2,\"y\nz\n"), "t.csv:3: 1 cells, expected 2");
  EXPECT_EQ(error_of("a,b\n1,x\n2,\"y\nz\n"), "t.csv:3: a quote that is never closed");
  EXPECT_EQ(error_of(std::string_view("a,b\n1,x\n2,y\0z\n", 14)), "t.csv:3: a zero byte in the text");
  EXPECT_EQ(error_of(std::string_view("a,b\n1,2\n2,\0\n", 12)), "t.csv:3: a zero byte in the text");
  EXPECT_EQ(error_of("a,b,a\n1,2,3\n"), "t.csv:1: two columns are named \"a\"");
  EXPECT_EQ(error_of("a\n1\n" + std::string(41, '\1') + "\n", {.numeric = {"a"}}),
            "t.csv:3: column \"a\": \"" + repeated("\\x01", 40) + "...\" is not a number");
}

TEST(Csv, AnOptionThatNamesNoColumnIsAUsageError) {
  EXPECT_THROW(read("age,b\n1,2\n", {.numeric = {"agee"}}), UsageError);
  EXPECT_THROW(read("a,b\n1,2\n", {.numeric = {"a"}, .categorical = {"a"}}), UsageError);
  EXPECT_EQ(read("a,b\n1,2\n", {.numeric = {"c"}, .absent_names = AbsentNames::ignored}).rows, 1);
}

/// A table of several blocks with everything in it that makes rows and lines differ.
std::string long_text() {
  const cpu::Random random(7, cpu::Purpose::test);
  std::string text = "x,\"the\nname\",y\r\n";
  for (std::uint64_t row = 0; text.size() < 3 << 20; ++row) {
    text += fmt::format("{},", random.uniform(4 * row) - 0.5);
    const std::uint64_t word = random.below(4 * row + 1, 50);
    if (word < 3) text += fmt::format("\"line\n{}\"\"\"", word);
    if (word >= 6) text += fmt::format("w{}", word * row / 100);
    text += random.below(4 * row + 2, 10) == 0 ? ",\r\n" : fmt::format(",{}\n", random.bits(4 * row + 3));
  }
  return text + "\n\r\n";
}

TEST(Csv, ATeamReadsTheSameTable) {
  const std::string text = long_text();
  const Table alone = read(text);
  EXPECT_GT(alone.rows, 50000);
  EXPECT_GT(alone.lines.size(), 1000);
  for (const int threads : {1, 2, 3}) {
    cpu::Team team(threads);
    expect_same(read(text, {}, &team), alone);
  }
}

TEST(Csv, TheFirstErrorOfTheTextIsToldWhoeverMeetsIt) {
  std::string text = long_text();
  const auto lines = std::count(text.begin(), text.end(), '\n') - 2;  // without the blank ones
  const std::string expected = fmt::format("t.csv:{}: 1 cells, expected 3", lines + 1);
  text.resize(text.size() - 3);
  text += "short\n" + text.substr(20) + "\"";
  cpu::Team team(2);
  EXPECT_EQ(error_of(text), expected);
  EXPECT_EQ(data_error([&] { read(text, {}, &team); }), expected);
}

TEST(Csv, BlocksHoldTheRowsOfTheWholeInOrder) {
  const std::string text = long_text();
  const Table whole = read(text);
  CsvReader reader(Source(file_of("t.csv", text)));
  std::size_t row = 0;
  std::size_t blocks = 0;
  for (; reader.next(); ++blocks) {
    const Table& block = reader.table();
    for (std::size_t r = 0; r < block.rows; ++r, ++row) {
      ASSERT_EQ(block.line_of(r), whole.line_of(row));
      ASSERT_EQ(block.columns[1].codes[r], whole.columns[1].codes[row]);
      ASSERT_EQ(block.columns[0].values[r], whole.columns[0].values[row]);
    }
  }
  EXPECT_EQ(row, whole.rows);
  EXPECT_GT(blocks, 5);
  EXPECT_EQ(reader.table().columns[1].categories, whole.columns[1].categories);
}

}  // namespace
}  // namespace calando::io
