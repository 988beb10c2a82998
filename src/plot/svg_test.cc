// SPDX-License-Identifier: MIT
#include "src/plot/svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "src/plot/well_formed.h"

namespace calando::plot {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The data of all paths with a class.
std::vector<std::string> paths(const std::string& svg, const std::string& kind) {
  std::vector<std::string> result;
  const std::string start = "<path class=\"" + kind;
  for (std::size_t at = svg.find(start); at != svg.npos; at = svg.find(start, at + 1)) {
    const std::size_t data = svg.find(" d=\"", at) + 4;
    result.push_back(svg.substr(data, svg.find('"', data) - data));
  }
  return result;
}

Figure everything() {
  Figure figure;
  figure.title = "A \"title\" with <markup> & more";
  figure.x.label = "x";
  figure.y.label = "</svg>";
  figure.layers.push_back(Contours{0, 2, 0, 2, 3, 3, {4, 2, 4, 2, 0, 2, 4, 2, std::nan("")}, {}});
  figure.layers.push_back(Bars{"bars <1>", {0, 1, 2}, {1, -2}});
  figure.layers.push_back(Line{"line & co", {0, 1, 2}, {1, std::nan(""), INFINITY}, true});
  figure.layers.push_back(Points{"points", {0, 1, 2}, {1, std::nan(""), 1}});
  figure.layers.push_back(Guide{Direction::vertical, 1, "<here>"});
  figure.layers.push_back(Guide{Direction::horizontal, std::nan(""), "nowhere"});
  figure.layers.push_back(Mark{1, 1, "'mark'", Shape::cross});
  figure.layers.push_back(Mark{std::nan(""), 1, "nowhere", Shape::ring});
  return figure;
}

TEST(Svg, IsWellFormedWhateverIsDrawn) {
  for (const Mapping mapping : {Mapping::linear, Mapping::logarithmic}) {
    Figure figure = everything();
    figure.x.mapping = figure.y.mapping = mapping;
    for (const Use use : {Use::file, Use::in_page}) {
      const std::string svg = to_svg(figure, {.width = 300, .height = 200, .use = use});
      EXPECT_EQ(markup_fault(svg), "");
      EXPECT_THAT(svg, Not(HasSubstr("nan")));
      EXPECT_THAT(svg, Not(HasSubstr("inf")));
      EXPECT_THAT(svg, Not(HasSubstr("nowhere")));
      EXPECT_THAT(svg, HasSubstr("<title>A &quot;title&quot; with &lt;markup&gt; &amp; more</title>"));
    }
  }
}

TEST(Svg, OfAnEmptyFigureIsWellFormed) { EXPECT_EQ(markup_fault(to_svg(Figure{})), ""); }

TEST(Svg, FetchesNothing) {
  const std::string svg = to_svg(everything());
  EXPECT_THAT(svg, Not(HasSubstr("href")));
  EXPECT_THAT(svg, Not(HasSubstr("url(")));
  EXPECT_EQ(svg.find("http"), svg.find("http://www.w3.org/2000/svg"));
  EXPECT_EQ(svg.find("http", svg.find("http") + 1), svg.npos);
}

TEST(Svg, PutsPointsWhereTheyBelong) {
  Figure figure;
  figure.layers.push_back(Line{"", {0, 1, 2}, {0, 10, 5}});
  const std::string svg = to_svg(figure, {.width = 238, .height = 144});
  // Frame of 186.9 x 100: "10" and "5" fit three ticks; what remains is the room for labels.
  const std::vector<std::string> lines = paths(svg, "line");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], testing::MatchesRegex("M0,[0-9.]+ [0-9.]+,0 [0-9.]+,[0-9.]+"));
}

TEST(Svg, LeavesGapsWhereValuesAreMissing) {
  const double nan = std::nan("");
  Figure figure;
  figure.layers.push_back(Line{"", {}, {1, 2, nan, 3, nan, 5, 4}});
  const std::vector<std::string> lines = paths(to_svg(figure), "line");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(std::count(lines[0].begin(), lines[0].end(), 'M'), 3);
  EXPECT_THAT(lines[0], HasSubstr("h0"));  // the lone point
}

TEST(Svg, LeavesOutWhatALogarithmCannotShow) {
  Figure figure;
  figure.y.mapping = Mapping::logarithmic;
  figure.layers.push_back(Line{"", {}, {1, 0.1, 0, 0.1, -1, 1}});
  const std::vector<std::string> lines = paths(to_svg(figure), "line");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(std::count(lines[0].begin(), lines[0].end(), 'M'), 3);
}

TEST(Svg, OfAMillionPointsIsSmallAndKeepsThePeak) {
  std::vector<double> y(1'000'000);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = i % 2 == 0 ? 0.2 : 0.4;
  y[123'456] = 1;
  Figure figure;
  figure.layers.push_back(Line{"", {}, y});
  const std::string svg = to_svg(figure);
  EXPECT_LT(svg.size(), 60'000u);
  EXPECT_THAT(paths(svg, "line")[0], testing::ContainsRegex(",0 "));  // the top of the frame is reached
}

TEST(Svg, DrawsOneShadeArrowAndLabelACell) {
  Figure figure;
  figure.layers.push_back(Cells{2,
                                2,
                                {0, 1, std::nan(""), 2},
                                {Arrow::right, Arrow::up, Arrow::none, Arrow::stay},
                                {"0", "1", "x", "-2"}});
  const std::string svg = to_svg(figure);
  EXPECT_EQ(markup_fault(svg), "");
  EXPECT_EQ(paths(svg, "arrow").size(), 2u);
  EXPECT_THAT(svg, HasSubstr("class=\"wall\""));
  EXPECT_THAT(svg, HasSubstr(">−2</text>"));
  EXPECT_THAT(svg, Not(HasSubstr(">x</text>")));  // nothing is written on a wall
}

TEST(Svg, IsTheSameForTheSameFigure) { EXPECT_EQ(to_svg(everything()), to_svg(everything())); }

}  // namespace
}  // namespace calando::plot
