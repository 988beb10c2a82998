// SPDX-License-Identifier: MIT
// A card for a terminal.
#include <fmt/format.h>

#include <algorithm>

#include "src/cards/explain.h"
#include "src/cards/markdown.h"
#include "src/spec/number.h"

namespace calando::cards {
namespace {

std::string heading(std::string_view text, plot::Colour colour) {
  return colour == plot::Colour::ansi ? fmt::format("\x1b[1m{}\x1b[0m\n", text) : fmt::format("{}\n", text);
}

std::string example_part(const Explanation& explanation, plot::Colour colour) {
  std::string out = heading("Example", colour);
  std::size_t width = 0;
  for (const Parameter& parameter : explanation.card->parameters)
    width = std::max(width, parameter.name.size());
  for (const Parameter& parameter : explanation.card->parameters) {
    const std::string value = spec::to_text(explanation.values.at(parameter.name));
    out += fmt::format("  {:>{}} = {:<10} {}\n", parameter.name, width, value, parameter.meaning);
  }
  if (!explanation.card->parameters.empty()) out += "\n";
  for (std::size_t i = 0; i < explanation.steps.size(); ++i) {
    out += (i == 0 ? "    " : "  = ") + explanation.steps[i] + "\n";
  }
  const std::string exact = spec::to_text(explanation.result);
  if (explanation.steps.back() != exact) out += fmt::format("\n  the library's answer: {}\n", exact);
  return out + "\n";
}

std::string try_part(const Explanation& explanation, plot::Colour colour) {
  std::string out = heading("Try it", colour) + "  $ " + explanation.command + "\n\n";
  if (explanation.code.empty()) return out;
  out += heading("In C++", colour);
  for (const std::string& line : explanation.code) out += "  " + line + "\n";
  return out + "\n";
}

std::string further_part(const Card& card, std::size_t columns, plot::Colour colour) {
  std::string out = heading("Read on", colour);
  for (const Source& source : card.sources) {
    out += "  " + source.text + (source.address.empty() ? "" : ": " + source.address) + "\n";
  }
  if (!card.related.empty()) {
    out +=
        "  " + wrapped(fmt::format("related: {}", fmt::join(card.related, ", ")), columns - 2, "  ") + "\n";
  }
  return out;
}

}  // namespace

std::string to_terminal(const Explanation& explanation, const plot::TerminalOptions& options) {
  const Card& card = *explanation.card;
  std::string out = heading(fmt::format("{}  ({})", card.name, card.area), options.colour) + "\n";
  for (const std::string& formula : card.formulas) out += "    " + formula + "\n";
  out += "\n" + markdown_to_terminal(explanation.text, options.columns, options.colour);
  out += example_part(explanation, options.colour);
  for (const plot::Figure& picture : explanation.pictures) out += plot::to_terminal(picture, options) + "\n";
  return out + try_part(explanation, options.colour) + further_part(card, options.columns, options.colour);
}

}  // namespace calando::cards
