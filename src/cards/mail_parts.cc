// SPDX-License-Identifier: MIT
#include "src/cards/mail_parts.h"

#include <fmt/format.h>

#include "src/cards/daily.h"
#include "src/cards/markdown.h"
#include "src/plot/markup.h"

namespace calando::cards {
namespace {

using plot::escaped;

constexpr std::size_t kColumns = 72;

std::string card_text(const Explanation& explanation) {
  const Card& card = *explanation.card;
  std::string out = fmt::format("{}\n{}\n\n", card.name, std::string(width_of(card.name), '-'));
  for (const std::string& formula : card.formulas) out += "    " + formula + "\n";
  out += "\n" + markdown_to_terminal(explanation.text, kColumns, plot::Colour::none);
  for (std::size_t i = 0; i < explanation.steps.size(); ++i)
    out += (i == 0 ? "    " : "  = ") + explanation.steps[i] + "\n";
  return out + "\n    $ " + explanation.command + "\n\n";
}

std::string story_text(const Story& story) {
  std::string out =
      fmt::format("[{:.3f}] {}\n", story.similarity, wrapped(story.title, kColumns - 8, "        "));
  if (!story.link.empty()) out += "        " + story.link + "\n";
  if (!story.summary.empty()) out += "        " + wrapped(story.summary, kColumns, "        ") + "\n";
  return out + "\n";
}

std::string card_html(const Explanation& explanation, std::size_t number) {
  const CardHtml html = to_html(explanation);
  std::string out =
      fmt::format("<h2>{}</h2>\n{}{}", escaped(explanation.card->name), html.formula, html.text);
  if (!explanation.pictures.empty()) {
    out += fmt::format(
        "<p><img src=\"cid:picture{}\" alt=\"{}\" width=\"560\" style=\"max-width:100%;height:auto\"></p>\n",
        number, escaped(explanation.pictures[0].description));
  }
  return out + html.steps + html.command;
}

std::string story_html(const Story& story) {
  const std::string title = escaped(story.title);
  const std::string head =
      story.link.empty() ? title : fmt::format("<a href=\"{}\">{}</a>", escaped(story.link), title);
  return fmt::format("<li><p>{} <small>({:.3f})</small><br>{}</p></li>\n", head, story.similarity,
                     escaped(story.summary));
}

constexpr std::string_view kStyle =
    "body{font:16px/1.5 -apple-system,'Segoe "
    "UI',Helvetica,Arial,sans-serif;color:#1c1c1e;max-width:36em;margin:0 auto;padding:0 12px}"
    "h1{font-size:22px}h2{font-size:19px;margin-top:2em;border-top:1px solid #e7e7ea;padding-top:1em}"
    ".formula{font:italic 18px Georgia,serif;margin:.3em "
    "1em}.steps{font-family:Georgia,serif;margin-left:1em}"
    "pre{background:#f4f4f6;padding:8px;white-space:pre-wrap}small{color:#5b5b60}";

}  // namespace

std::string subject_of(const DailyMail& mail) {
  std::string names;
  for (const Explanation& card : mail.cards) names += (names.empty() ? "" : ", ") + card.card->name;
  return "Five concepts: " + names;
}

std::string mail_text(const DailyMail& mail) {
  std::string out = fmt::format("Five concepts for {}\n\n\n", day_text(mail.day));
  for (const Explanation& card : mail.cards) out += card_text(card) + "\n";
  if (mail.stories.empty()) return out;
  out += "Stories near to your interests and today's concepts\n\n";
  for (const Story& story : mail.stories) out += story_text(story);
  return out + "[0.123]: cosine similarity of its words with your interests and the cards.\n";
}

std::string mail_html(const DailyMail& mail) {
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\">"
      "<title>{}</title><style>{}</style></head>\n<body>\n<h1>Five concepts for {}</h1>\n",
      escaped(subject_of(mail)), kStyle, day_text(mail.day));
  for (std::size_t i = 0; i < mail.cards.size(); ++i) out += card_html(mail.cards[i], i + 1);
  if (!mail.stories.empty()) {
    out += "<h2>Stories near to your interests and today's concepts</h2>\n<ol>\n";
    for (const Story& story : mail.stories) out += story_html(story);
    out +=
        "</ol>\n<p><small>In parentheses: cosine similarity of a story's words with your interests and the "
        "cards.</small></p>\n";
  }
  return out + "</body></html>\n";
}

}  // namespace calando::cards
