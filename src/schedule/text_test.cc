// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "calando/error.h"
#include "calando/schedule.h"

namespace calando {
namespace {

std::string message(std::string_view text, const RunLength& run = {}) {
  try {
    return "accepted: " + to_string(parse_schedule(text, run));
  } catch (const UsageError& error) {
    return error.what();
  }
}

TEST(ScheduleText, PrintsWhatItReads) {
  for (const char* text :
       {"constant(0.1)", "constant(0.1, length=5)", "linear(0, 3e-04, 2000) then cosine(3e-04, 3e-05, 98000)",
        "cosine(0.1, 0, 100, power=2, k=1.5)", "repeat(cosine(0.1, 0, 10), 5, stretch=2, shrink=0.5)",
        "repeat(linear(0, 1, 2) then linear(1, 0, 3))", "scaled(constant(1), 0.5)",
        "times(linear(0, 1, 10), decay(1, 0.9, steps=30, staircase=True))",
        "plus(constant(0.1), repeat(linear(0, 0.4, 5), shrink=0.5))", "clamped(cosine(0.1, 0, 100), 0.01)",
        "clamped(cosine(0.1, 0, 100), 0.01, 0.05) then constant(1)"}) {
    const Schedule schedule = parse_schedule(text);
    EXPECT_EQ(to_string(schedule), text);
    EXPECT_EQ(parse_schedule(to_string(schedule)), schedule);
  }
}

TEST(ScheduleText, EqualityIsThatOfTheExpression) {
  const Schedule a = linear(0, 1, 5);
  const Schedule b = cosine(1, 0, 5);
  EXPECT_EQ(a.then(b).then(0.5), a.then(b.then(0.5)));
  EXPECT_EQ(parse_schedule("0.5"), constant(0.5));
  EXPECT_EQ(parse_schedule("cosine(from=1, to=0, length=5)"), b);
  EXPECT_FALSE(a == b);
  EXPECT_FALSE(a == linear(0, 1, 6));
  EXPECT_FALSE(a.repeat(2) == a.repeat(3));
}

TEST(ScheduleText, UnitsNeedARun) {
  const RunLength run{.run_steps = 1000, .epoch_steps = 40};
  EXPECT_EQ(parse_schedule("linear(0, 1e-3, 5%) then cosine(1e-3, 0, 95%)", run),
            linear(0, 1e-3, 50).then(cosine(1e-3, 0, 950)));
  EXPECT_EQ(parse_schedule("constant(1, 3ep)", run), constant(1, 120));
  EXPECT_EQ(
      message("linear(0, 1, 5%)"),
      "schedule, column 14: linear: length = 5%, expected steps: a share of a run whose length is not known");
  EXPECT_EQ(message("linear(0, 1, 2ep)"),
            "schedule, column 14: linear: length = 2ep, expected steps: how many an epoch has is not known");
}

TEST(ScheduleText, RefusalsNameTheColumn) {
  EXPECT_EQ(message("cosine(0.1, 0, -5)"),
            "schedule, column 16: cosine: length = -5, expected 1e-06 <= length <= 9223372036854775808");
  EXPECT_EQ(message("cosine(-0.1, 0, 5)"), "schedule, column 8: cosine: from = -0.1, expected from >= 0");
  EXPECT_EQ(message("cosine(nan, 0, 5)"),
            "schedule, column 8: cosine: from = nan, expected from >= 0, finite");
  EXPECT_EQ(message("cosine(0.1, 0)"),
            "schedule, column 1: cosine: length is missing, expected 1e-06 <= length <= 9223372036854775808");
  EXPECT_EQ(message("1 then cosin(0.1, 0, 5)"),
            "schedule, column 1: \"1\" has no end: nothing can come behind it");
  EXPECT_EQ(message("cosin(0.1, 0, 5)"),
            "schedule, column 1: unknown schedule \"cosin\"; did you mean \"cosine\"?");
  EXPECT_EQ(message("cosine(0.1, 0, 5, power=0)"),
            "schedule, column 25: cosine: power = 0, expected 0 < power <= 1000");
  EXPECT_EQ(message("cosine(0.1, 0, 5, pwer=1)"),
            "schedule, column 19: cosine: unknown argument \"pwer\"; did you mean \"power\"?");
  EXPECT_EQ(message("linear(0, 1, 5) then repeat(constant(1), 3)"),
            "schedule, column 22: repeat: \"constant(1)\" has no end, so that nothing comes again");
  EXPECT_EQ(message("exponential(1, 0, 5)"), "schedule, column 16: exponential: to = 0, expected to > 0");
  EXPECT_EQ(message("-1"), "schedule, column 1: -1, expected a rate of 0 or more");
  EXPECT_EQ(message("[1]"), "schedule, column 1: [1], expected a schedule");
  EXPECT_EQ(message("clamped(1, 0.5, 0.1)"),
            "schedule, column 17: clamped: high = 0.1, expected high >= 0.5");
}

}  // namespace
}  // namespace calando
