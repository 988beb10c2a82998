// SPDX-License-Identifier: MIT
// Every card: what it claims is what the library computes.
#include "src/cards/deck.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "calando/error.h"
#include "src/cards/explain.h"
#include "src/cards/library.h"
#include "src/spec/number.h"

namespace calando::cards {
namespace {

/// Optimizers and losses compute in float32, from numbers of about 1: a worked example in double may differ by some units
/// in the last place of the result, and of 1.
constexpr double kFloatRounding = 0x1p-20;
constexpr double kFloatUnit = 0x1p-22;

bool agree(double a, double b) {
  return a == b || std::fabs(a - b) <= kFloatRounding * std::max(std::fabs(a), std::fabs(b)) + kFloatUnit;
}

TEST(Deck, NamesAreUniqueAndRelatedCardsExist) {
  std::set<std::string> ids;
  std::set<std::string> names;
  for (const Card& card : deck()) {
    EXPECT_TRUE(ids.insert(card.id).second) << card.id;
    EXPECT_TRUE(names.insert(card.name).second) << card.name;
  }
  for (const Card& card : deck()) {
    for (const std::string& other : card.related)
      EXPECT_TRUE(ids.contains(other)) << card.id << " -> " << other;
  }
}

TEST(Deck, EveryClaimIsWhatTheLibraryComputes) {
  std::size_t numbers = 0;
  for (const Card& card : deck()) {
    const Names names = default_values(card);
    for (const Claim& claim : claims_of(card)) {
      const double value = read_expression(claim.expression, card.id).value(names, call_library);
      EXPECT_EQ(claim.written, written_like(claim.written, value))
          << card.id << ": " << claim.expression << " = " << value;
      ++numbers;
    }
  }
  std::printf("claims: %zu cards, %zu numbers\n", deck().size(), numbers);
}

TEST(Deck, EveryWorkedExampleEndsInTheLibrarysAnswer) {
  for (const Card& card : deck()) {
    if (card.example.empty()) continue;
    const Names names = default_values(card);
    const double worked = read_expression(card.example, card.id).value(names, call_library);
    const double result = read_expression(card.result, card.id).value(names, call_library);
    EXPECT_TRUE(agree(worked, result))
        << card.id << ": worked out " << worked << ", the library says " << result;
  }
}

/// The ends of the ranges, where a formula and the library would part first.
TEST(Deck, WorkedExamplesAgreeAtTheEndsOfEveryRange) {
  for (const Card& card : deck()) {
    for (const Parameter& parameter : card.parameters) {
      for (const double end : {parameter.low, parameter.high}) {
        Names names;
        double result = 0;
        try {
          names = changed_values(card, {parameter.name + "=" + spec::to_text(end)});
          result = read_expression(card.result, card.id).value(names, call_library);
        } catch (const UsageError&) {
          continue;  // refused by name: no number, right or wrong
        }
        if (card.example.empty()) continue;
        const double worked = read_expression(card.example, card.id).value(names, call_library);
        EXPECT_TRUE(agree(worked, result) || (std::isnan(worked) && std::isnan(result)))
            << card.id << " at " << parameter.name << " = " << end << ": worked out " << worked
            << ", the library says " << result;
      }
    }
  }
}

TEST(Deck, SourcesAreWellFormed) {
  for (const Card& card : deck()) {
    for (const Source& source : card.sources) {
      EXPECT_FALSE(source.text.empty()) << card.id;
      const bool address = source.address.empty() || source.address.starts_with("https://") ||
                           source.address.starts_with("http://");
      EXPECT_TRUE(address) << card.id << ": " << source.address;
      EXPECT_EQ(source.address.find(' '), std::string::npos) << card.id << ": " << source.address;
    }
  }
}

TEST(Deck, EveryCardRendersInTheTerminalAndAsJson) {
  for (const Card& card : deck()) {
    const Explanation explanation = explain(card, default_values(card));
    const std::string text = to_terminal(explanation, {});
    EXPECT_NE(text.find(card.name), std::string::npos);
    EXPECT_EQ(explanation.text.find("{{"), std::string::npos) << card.id;
    EXPECT_FALSE(explanation.pictures.empty()) << card.id << " has no picture";
  }
}

TEST(Deck, FindsByNameAndSuggests) {
  EXPECT_EQ(find_card("Cosine Annealing").id, "cosine-annealing");
  try {
    find_card("cosine-aneling");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean \"cosine-annealing\"?"), std::string::npos);
  }
}

}  // namespace
}  // namespace calando::cards
