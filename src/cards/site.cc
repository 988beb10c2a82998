// SPDX-License-Identifier: MIT
#include "src/cards/site.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "src/cards/explain.h"
#include "src/cards/stories.h"
#include "src/plot/palette.h"
#include "src/plot/svg.h"

namespace calando::cards {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kFirstCard = "cosine-annealing";

ordered_json parameters_of(const Card& card) {
  ordered_json all = ordered_json::array();
  for (const Parameter& parameter : card.parameters) {
    all.push_back({{"name", parameter.name},
                   {"value", parameter.value},
                   {"low", parameter.low},
                   {"high", parameter.high},
                   {"high_name", parameter.high_name},
                   {"whole", parameter.whole},
                   {"meaning", parameter.meaning}});
  }
  return all;
}

/// What a search looks into: each word once.
std::string searched_words(const Explanation& explanation) {
  std::vector<std::string> words = words_of(explanation.text);
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return fmt::format("{}", fmt::join(words, " "));
}

ordered_json page_card(const Card& card) {
  const Explanation explanation = explain(card, default_values(card));
  const CardHtml html = to_html(explanation);
  ordered_json pictures = ordered_json::array();
  for (const plot::Figure& figure : explanation.pictures) {
    pictures.push_back(plot::to_svg(figure, {.width = 480, .height = 288, .use = plot::Use::in_page}));
  }
  return {{"id", card.id},
          {"name", card.name},
          {"area", card.area},
          {"formula", html.formula},
          {"text", html.text},
          {"parameters", parameters_of(card)},
          {"steps", explanation.steps},
          {"result", explanation.result},
          {"command", explanation.command},
          {"code", explanation.code},
          {"pictures", std::move(pictures)},
          {"sources", html.sources},
          {"related", card.related},
          {"words", searched_words(explanation)}};
}

/// Text that may stand in a script element: no end tag in it.
std::string in_script(std::string text) {
  for (std::size_t at = text.find("</"); at != std::string::npos; at = text.find("</", at + 3))
    text.insert(at + 1, "\\");
  return text;
}

void put(std::string& page, std::string_view mark, std::string_view text) {
  page.replace(page.find(mark), mark.size(), text);
}

}  // namespace

std::string site_page(const std::vector<Card>& deck, std::string_view module) {
  ordered_json data = {{"first", 0}, {"module", !module.empty()}, {"cards", ordered_json::array()}};
  for (const Card& card : deck) {
    if (card.id == kFirstCard) data["first"] = data["cards"].size();
    data["cards"].push_back(page_card(card));
  }
  std::string page(kSitePage);
  put(page, "@STYLE@", std::string(kSiteStyle) + plot::style_sheet());
  put(page, "@SCRIPT@", kSiteScript);
  put(page, "@MODULE@", module.empty() ? "" : fmt::format("<script>{}</script>", module));
  put(page, "@CARDS@", in_script(data.dump()));
  return page;
}

}  // namespace calando::cards
