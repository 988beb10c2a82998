// SPDX-License-Identifier: MIT
// calando explain [CONCEPT]: a concept card, its numbers computed.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "calando/error.h"
#include "src/cards/deck.h"
#include "src/cards/explain.h"
#include "tools/command.h"
#include "tools/output.h"

namespace calando::tools {
namespace {

struct Options {
  std::string concept_name;
  std::vector<std::string> values;
};

void list_cards(bool as_json, Output& out) {
  if (as_json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const cards::Card& card : cards::deck())
      all.push_back({{"id", card.id}, {"name", card.name}, {"area", card.area}});
    out.text(all.dump(1)).text("\n");
    return;
  }
  std::string_view area;
  for (const cards::Card& card : cards::deck()) {
    if (card.area != area) out.text(area.empty() ? "" : "\n").text(card.area).text("\n");
    area = card.area;
    out.text(fmt::format("  {:<34} {}\n", card.id, card.name));
  }
}

plot::TerminalOptions terminal_options() {
  plot::TerminalOptions drawn;
  drawn.columns = static_cast<std::size_t>(std::clamp(terminal_width(), 40, 100));
  if (stdout_has_color()) drawn.colour = plot::Colour::ansi;
  return drawn;
}

int run(const Options& options, const Common& common) {
  Output out;
  if (options.concept_name.empty()) {
    list_cards(common.json, out);
  } else {
    const cards::Card& card = cards::find_card(options.concept_name);
    const cards::Explanation explanation = cards::explain(card, cards::changed_values(card, options.values));
    out.text(common.json ? cards::to_json(explanation).dump(1) + "\n"
                         : cards::to_terminal(explanation, terminal_options()));
  }
  out.finish();
  return kDone;
}

}  // namespace

Command explain_command() {
  return {
      .name = "explain",
      .summary = "Explain a concept: formula, worked example with your numbers, picture, what goes wrong.",
      .examples =
          "calando explain\n"
          "calando explain cosine-annealing\n"
          "calando explain cosine-annealing lr0=0.1 T=100 t=50\n",
      .computes = false,
      .declare = [](CLI::App& app) -> Run {
        auto options = std::make_shared<Options>();
        app.add_option("CONCEPT", options->concept_name, "a card's name; without one: the list");
        app.add_option("name=value", options->values, "numbers of your own for the worked example");
        return [options](const Common& common) { return run(*options, common); };
      }};
}

}  // namespace calando::tools
