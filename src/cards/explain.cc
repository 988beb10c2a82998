// SPDX-License-Identifier: MIT
#include "src/cards/explain.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "src/cards/library.h"
#include "src/spec/number.h"

namespace calando::cards {
namespace {

/// The example worked out; where the card has none, the call that gives its result.
std::vector<std::string> worked(const Card& card, const Names& values, double result) {
  if (card.example.empty())
    return {read_expression(filled_in(card.result, values), card.id).typeset(), shown(result)};
  const Expression example = read_expression(card.example, card.id);
  std::vector<std::string> lines = {example.typeset()};
  for (std::string& line : example.steps(values, call_library)) {
    if (line != lines.back()) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

Explanation worked_example(const Card& card, const Names& values) {
  Explanation explanation{.card = &card,
                          .values = values,
                          .steps = {},
                          .result = read_expression(card.result, card.id).value(values, call_library),
                          .command = filled_in(card.command, values),
                          .code = {},
                          .pictures = {},
                          .text = {}};
  explanation.steps = worked(card, values, explanation.result);
  for (const std::string& line : card.code) explanation.code.push_back(filled_in(line, values));
  for (const std::string& line : card.pictures) explanation.pictures.push_back(draw_picture(line, values));
  return explanation;
}

Explanation explain(const Card& card, const Names& values) {
  Explanation explanation = worked_example(card, values);
  explanation.text = computed_text(card, call_library);
  return explanation;
}

nlohmann::ordered_json to_json(const Explanation& explanation) {
  const Card& card = *explanation.card;
  nlohmann::ordered_json json = {
      {"id", card.id}, {"name", card.name}, {"area", card.area}, {"formulas", card.formulas}};
  nlohmann::ordered_json parameters = nlohmann::ordered_json::array();
  for (const Parameter& parameter : card.parameters) {
    parameters.push_back({{"name", parameter.name},
                          {"value", explanation.values.at(parameter.name)},
                          {"low", parameter.low},
                          {"high", parameter.high},
                          {"whole", parameter.whole},
                          {"meaning", parameter.meaning}});
  }
  json["parameters"] = std::move(parameters);
  json["steps"] = explanation.steps;
  json["result"] = explanation.result;
  json["command"] = explanation.command;
  json["code"] = explanation.code;
  json["text"] = explanation.text;
  json["related"] = card.related;
  nlohmann::ordered_json sources = nlohmann::ordered_json::array();
  for (const Source& source : card.sources)
    sources.push_back({{"text", source.text}, {"address", source.address}});
  json["sources"] = std::move(sources);
  return json;
}

}  // namespace calando::cards
