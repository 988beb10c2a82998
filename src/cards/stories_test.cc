// SPDX-License-Identifier: MIT
#include "src/cards/stories.h"

#include <gtest/gtest.h>

#include "calando/error.h"

namespace calando::cards {
namespace {

TEST(Feed, ReadsRssAndAtom) {
  const auto rss = parse_feed(
      "a.xml",
      "<?xml version='1.0'?><rss><channel><title>Feed</title>"
      "<item><title>One &amp; two</title><link>https://example.org/1</link>"
      "<description>&lt;p&gt;Text &lt;b&gt;bold&lt;/b&gt;&lt;/p&gt;</description></item>"
      "<item><title><![CDATA[<i>Three</i>]]></title><link>javascript:alert(1)</link></item></channel></rss>");
  ASSERT_EQ(rss.size(), 2U);
  EXPECT_EQ(rss[0].title, "One & two");
  EXPECT_EQ(rss[0].link, "https://example.org/1");
  EXPECT_EQ(rss[0].summary, "Text bold");
  EXPECT_EQ(rss[1].title, "Three");
  EXPECT_EQ(rss[1].link, "");
  const auto atom = parse_feed(
      "b.xml",
      "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>A</title><link rel='self' href='x'/>"
      "<link href='http://example.org/a'/><summary>S</summary></entry></feed>");
  ASSERT_EQ(atom.size(), 1U);
  EXPECT_EQ(atom[0].link, "http://example.org/a");
  EXPECT_EQ(atom[0].summary, "S");
}

TEST(Feed, LeavesOutMarkupWhateverItsDisguise) {
  EXPECT_EQ(text_of_html("a<script>alert('x')</script>b"), "a b");
  EXPECT_EQ(text_of_html("a<SCRIPT src=x>alert(1)</ScRiPt >b<style>p{}</style>c"), "a b c");
  EXPECT_EQ(text_of_html("<img src=x onerror=alert(1)>text<!-- <b>hidden</b> -->"), "text");
  EXPECT_EQ(text_of_html("<script>never closed"), "");
  EXPECT_EQ(text_of_html("1 < 2 &lt;b&gt; &#x3b1;&#945; &unknown; &#xD800;"),
            "1 < 2 <b> αα &unknown; \xEF\xBF\xBD");
  EXPECT_EQ(text_of_html("broken \xC3\x28 \xED\xA0\x80 utf-8\x01"),
            "broken \xEF\xBF\xBD( \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD utf-8");
}

TEST(Feed, RefusesWhatIsNoFeed) {
  const auto message = [](std::string_view text) -> std::string {
    try {
      parse_feed("f.xml", text);
    } catch (const DataError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(message("<rss><channel>").find("f.xml at byte"), std::string::npos);
  EXPECT_EQ(message("<html></html>"), "f.xml: the document is a <html>, expected RSS or Atom");
  EXPECT_NE(message("").find("not XML"), std::string::npos);
}

TEST(Feed, ExpandsNoEntityOfItsOwn) {
  const auto stories = parse_feed(
      "bomb.xml",
      "<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY f SYSTEM "
      "'file:///etc/passwd'>]><rss><channel><item><title>&b;&f;x</title></item></channel></rss>");
  ASSERT_EQ(stories.size(), 1U);
  EXPECT_EQ(stories[0].title, "&b;&f;x");
}

std::vector<Story> some_stories() {
  return {{.title = "A cake of chocolate", .link = {}, .summary = "sugar and flour"},
          {.title = "Adam and AdaGrad compared", .link = {}, .summary = "optimizers for large models"},
          {.title = "Large models", .link = {}, .summary = "their cost"},
          {.title = "Nothing", .link = {}, .summary = ""}};
}

std::vector<std::string> wanted(const std::string& text) { return {text}; }

TEST(Stories, NearestComeFirst) {
  const auto nearest = nearest_stories(some_stories(), wanted("optimizers such as adam, adagrad"), {}, 3);
  ASSERT_EQ(nearest.size(), 3U);
  EXPECT_EQ(nearest[0].title, "Adam and AdaGrad compared");
  EXPECT_GT(nearest[0].similarity, 0.4);
  EXPECT_EQ(nearest[1].similarity, 0);
  EXPECT_EQ(nearest[1].title, "A cake of chocolate") << "of equals the earlier";
}

TEST(Stories, AStoryOfExactlyTheInterestsHasSimilarityOne) {
  const auto nearest = nearest_stories(
      {{.title = "alpha", .link = {}, .summary = "alpha"}, {.title = "beta", .link = {}, .summary = ""}},
      wanted("Alpha"), {}, 1);
  EXPECT_NEAR(nearest[0].similarity, 1, 1e-15);
}

TEST(Stories, WordsThatStandEverywhereSayLittle) {
  const std::vector<Story> stories = {{.title = "to one", .link = {}, .summary = ""},
                                      {.title = "adam", .link = {}, .summary = ""}};
  const std::vector<std::string> others(50, "to one of the");
  EXPECT_EQ(nearest_stories(stories, wanted("one to adam"), {}, 1)[0].title, "to one");
  EXPECT_EQ(nearest_stories(stories, wanted("one to adam"), others, 1)[0].title, "adam");
}

TEST(Stories, APluralMeetsItsSingular) {
  const std::vector<Story> stories = {
      {.title = "bus stops", .link = {}, .summary = ""},
      {.title = "a policy for an optimizer of losses", .link = {}, .summary = ""}};
  EXPECT_GT(nearest_stories(stories, wanted("policies"), {}, 1)[0].similarity, 0);
  EXPECT_GT(nearest_stories(stories, wanted("optimizers"), {}, 1)[0].similarity, 0);
  EXPECT_EQ(nearest_stories(stories, wanted("bu los"), {}, 1)[0].similarity, 0);
}

TEST(Stories, AShortTextCountsAsMuchAsALongOne) {
  const std::vector<Story> stories = {{.title = "kitchens", .link = {}, .summary = ""},
                                      {.title = "alpha beta gamma delta", .link = {}, .summary = ""}};
  const std::vector<std::string> both = {"kitchens", "alpha beta gamma delta epsilon zeta eta theta iota"};
  EXPECT_EQ(nearest_stories(stories, both, {}, 1)[0].title, "kitchens");
  EXPECT_EQ(nearest_stories(stories, wanted(both[0] + " " + both[1]), {}, 1)[0].title,
            "alpha beta gamma delta");
}

TEST(Stories, WordsAreLowerCaseLettersAndDigits) {
  EXPECT_EQ(words_of("The GELU, x=1 & bf16-Größe"),
            (std::vector<std::string>{"the", "gelu", "bf16", "größe"}));
}

}  // namespace
}  // namespace calando::cards
