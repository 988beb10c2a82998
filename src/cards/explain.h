// SPDX-License-Identifier: MIT
// A card worked out with given numbers, and its renderings.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "src/cards/card.h"
#include "src/plot/figure.h"
#include "src/plot/terminal.h"

namespace calando::cards {

struct Explanation {
  const Card* card = nullptr;
  Names values;
  std::vector<std::string> steps;  // of the example, the last its result
  double result = 0;               // the library's
  std::string command;             // with the values filled in
  std::vector<std::string> code;
  std::vector<plot::Figure> pictures;
  std::string text;  // Markdown, its numbers computed
};

/// Works a card out.
///
/// Throws:  UsageError: values for which the library has no answer, named
Explanation explain(const Card& card, const Names& values);

/// The same but for its text, which no value changes: what a slider asks for sixty times a second.
Explanation worked_example(const Card& card, const Names& values);

/// The card for a terminal.
std::string to_terminal(const Explanation& explanation, const plot::TerminalOptions& options);

nlohmann::ordered_json to_json(const Explanation& explanation);

/// The parts of a card as HTML, safe to stand in a page: no markup but ours is in them.
struct CardHtml {
  std::string formula;
  std::string text;
  std::string steps;
  std::string command;
  std::string code;  // may be empty
  std::string sources;
};
CardHtml to_html(const Explanation& explanation);

}  // namespace calando::cards
