// SPDX-License-Identifier: MIT
#include "src/plot/markup.h"

#include <gtest/gtest.h>

#include "src/plot/well_formed.h"

namespace calando::plot {
namespace {

TEST(Escaped, LeavesNoMarkup) {
  EXPECT_EQ(escaped("<b a='1' c=\"2\">&amp;</b>"),
            "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;amp;&lt;/b&gt;");
  EXPECT_EQ(escaped("grün 猫 🐈"), "grün 猫 🐈");
}

TEST(Escaped, ReplacesWhatIsNotText) {
  const std::string mark = "\xEF\xBF\xBD";
  EXPECT_EQ(escaped(std::string("a\0b\x1B", 4)), "a" + mark + "b" + mark);
  EXPECT_EQ(escaped("\xFF<"), mark + "&lt;");
  EXPECT_EQ(escaped("\xC3"), mark);                        // cut short
  EXPECT_EQ(escaped("\xC0\xBC"), mark + mark);             // '<' in two bytes
  EXPECT_EQ(escaped("\xE0\x80\xBC"), mark + mark + mark);  // '<' in three
  EXPECT_EQ(escaped("\xED\xA0\x80"), mark + mark + mark);  // half of a surrogate pair
}

TEST(Coordinate, HasATenthAndNoNegativeZero) {
  EXPECT_EQ(coordinate(12.34), "12.3");
  EXPECT_EQ(coordinate(-0.04), "0");
  EXPECT_EQ(coordinate(-0.5), "-0.5");
  EXPECT_EQ(coordinate(-12.96), "-13");
  EXPECT_EQ(coordinate(1e5), "100000");
}

TEST(PathData, DrawsPiecesAndDots) {
  EXPECT_EQ(path_data({{{0, 1}, {2, 3.25}}, {{5, 5}}}, Ends::open), "M0,1 2,3.3M5,5h0");
  EXPECT_EQ(path_data({{{0, 0}, {1, 0}, {1, 1}}}, Ends::closed), "M0,0 1,0 1,1Z");
}

TEST(Typeset, SetsNumbersAsInPrint) {
  EXPECT_EQ(typeset("-0.5"), "−0.5");
  EXPECT_EQ(typeset("1e-5"), "10⁻⁵");
  EXPECT_EQ(typeset("-2.5e12"), "−2.5×10¹²");
  EXPECT_EQ(typeset("5000"), "5000");
  EXPECT_EQ(typeset("1250000"), "1\u202F250\u202F000");
  EXPECT_EQ(typeset("12345.25"), "12\u202F345.25");
  EXPECT_EQ(typeset("T-shirt"), "T-shirt");
  EXPECT_EQ(typeset("e-"), "e-");
}

TEST(MarkupFault, SeesWhatIsWrong) {
  EXPECT_EQ(markup_fault("<a b=\"c\"><d/>&lt;</a>"), "");
  EXPECT_NE(markup_fault("<a><b></a></b>"), "");
  EXPECT_NE(markup_fault("<a b=c></a>"), "");
  EXPECT_NE(markup_fault("<a>&</a>"), "");
  EXPECT_NE(markup_fault("<a b=\"<\"></a>"), "");
  EXPECT_NE(markup_fault("<a>"), "");
  EXPECT_NE(markup_fault("<a/><b>"), "");
  EXPECT_NE(markup_fault("<a b=\"1\" b=\"2\"></a>"), "");
}

}  // namespace
}  // namespace calando::plot
