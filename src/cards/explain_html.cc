// SPDX-License-Identifier: MIT
// A card as HTML.
#include <fmt/format.h>
#include <md4c-html.h>

#include "calando/error.h"
#include "src/cards/explain.h"
#include "src/plot/markup.h"
#include "src/spec/number.h"

namespace calando::cards {
namespace {

using plot::escaped;

std::string markdown_to_html(const std::string& markdown) {
  std::string html;
  const auto append = [](const MD_CHAR* text, MD_SIZE size, void* out) {
    static_cast<std::string*>(out)->append(text, size);
  };
  if (md_html(markdown.data(), static_cast<MD_SIZE>(markdown.size()), append, &html,
              MD_FLAG_TABLES | MD_FLAG_NOHTML, 0) != 0) {
    throw RunError("md4c could not read a card's Markdown: out of memory");
  }
  return html;
}

std::string steps_html(const Explanation& explanation) {
  std::string out = "<p class=\"steps\">";
  for (std::size_t i = 0; i < explanation.steps.size(); ++i) {
    out += (i == 0 ? "" : "<br>\n= ") + escaped(explanation.steps[i]);
  }
  return out + "</p>\n";
}

std::string sources_html(const Card& card) {
  std::string out = "<ul class=\"sources\">\n";
  for (const Source& source : card.sources) {
    const std::string text = escaped(source.text);
    out += source.address.empty()
               ? fmt::format("<li>{}</li>\n", text)
               : fmt::format("<li><a href=\"{}\">{}</a></li>\n", escaped(source.address), text);
  }
  return out + "</ul>\n";
}

}  // namespace

CardHtml to_html(const Explanation& explanation) {
  const Card& card = *explanation.card;
  CardHtml html;
  for (const std::string& formula : card.formulas)
    html.formula += fmt::format("<p class=\"formula\">{}</p>\n", escaped(formula));
  html.text = markdown_to_html(explanation.text);
  html.steps = steps_html(explanation);
  html.command = fmt::format("<pre><code>{}</code></pre>\n", escaped(explanation.command));
  if (!explanation.code.empty())
    html.code = fmt::format("<pre><code>{}</code></pre>\n",
                            escaped(fmt::format("{}", fmt::join(explanation.code, "\n"))));
  html.sources = sources_html(card);
  return html;
}

}  // namespace calando::cards
