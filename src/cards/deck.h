// SPDX-License-Identifier: MIT
// All cards, as they were compiled into the program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/cards/card.h"

namespace calando::cards {

struct CardFile {
  std::string_view id;
  std::string_view text;
};
extern const std::vector<CardFile> kCardFiles;

/// Every card, area by area, within an area by name.
const std::vector<Card>& deck();

/// The card of an id ("cosine-annealing") or a name ("Cosine annealing").
///
/// Throws:  UsageError with the nearest
const Card& find_card(std::string_view name);

}  // namespace calando::cards
