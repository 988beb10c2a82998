// SPDX-License-Identifier: MIT
#include "src/plot/terminal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "calando/error.h"
#include "src/plot/canvas.h"

namespace calando::plot {
namespace {

using testing::HasSubstr;
using testing::Not;

Figure ramp() {
  Figure figure;
  figure.layers.push_back(Line{"", {0, 10}, {0, 1}});
  return figure;
}

TEST(Terminal, DrawsALineInBraille) {
  EXPECT_EQ(to_terminal(ramp(), {.columns = 20, .rows = 4}),
            "1.0 ┤           ⢀⡠⠔⠊\n"
            "    │       ⢀⡠⠔⠊⠁\n"
            "0.5 ┤   ⢀⡠⠔⠊⠁\n"
            "  0 ┤⡠⠔⠊⠁\n"
            "    └┬──────┬──────┬\n"
            "     0      5     10\n");
}

TEST(Terminal, DrawsInPlainCharacters) {
  EXPECT_EQ(to_terminal(ramp(), {.columns = 20, .rows = 4, .symbols = Symbols::ascii}),
            "1.0 +           ****\n"
            "    |       *****\n"
            "0.5 +   *****\n"
            "  0 +****\n"
            "    ++------+------+\n"
            "     0      5     10\n");
}

TEST(Terminal, KeepsToItsWidthAndAlphabet) {
  Figure figure;
  figure.title = "Loss";
  figure.y.label = "loss";
  figure.x.label = "update";
  std::vector<double> y;
  for (int i = 0; i < 1000; ++i) y.push_back(1e7 * std::exp(-i / 100.0) * (i % 7));
  figure.layers.push_back(Line{"a", {}, y});
  figure.layers.push_back(Points{"b", {1, 2}, {3, 4}});
  figure.layers.push_back(Guide{Direction::vertical, 990, "a word at the edge"});
  figure.layers.push_back(Mark{999, 1, "another word at the edge", Shape::ring});
  for (const Symbols symbols : {Symbols::braille, Symbols::ascii}) {
    for (const std::size_t columns : {20u, 33u, 80u, 200u}) {
      const std::string text = to_terminal(figure, {.columns = columns, .rows = 10, .symbols = symbols});
      std::istringstream lines(text);
      for (std::string line; std::getline(lines, line);) EXPECT_LE(character_count(line), columns) << line;
      if (symbols == Symbols::braille) continue;
      for (const char c : text) EXPECT_TRUE((c >= ' ' && c <= '~') || c == '\n');
    }
  }
}

TEST(Terminal, ColoursOnlyWhereAsked) {
  EXPECT_THAT(to_terminal(ramp()), Not(HasSubstr("\033")));
  EXPECT_THAT(to_terminal(ramp(), {.colour = Colour::ansi}), HasSubstr("\033[38;5;33m"));
}

TEST(Terminal, PassesNoControlCharactersOn) {
  Figure figure = ramp();
  figure.title = "\033[2Jtitle\a\xC2\x9B";
  figure.layers.push_back(Line{"\rname", {}, {0}});
  const std::string text = to_terminal(figure);
  EXPECT_THAT(text, HasSubstr("?[2Jtitle??\n"));
  EXPECT_THAT(text, HasSubstr("?name\n"));
}

TEST(Terminal, ShowsAGridWithArrowsAndWalls) {
  Figure figure;
  figure.layers.push_back(Cells{2,
                                2,
                                {0, 1, std::nan(""), 2},
                                {Arrow::right, Arrow::down, Arrow::none, Arrow::stay},
                                {"0.5", "1", "", "2"}});
  EXPECT_EQ(to_terminal(figure),
            "  → 0.5    ↓ 1\n"
            "  ▒▒▒▒▒    ● 2\n");
}

TEST(Terminal, NamesRowsAndColumns) {
  Figure figure;
  figure.x.ticks = figure.y.ticks = std::vector<Tick>{{0.5, "cat"}, {1.5, "a dog"}};
  figure.layers.push_back(Cells{2, 2, {9, 1, 2, 8}, {}, {"9", "1", "2", "8"}});
  EXPECT_EQ(to_terminal(figure),
            "  cat      9      1\n"
            "a dog      2      8\n"
            "         cat  a dog\n");
}

TEST(Terminal, FillsBarsFromTheirBase) {
  Figure figure;
  figure.layers.push_back(Bars{"", {0, 1, 2, 3}, {1, 2, 0}});
  const std::string text = to_terminal(figure, {.columns = 20, .rows = 2});
  EXPECT_EQ(text,
            "2 ┤     ⢸⣿⣿⣿⣿⣿\n"
            "0 ┤⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿\n"
            "  └┬──────────┬─────\n"
            "   0          2\n");
}

TEST(Terminal, RefusesWhatIsTooSmall) {
  EXPECT_THROW(to_terminal(ramp(), {.columns = 19}), UsageError);
  EXPECT_THROW(to_terminal(ramp(), {.rows = 1}), UsageError);
}

TEST(Canvas, DrawsNothingOutside) {
  Canvas canvas(2, 1);
  canvas.line({-100, -100}, {-1, 50}, {});
  canvas.dot({4, 0}, {});
  canvas.dot({std::nan(""), 0}, {});
  EXPECT_EQ(canvas.row(0, Symbols::braille, Colour::none), "");
  canvas.line({-1e5, 3}, {1e5, 3}, {});
  EXPECT_EQ(canvas.row(0, Symbols::braille, Colour::none), "⣀⣀");
}

TEST(Sparkline, ShowsTheShapeOfValues) {
  EXPECT_EQ(sparkline(std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7}, 8), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(sparkline(std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7}, 4), "▁▃▆█");
  EXPECT_EQ(sparkline(std::vector<double>{1, std::nan(""), 0}, 80), "█ ▁");
  EXPECT_EQ(sparkline(std::vector<double>{3, 3}, 80), "▅▅");
  EXPECT_EQ(sparkline(std::vector<double>{0, 7}, 80, Symbols::ascii), "_#");
  EXPECT_EQ(sparkline({}, 80), "");
}

}  // namespace
}  // namespace calando::plot
