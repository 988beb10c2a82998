// SPDX-License-Identifier: MIT
#include "src/cards/deck.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "calando/error.h"
#include "src/spec/nearest.h"

namespace calando::cards {
namespace {

std::size_t area_rank(const Card& card) {
  return static_cast<std::size_t>(std::find(std::begin(kAreas), std::end(kAreas), card.area) -
                                  std::begin(kAreas));
}

std::vector<Card> read_deck() {
  std::vector<Card> cards;
  for (const CardFile& file : kCardFiles) cards.push_back(read_card(file.id, file.text));
  std::sort(cards.begin(), cards.end(), [](const Card& a, const Card& b) {
    return std::pair(area_rank(a), std::string_view(a.name)) <
           std::pair(area_rank(b), std::string_view(b.name));
  });
  return cards;
}

/// "Cosine Annealing" and "cosine_annealing" as "cosine-annealing".
std::string as_id(std::string_view name) {
  std::string id;
  for (const char c : name) {
    id += c == ' ' || c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return id;
}

}  // namespace

const std::vector<Card>& deck() {
  static const std::vector<Card> kDeck = read_deck();
  return kDeck;
}

const Card& find_card(std::string_view name) {
  const std::string id = as_id(name);
  std::vector<std::string> known;
  for (const Card& card : deck()) {
    if (card.id == id || as_id(card.name) == id) return card;
    known.push_back(card.id);
  }
  throw UsageError(
      fmt::format("no concept \"{}\"{} (calando explain lists them)", name, spec::did_you_mean(id, known)));
}

}  // namespace calando::cards
