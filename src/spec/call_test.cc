// SPDX-License-Identifier: MIT
#include "src/spec/call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calando/error.h"

namespace calando::spec {
namespace {

Value read(std::string_view text) { return parse(text, "schedule"); }

std::string message(std::string_view text) {
  try {
    read(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Call, ReadsPositionalAndNamedArguments) {
  const Call call =
      parse_call("torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=1_000,)", "x");
  EXPECT_EQ(call.path, "torch.optim.lr_scheduler.OneCycleLR");
  ASSERT_EQ(call.arguments.size(), 3u);
  EXPECT_EQ(std::get<Call>(call.arguments[0].value.content).path, "optimizer");
  EXPECT_EQ(call.arguments[1].name, "max_lr");
  EXPECT_EQ(std::get<Number>(call.arguments[1].value.content), (Number{.value = 0.1}));
  EXPECT_EQ(std::get<Number>(call.arguments[2].value.content), (Number{.value = 1000, .integer = true}));
}

TEST(Call, ReadsEveryKindOfValue) {
  const Call call =
      parse_call("f(True, false, None, -5%, 3ep, .5, inf, 'a\"b', \"c\", bare, [1, 2,], (1,), (), (7))", "x");
  const std::vector<std::string> expected = {"True",       "False", "None", "-5%",    "3ep",  "0.5", "inf",
                                             "\"a\\\"b\"", "\"c\"", "bare", "[1, 2]", "(1,)", "()",  "7"};
  ASSERT_EQ(call.arguments.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(to_string(call.arguments[i].value), expected[i]);
}

TEST(Call, ReadsWhatIsPastedFromPython) {
  const std::string text =
      "scheduler = optim.CosineAnnealingLR(  # anneal\n    optimizer,\r\n    T_max = 1e2,\n\tname='a then "
      "b',\n)\n";
  EXPECT_EQ(to_string(read(text)), "optim.CosineAnnealingLR(optimizer, T_max=100.0, name=\"a then b\")");
}

TEST(Call, ThenJoinsAndParenthesesGroup) {
  EXPECT_EQ(std::get<Sequence>(read("a then b(1) then 0.5").content).parts.size(), 3u);
  const Value nested = read("(a then b) then c");
  EXPECT_EQ(std::get<Sequence>(nested.content).parts.size(), 2u);
  EXPECT_EQ(to_string(nested), "(a then b) then c");
  EXPECT_EQ(to_string(read("f(a then b, times=2)")), "f(a then b, times=2)");
}

TEST(Call, PrintsWhatItReadsBackEqual) {
  for (const char* text :
       {"f(1, 1.0, 1e300, 0.1%, 100000, 9007199254740993, -0, -0.0, 5e-324, -inf)", "[[], ((),)]",
        "(a then (b then c)) then d(x=e then f)", "\"\\\\ ' \\\"\"", "f()", "f"}) {
    const Value value = read(text);
    EXPECT_EQ(read(to_string(value)), value) << text << " printed as " << to_string(value);
  }
  EXPECT_FALSE(read("f(1)") == read("f(1.0)"));
  EXPECT_FALSE(read("f") == read("f()"));
}

TEST(Call, PointsAtTheColumn) {
  EXPECT_EQ(message("cosine(0.1, 0, 10o)"),
            "schedule, column 18: \"o\", expected the unit % or ep, or nothing");
  EXPECT_EQ(message("cosine(0.1 0)"), "schedule, column 12: '0', expected ',' or ')'");
  EXPECT_EQ(message("cosine(0.1"), "schedule, column 11: the text ends, expected ',' or ')'");
  EXPECT_EQ(message(""), "schedule, column 1: the text ends, expected a value");
  EXPECT_EQ(message("a then"), "schedule, column 7: the text ends, expected a value");
  EXPECT_EQ(message("a b"), "schedule, column 3: \"b\", expected the end");
  EXPECT_EQ(message("f(x=1, 2)"), "schedule, column 8: f: a value without a name behind \"x=\"");
  EXPECT_EQ(message("f(x=1, x=2)"), "schedule, column 8: f: x is given twice");
  EXPECT_EQ(message("f('abc)"), "schedule, column 3: a string that does not end");
  EXPECT_EQ(message("f(1e999)"), "schedule, column 3: \"1e999\" is not a number that a double can hold");
  EXPECT_EQ(message("f(lambda e: 0.9 ** e)"),
            "schedule, column 3: a lambda is code of another language, expected a value");
  EXPECT_EQ(message("f(1.2.3)"), "schedule, column 3: \"1.2.3\" is not a number that a double can hold");
  EXPECT_EQ(message("f(then)"),
            "schedule, column 3: \"then\" joins two values: one before it and one behind it");
}

TEST(Call, DepthIsLimited) {
  EXPECT_EQ(message(std::string(190, '[') + std::string(190, ']')), "accepted");
  EXPECT_THAT(message(std::string(100'000, '[')), testing::HasSubstr("nested more than 200 deep"));
  std::string calls;
  for (int i = 0; i < 100'000; ++i) calls += "f(";
  EXPECT_THAT(message(calls), testing::HasSubstr("nested more than 200 deep"));
}

TEST(Call, AValueIsNotACall) {
  EXPECT_EQ(parse_call("adam", "optimizer").path, "adam");
  EXPECT_THROW(parse_call("0.1", "optimizer"), UsageError);
  EXPECT_THROW(parse_call("a then b", "optimizer"), UsageError);
}

}  // namespace
}  // namespace calando::spec
