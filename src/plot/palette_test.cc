// SPDX-License-Identifier: MIT
#include "src/plot/palette.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace calando::plot {
namespace {

/// Relative luminance and contrast as WCAG 2.1 defines them.
double luminance(std::string_view colour) {
  constexpr double kWeights[] = {0.2126, 0.7152, 0.0722};
  double sum = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const double share = std::stoi(std::string(colour.substr(1 + 2 * i, 2)), nullptr, 16) / 255.0;
    sum += kWeights[i] * (share <= 0.03928 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4));
  }
  return sum;
}

double contrast(std::string_view a, std::string_view b) {
  const double one = luminance(a) + 0.05, other = luminance(b) + 0.05;
  return std::max(one, other) / std::min(one, other);
}

TEST(Palette, StandsOutFromItsPaper) {
  for (const Style& style : kSeries) {
    EXPECT_GE(contrast(style.light, kLight.paper), 3) << style.light;
    EXPECT_GE(contrast(style.dark, kDark.paper), 3) << style.dark;
  }
  for (const Paper& paper : {kLight, kDark}) {
    EXPECT_GE(contrast(paper.ink, paper.paper), 7);
    EXPECT_GE(contrast(paper.muted, paper.paper), 4.5);
    EXPECT_GE(contrast(paper.axis, paper.paper), 3);
  }
}

TEST(Palette, TellsSeriesApartWithoutColour) {
  std::set<std::string_view> dashes;
  for (const Style& style : kSeries) EXPECT_TRUE(dashes.insert(style.dash).second) << style.dash;
}

TEST(StyleSheet, KeepsToItsPictures) {
  const std::string css = style_sheet();
  // Every rule starts with the pictures' class, so that it changes nothing else on a page.
  for (std::size_t end = css.find('}'); end != css.npos && end + 1 < css.size();
       end = css.find('}', end + 1)) {
    const std::string_view rest = std::string_view(css).substr(end + 1);
    EXPECT_TRUE(rest.starts_with(".calando-plot ") || rest.starts_with("@media") || rest == "}")
        << rest.substr(0, 40);
  }
  EXPECT_EQ(css.find("url("), css.npos);
}

}  // namespace
}  // namespace calando::plot
