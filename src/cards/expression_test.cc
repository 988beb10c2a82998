// SPDX-License-Identifier: MIT
#include "src/cards/expression.h"

#include <gtest/gtest.h>

#include <cmath>

#include "calando/error.h"
#include "src/cards/library.h"

namespace calando::cards {
namespace {

double no_library(std::string_view name, const std::vector<Value>&) {
  throw UsageError("no " + std::string(name));
}

double value_of(std::string_view text, const Names& names = {}) {
  return read_expression(text, "test").value(names, no_library);
}

TEST(Expression, BindsAsArithmeticDoes) {
  EXPECT_EQ(value_of("1 + 2 * 3"), 7);
  EXPECT_EQ(value_of("(1 + 2) * 3"), 9);
  EXPECT_EQ(value_of("10 - 4 - 3"), 3);
  EXPECT_EQ(value_of("2 ^ 3 ^ 2"), 512);
  EXPECT_EQ(value_of("-2 ^ 2"), -4);
  EXPECT_EQ(value_of("2 * -3"), -6);
  EXPECT_EQ(value_of("12 / 4 / 3"), 1);
  EXPECT_EQ(value_of("1e-3 + .5"), 0.501);
}

TEST(Expression, KnowsFunctionsAndNames) {
  EXPECT_EQ(value_of("sqrt(x) + max(1, y)", {{"x", 9}, {"y", 2}}), 5);
  EXPECT_EQ(value_of("cospi(0.5)"), 0);
  EXPECT_EQ(value_of("pi"), M_PI);
  EXPECT_EQ(value_of("min([3, 1, 2])"), 1);
  EXPECT_EQ(read_expression("a + b * schedule(\"cosine({c}, 0, 1)\", 2)", "test").names(),
            (std::vector<std::string>{"a", "b", "c"}));
}

TEST(Expression, RefusesWithTheColumn) {
  const auto message = [](std::string_view text) -> std::string {
    try {
      value_of(text);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message("1 + "), "test, column 5: expected a number or a name");
  EXPECT_EQ(message("(1"), "test, column 3: expected )");
  EXPECT_EQ(message("1 2"), "test, column 3: expected an operator");
  EXPECT_EQ(message("\"a"), "test, column 2: the text does not end");
  EXPECT_EQ(message("x"), "\"x\" has no value");
  EXPECT_EQ(message("sqrt(1, 2)"), "sqrt takes one number");
  EXPECT_NE(message(std::string(1000, '(')).find("too deeply"), std::string::npos);
}

TEST(Expression, WorksOutAsOnPaper) {
  const Expression example = read_expression("lr0 * 0.5 * (1 + cospi(t / T))", "test");
  EXPECT_EQ(example.typeset(), "lr0 · 0.5 · (1 + cos(π · t / T))");
  const std::vector<std::string> steps = {"0.1 · 0.5 · (1 + cos(π · 50 / 100))",
                                          "0.1 · 0.5 · (1 + cos(π · 0.5))", "0.1 · 0.5 · (1 + 0)", "0.05 · 1",
                                          "0.05"};
  EXPECT_EQ(example.steps({{"lr0", 0.1}, {"t", 50}, {"T", 100}}, no_library), steps);
}

TEST(Expression, SetsNegativeNumbersInParentheses) {
  EXPECT_EQ(
      read_expression("a - b * (c - d)", "test").steps({{"a", 1}, {"b", -2}, {"c", 3}, {"d", 5}}, no_library),
      (std::vector<std::string>{"1 − (−2 · (3 − 5))", "1 − (−2 · (−2))", "1 − 4", "−3"}));
}

TEST(Expression, FillsNamesIntoTexts) {
  EXPECT_EQ(filled_in("cosine({a}, 0, {b})", {{"a", 0.1}, {"b", 100}}), "cosine(0.1, 0, 100)");
  EXPECT_THROW(filled_in("{c}", {}), UsageError);
  EXPECT_EQ(filled_in("Adam{} of {{a}, {open", {{"a", 2}}), "Adam{} of {2, {open");
}

TEST(Library, IsCalledByName) {
  EXPECT_EQ(
      read_expression("schedule(\"cosine({lr0}, 0, 100)\", 50)", "test").value({{"lr0", 0.1}}, call_library),
      0.05);
  EXPECT_THROW(call_library("shedule", {}), UsageError);
  EXPECT_THROW(call_library("schedule", {std::string("cosine(0.1, 0, 100)"), 1.0, 2.0}), UsageError);
  EXPECT_THROW(call_library("schedule", {1.0, 2.0}), UsageError);
}

}  // namespace
}  // namespace calando::cards
