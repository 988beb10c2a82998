// SPDX-License-Identifier: MIT
// Which five cards are a day's, and what a day's mail holds.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "src/cards/card.h"

namespace calando::cards {

inline constexpr std::size_t kCardsADay = 5;

/// The places in a deck of `size` cards that a day shows: all of them pass, in an order drawn anew each time round, before one comes
/// again, and a day never shows one twice.
///
/// Throws:  UsageError where the deck has fewer than twice as many cards as a day shows
std::vector<std::size_t> places_of_day(std::chrono::sys_days day, std::size_t size);

/// The cards of a day.
std::vector<const Card*> cards_of_day(std::chrono::sys_days day);

/// A date such as 2026-11-25.
///
/// Throws:  UsageError
std::chrono::sys_days parse_day(std::string_view text);
std::string day_text(std::chrono::sys_days day);

}  // namespace calando::cards
