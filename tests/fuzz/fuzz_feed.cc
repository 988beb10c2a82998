// SPDX-License-Identifier: MIT
// Whatever is read as a feed gives text: valid UTF-8 without control characters, links that are web addresses, no markup in the mail's HTML.
#include <algorithm>

#include "src/cards/mail_parts.h"
#include "src/cards/stories.h"
#include "tests/fuzz/fuzz.h"

using namespace calando;

std::vector<std::string> fuzz_seeds() {
  return {
      "<?xml version='1.0'?><rss><channel><title>F</title><item><title>One &amp; two "
      "&#x3b1;</title><link>https://example.org/1?a=b&amp;c"
      "</link><description>&lt;p&gt;Text &lt;b&gt;bold&lt;/b&gt; "
      "&amp;lt;i&amp;gt;&lt;/p&gt;</description></item>"
      "<item><title><![CDATA[<i>T</i><script>alert(1)</script>]]></title><link>javascript:alert(1)</link></"
      "item></channel></rss>",
      "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>A \xE2\x80\x9C \xF0\x9F\x98\x80</title><link "
      "rel='self' href='x'/>"
      "<link href='http://example.org/a'/><summary>S</summary></entry><entry><title>B</title><content "
      "type='html'>&lt;style&gt;p"
      "</content></entry></feed>",
      "<!DOCTYPE rss [<!ENTITY a 'aa'><!ENTITY b "
      "'&a;&a;'>]><rdf:RDF><item><title>&b;\x80\xC3(</title><description>d</description>"
      "</item></rdf:RDF>"};
}

namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// Every first byte is followed by as many others as it says, and nothing controls a terminal.
void check_text(std::string_view text) {
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text.front());
    fuzz::require(first >= 0x20 && first != 0x7F && (first < 0x80 || first >= 0xC2) && first < 0xF5);
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    fuzz::require(length <= text.size());
    for (std::size_t i = 1; i < length; ++i) fuzz::require(continues(text[i]));
    text.remove_prefix(length);
  }
}

void check_link(const std::string& link) {
  fuzz::require(link.empty() || link.starts_with("https://") || link.starts_with("http://"));
  fuzz::require(link.find_first_of(" \"<>") == std::string::npos);
}

/// Only our own elements: as many of each as without any story, but for the list.
void check_mail(const std::vector<cards::Story>& stories) {
  const std::string html =
      cards::mail_html({.day = {}, .from = "a@b.c", .to = "a@b.c", .cards = {}, .stories = stories});
  const auto items = static_cast<std::size_t>(
      std::count_if(stories.begin(), stories.end(), [](const auto& s) { return !s.link.empty(); }));
  std::size_t tags = 0;
  for (const char c : html) tags += c == '<';
  const std::string none =
      cards::mail_html({.day = {},
                        .from = "a@b.c",
                        .to = "a@b.c",
                        .cards = {},
                        .stories = {cards::Story{.title = "t", .link = {}, .summary = "s"}}});
  const auto fixed = static_cast<std::size_t>(std::count(none.begin(), none.end(), '<'));
  constexpr std::size_t kOfAStory = 7;  // <li><p><small></small><br></p></li>
  if (!stories.empty()) fuzz::require(tags == fixed + kOfAStory * (stories.size() - 1) + 2 * items);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::read_or_refuse([&] {
    std::vector<cards::Story> stories = cards::parse_feed("input", fuzz::text_of(data, size));
    for (const cards::Story& story : stories) {
      check_text(story.title), check_text(story.summary), check_text(story.link);
      check_link(story.link);
    }
    stories = cards::nearest_stories(std::move(stories), std::vector<std::string>{"adam text"}, {}, 5);
    for (const cards::Story& story : stories) fuzz::require(story.similarity >= 0 && story.similarity <= 1);
    check_mail(stories);
  });
  return 0;
}
