// SPDX-License-Identifier: MIT
#include "src/cards/mail.h"

#include <gmime/gmime.h>
#include <gtest/gtest.h>

#include "calando/error.h"
#include "src/cards/daily.h"
#include "src/cards/deck.h"
#include "src/cards/mail_parts.h"

namespace calando::cards {
namespace {

DailyMail a_mail() {
  DailyMail mail{.day = parse_day("2026-11-25"),
                 .from = "Cards <cards@example.org>",
                 .to = "anna@example.org",
                 .cards = {},
                 .stories = {}};
  for (const Card* card : cards_of_day(mail.day)) mail.cards.push_back(explain(*card, default_values(*card)));
  mail.stories.push_back({.title = "<b>Bold</b> & \"quoted\"",
                          .link = "https://example.org/?a=1&b=2",
                          .summary = "<script>x</script>",
                          .similarity = 0.25});
  return mail;
}

struct Counts {
  int plain = 0, html = 0, png = 0;
  std::string text;
};

std::string content_of(GMimePart* part) {
  GMimeStream* memory = g_mime_stream_mem_new();
  g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(part), memory);
  const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
  std::string content(reinterpret_cast<const char*>(bytes->data), bytes->len);
  g_object_unref(memory);
  return content;
}

/// Every leaf of the mail, told by its type, its transfer encoding undone.
void count(GMimeObject*, GMimeObject* object, gpointer counts_pointer) {
  auto& counts = *static_cast<Counts*>(counts_pointer);
  if (!GMIME_IS_PART(object)) return;
  const std::string content = content_of(GMIME_PART(object));
  const GMimeContentType* type = g_mime_object_get_content_type(object);
  char* const mime_type = g_mime_content_type_get_mime_type(const_cast<GMimeContentType*>(type));
  const std::string name = mime_type;
  g_free(mime_type);
  counts.plain += name == "text/plain";
  counts.html += name == "text/html";
  counts.png += name == "image/png" && content.starts_with("\x89PNG");
  if (name == "text/html") counts.text = content;
}

TEST(Mail, IsParsedBackByAMailLibrary) {
  const DailyMail mail = a_mail();
  const std::string bytes = compose(mail);
  GMimeStream* stream = g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size());
  GMimeParser* parser = g_mime_parser_new_with_stream(stream);
  GMimeMessage* message = g_mime_parser_construct_message(parser, nullptr);
  ASSERT_NE(message, nullptr);
  EXPECT_EQ(std::string(g_mime_message_get_subject(message)), subject_of(mail));
  EXPECT_EQ(internet_address_list_length(g_mime_message_get_to(message)), 1);
  Counts counts;
  g_mime_message_foreach(message, count, &counts);
  EXPECT_EQ(counts.plain, 1);
  EXPECT_EQ(counts.html, 1);
  EXPECT_EQ(counts.png, static_cast<int>(kCardsADay));
  EXPECT_NE(counts.text.find("&lt;b&gt;Bold&lt;/b&gt; &amp; &quot;quoted&quot;"), std::string::npos);
  EXPECT_EQ(counts.text.find("<script"), std::string::npos);
  for (std::size_t i = 1; i <= kCardsADay; ++i)
    EXPECT_NE(counts.text.find("cid:picture" + std::to_string(i)), std::string::npos);
  g_object_unref(message);
  g_object_unref(parser);
  g_object_unref(stream);
}

TEST(Mail, IsTheSameForTheSameDay) { EXPECT_EQ(compose(a_mail()), compose(a_mail())); }

TEST(Mail, RefusesAddressesThatAreNone) {
  for (const char* wrong :
       {"", "anna", "anna@example.org, bert@example.org", "anna@example.org\r\nBcc: all@example.org"}) {
    DailyMail mail = a_mail();
    mail.to = wrong;
    EXPECT_THROW(compose(mail), UsageError) << wrong;
  }
}

TEST(Mail, TextHasTheCardsAndTheScores) {
  const std::string text = mail_text(a_mail());
  for (const Explanation& card : a_mail().cards) EXPECT_NE(text.find(card.card->name), std::string::npos);
  EXPECT_NE(text.find("[0.250]"), std::string::npos);
}

}  // namespace
}  // namespace calando::cards
