// SPDX-License-Identifier: MIT
#include "src/cards/card.h"

#include <gtest/gtest.h>

#include "calando/error.h"

namespace calando::cards {
namespace {

const std::string kHead =
    "name: Half\narea: schedules\nformula: h = x / 2\nsource: A book\nparameter: T = 8 | 1 to 10, whole | "
    "length\n"
    "parameter: x = 3 | 0 to T | a number\nexample: x / 2\nresult: x * 0.5\ncommand: calando schedule "
    "\"{x}\"\n";

std::string message_of(const std::string& text) {
  try {
    claims_of(read_card("half", text));
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

TEST(Card, IsReadFieldByField) {
  const Card card = read_card("half", kHead + "---\nText.\n");
  EXPECT_EQ(card.name, "Half");
  EXPECT_EQ(card.formulas, std::vector<std::string>{"h = x / 2"});
  EXPECT_EQ(card.parameters[1].high_name, "T");
  EXPECT_TRUE(card.parameters[0].whole);
  EXPECT_EQ(card.text, "Text.\n");
}

TEST(Card, RefusesWithTheLine) {
  EXPECT_EQ(message_of(kHead), "half.md:10: the head does not end: expected a line ---");
  EXPECT_EQ(message_of("nam: x\n---\n"), "half.md:1: no field \"nam\"; did you mean \"name\"?");
  EXPECT_EQ(message_of(kHead + "name: again\n---\n"), "half.md:10: name stands twice");
  EXPECT_EQ(message_of("area: cooking\n---\n").substr(0, 32), "half.md:1: area \"cooking\", expec");
  EXPECT_EQ(message_of("parameter: x = 5 | 0 to 1 | too large\n---\n"),
            "half.md:1: the value lies outside of its range");
  EXPECT_EQ(message_of("name: x\n---\n"), "half.md:2: area is missing");
  EXPECT_EQ(message_of(kHead + "---\n{{no}}\n"), "half.md: \"{{no}}\n\": expected {{number = expression}}");
}

TEST(Card, TakesNumbersOfTheReader) {
  const Card card = read_card("half", kHead + "---\n");
  EXPECT_EQ(changed_values(card, {"x=2.5"}).at("x"), 2.5);
  EXPECT_EQ(changed_values(card, {"x=9.5", "T=10"}).at("x"), 9.5);
  const auto message = [&card](const std::vector<std::string>& words) -> std::string {
    try {
      changed_values(card, words);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message({"x=9"}), "half: x = 9, expected a number from 0 to T");
  EXPECT_EQ(message({"T=2.5"}), "half: T = 2.5, expected a whole number from 1 to 10");
  EXPECT_EQ(message({"y=1"}), "half has no \"y\" (it has T, x)");
  EXPECT_EQ(message({"x"}), "\"x\": expected name=value, such as T=8");
  EXPECT_EQ(message({"x=nan"}), "half: x = nan, expected a number from 0 to T");
}

TEST(Claim, IsComputedWithTheDigitsThatAreWritten) {
  const Card card = read_card("half", kHead + "---\nIt is {{0.333 = 1 / 3}}, or {{1.5 = x * 0.5}}.\n");
  EXPECT_EQ(claims_of(card).size(), 2U);
  const auto none = [](std::string_view, const std::vector<Value>&) { return 0.0; };
  EXPECT_EQ(computed_text(card, none), "It is 0.333, or 1.5.\n");
  EXPECT_EQ(written_like("0.0500", 0.0512), "0.0512");
  EXPECT_EQ(written_like("1e-5", 2.4e-5), "2e-5");
  EXPECT_EQ(written_like("12", 11.6), "12");
}

}  // namespace
}  // namespace calando::cards
