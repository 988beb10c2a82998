// SPDX-License-Identifier: MIT
#include "src/cards/daily.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

#include "calando/error.h"
#include "src/cards/deck.h"
#include "src/cpu/random.h"

namespace calando::cards {
namespace {

/// The order of a time round, before its start is looked at.
std::vector<std::size_t> drawn_order(std::int64_t round, std::size_t size) {
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const cpu::Random random(static_cast<std::uint64_t>(round), cpu::Purpose::shuffle);
  for (std::size_t i = size; i > 1; --i) std::swap(order[i - 1], order[random.below(i, i)]);
  return order;
}

/// The order of a time round. A day may end one round and begin the next: what ended the last round is put off until after that day.
std::vector<std::size_t> order_of(std::int64_t round, std::size_t size) {
  std::vector<std::size_t> order = drawn_order(round, size);
  const std::vector<std::size_t> before = drawn_order(round - 1, size);
  const auto recent = [&before](std::size_t place) {
    return std::find(before.end() - kCardsADay, before.end(), place) != before.end();
  };
  std::stable_partition(order.begin(), order.begin() + 2 * kCardsADay,
                        [&](std::size_t place) { return !recent(place); });
  return order;
}

}  // namespace

std::vector<std::size_t> places_of_day(std::chrono::sys_days day, std::size_t size) {
  // Putting off never reaches the last cards of a round, so that the round before needs no look at the one before it.
  if (size < 3 * kCardsADay)
    throw UsageError(fmt::format("a deck of {} cards, expected at least {}", size, 3 * kCardsADay));
  const auto count = static_cast<std::int64_t>(size);
  std::vector<std::size_t> places;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(kCardsADay); ++i) {
    const std::int64_t position = day.time_since_epoch().count() * static_cast<std::int64_t>(kCardsADay) + i;
    const std::int64_t round = position >= 0 ? position / count : -((-position + count - 1) / count);
    places.push_back(order_of(round, size)[static_cast<std::size_t>(position - round * count)]);
  }
  return places;
}

std::vector<const Card*> cards_of_day(std::chrono::sys_days day) {
  std::vector<const Card*> cards;
  for (const std::size_t place : places_of_day(day, deck().size())) cards.push_back(&deck()[place]);
  return cards;
}

std::chrono::sys_days parse_day(std::string_view text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  const char* end = text.data() + text.size();
  const auto a = std::from_chars(text.data(), end, year);
  const auto b =
      a.ec == std::errc() && a.ptr < end && *a.ptr == '-' ? std::from_chars(a.ptr + 1, end, month) : a;
  const auto c =
      b.ec == std::errc() && b.ptr < end && *b.ptr == '-' ? std::from_chars(b.ptr + 1, end, day) : b;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  const bool whole = c.ec == std::errc() && c.ptr == end && day != 0;
  if (!whole || !date.ok() || text.front() == '-') {
    throw UsageError(fmt::format("date \"{}\", expected one such as 2026-11-25", text));
  }
  return date;
}

std::string day_text(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", int(date.year()), unsigned(date.month()), unsigned(date.day()));
}

}  // namespace calando::cards
