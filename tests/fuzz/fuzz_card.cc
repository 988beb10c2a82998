// SPDX-License-Identifier: MIT
// Whatever is read as a card has its claims where they stand in the text, and values that its own ranges accept; its expressions print.
#include "src/cards/card.h"
#include "src/cards/deck.h"
#include "src/spec/number.h"
#include "tests/fuzz/fuzz.h"

using namespace calando;

std::vector<std::string> fuzz_seeds() {
  std::string of_the_deck;
  for (const cards::CardFile& file : cards::kCardFiles) {
    if (file.id == "cosine-annealing") of_the_deck = file.text;
  }
  return {
      of_the_deck,
      "name: A\narea: training\nformula: y = x\nsource: Someone 2000 | https://example.org/a\nrelated: b, c\n"
      "parameter: T = 100 | 1 to 1e6, whole | steps\nparameter: t = 5 | 0 to T, whole | the step\n"
      "example: T ^ 2 * (1 + cospi(t / T)) - -sqrt(t)\nresult: schedule(\"cosine({T}, 0, 1)\", t)\n"
      "picture: curve(\"x / {T}\", 0, 1, \"x\")\ncommand: calando list\ncode: f({t});\n---\n"
      "Text {{0.50 = max([1, 2]) / 4}} and {{1e-3 = 10 ^ -3}}.\n",
      "name: A\r\narea: bellman\r\nformula: 1\r\nsource: B\r\nresult: value(\"two_state\", 0.9, "
      "0)\r\ncommand: c\r\n---\r\n{{1 = 1}}"};
}

namespace {

double no_library(std::string_view name, const std::vector<cards::Value>&) {
  throw UsageError("no " + std::string(name));
}

void check_expression(const std::string& text, const cards::Names& names) {
  if (text.empty()) return;
  const cards::Expression expression = cards::read_expression(text, "card");
  fuzz::require(!expression.typeset().empty());
  expression.names();
  fuzz::require(!expression.steps(names, no_library).empty());
}

void check(const cards::Card& card) {
  fuzz::require(!card.name.empty() && !card.result.empty() && !card.formulas.empty());
  const cards::Names names = cards::default_values(card);
  for (const cards::Parameter& parameter : card.parameters)
    cards::changed_values(card, {parameter.name + "=" + spec::to_text(parameter.value)});
  std::size_t end = 0;
  for (const cards::Claim& claim : cards::claims_of(card)) {
    fuzz::require(claim.start >= end && claim.start + claim.length <= card.text.size());
    end = claim.start + claim.length;
  }
  fuzz::read_or_refuse([&] { check_expression(card.result, names); });
  fuzz::read_or_refuse([&] { check_expression(card.example, names); });
  fuzz::read_or_refuse([&] { cards::computed_text(card, no_library); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::read_or_refuse([&] { check(cards::read_card("fuzz", fuzz::text_of(data, size))); });
  return 0;
}
