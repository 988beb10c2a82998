// SPDX-License-Identifier: MIT
#include "src/cards/daily.h"

#include <gtest/gtest.h>

#include <set>

#include "calando/error.h"
#include "src/cards/deck.h"

namespace calando::cards {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

TEST(Daily, ShowsEveryCardOnceBeforeAnyAgain) {
  for (const std::size_t size : {std::size_t{15}, std::size_t{37}, std::size_t{100}, deck().size()}) {
    // Positions of whole rounds: round r shows positions r * size ... (r + 1) * size - 1 of the endless row of days.
    std::vector<std::size_t> row;
    const sys_days start = parse_day("2020-01-01");
    const std::size_t first = static_cast<std::size_t>(start.time_since_epoch().count()) * kCardsADay;
    for (int day = 0; day < 400; ++day) {
      const std::vector<std::size_t> places = places_of_day(start + days(day), size);
      EXPECT_EQ(std::set<std::size_t>(places.begin(), places.end()).size(), kCardsADay) << day;
      row.insert(row.end(), places.begin(), places.end());
    }
    for (std::size_t begin = (size - first % size) % size; begin + size <= row.size(); begin += size) {
      const std::set<std::size_t> round(row.begin() + static_cast<std::ptrdiff_t>(begin),
                                        row.begin() + static_cast<std::ptrdiff_t>(begin + size));
      EXPECT_EQ(round.size(), size) << "a round of " << size;
    }
  }
}

TEST(Daily, ThreeFollowingDaysRepeatNothing) {
  std::set<const Card*> seen;
  for (int day = 0; day < 3; ++day) {
    for (const Card* card : cards_of_day(parse_day("2026-11-25") + days(day)))
      EXPECT_TRUE(seen.insert(card).second) << card->id;
  }
}

TEST(Daily, ReadsDates) {
  EXPECT_EQ(day_text(parse_day("2024-02-29")), "2024-02-29");
  EXPECT_EQ(parse_day("1970-01-02").time_since_epoch().count(), 1);
  for (const char* wrong :
       {"", "2023-02-29", "2026-13-01", "2026-11", "2026-11-25x", "25.11.2026", "-2026-11-25", "2026-11-0"}) {
    EXPECT_THROW(parse_day(wrong), UsageError) << wrong;
  }
}

TEST(Daily, NeedsADeckLargeEnough) { EXPECT_THROW(places_of_day(parse_day("2026-11-25"), 14), UsageError); }

}  // namespace
}  // namespace calando::cards
