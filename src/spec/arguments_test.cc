// SPDX-License-Identifier: MIT
#include "src/spec/arguments.h"

#include <gtest/gtest.h>

#include <functional>

#include "calando/error.h"

namespace calando::spec {
namespace {

std::string message(std::string_view text, const std::function<void(Arguments&)>& take) {
  const Call call = parse_call(text, "schedule");
  Arguments args(call, 1, "schedule");
  try {
    take(args);
    args.finish();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

void take_cosine(Arguments& args) {
  args.number("from");
  args.number("to", 0.0);
  args.integer("length", 10);
}

TEST(Arguments, ByPositionAndByName) {
  const Call call = parse_call("f(1, length=5, to=0.5, on=true, mode='cos', list=(1, 2.5))", "x");
  Arguments args(call, 1, "x");
  EXPECT_EQ(args.number("from"), 1);
  EXPECT_EQ(args.number("to"), 0.5);
  EXPECT_EQ(args.integer("length"), 5);
  EXPECT_EQ(args.number("absent", 7.0), 7);
  EXPECT_EQ(args.boolean("on", false), true);
  EXPECT_EQ(args.text("mode", "linear"), "cos");
  EXPECT_EQ(args.numbers("list"), (std::vector<double>{1, 2.5}));
  EXPECT_EQ(args.take_named("nothing"), nullptr);
  EXPECT_NO_THROW(args.finish());
}

TEST(Arguments, NamedOnlyOwnsNoPosition) {
  const Call call = parse_call("f(3, lr=2)", "x");
  Arguments args(call, 1, "x");
  ASSERT_NE(args.take_named("lr"), nullptr);
  EXPECT_EQ(args.number("first"), 3);
}

TEST(Arguments, RefusalsNameTheCallTheArgumentAndItsColumn) {
  EXPECT_EQ(message("cosine(0.1, form=0)", take_cosine),
            "schedule, column 13: cosine: unknown argument \"form\"; did you mean \"from\"?");
  EXPECT_EQ(message("cosine(0.1, qqqqq=0)", take_cosine),
            "schedule, column 13: cosine: unknown argument \"qqqqq\"; it takes from, to, length");
  EXPECT_EQ(message("cosine(0.1, 0, 5, 6)", take_cosine),
            "schedule, column 19: cosine takes at most 3 arguments by position, this is number 4");
  EXPECT_EQ(message("cosine(to=1)", take_cosine),
            "schedule, column 1: cosine: from is missing, expected a number");
  EXPECT_EQ(message("cosine(x)", take_cosine), "schedule, column 8: cosine: from = x, expected a number");
  EXPECT_EQ(message("cosine(5%)", take_cosine),
            "schedule, column 8: cosine: from = 5%, expected a number without a unit");
  EXPECT_EQ(message("cosine(1, length=2.5)", take_cosine),
            "schedule, column 18: cosine: length = 2.5, expected a whole number");
  EXPECT_EQ(message("cosine(1, from=2)", take_cosine),
            "schedule, column 16: cosine: from is given twice, by position and by name");
  EXPECT_EQ(message("cosine(1, length=1e300)", take_cosine),
            "schedule, column 18: cosine: length = 1e+300, expected a whole number");
}

}  // namespace
}  // namespace calando::spec
