// SPDX-License-Identifier: MIT
#include "src/schedule/fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace calando::schedule {
namespace {

/// How somebody may have written a log.
struct Writing {
  Step first = 0;
  Step every = 1;
  int digits = 17;
  bool single = false;
  bool gap = false;
};

std::vector<LogPoint> log_of(const Schedule& schedule, Step last, const Writing& how) {
  std::vector<LogPoint> points;
  for (Step t = how.first; t <= last; t += how.every) {
    if (how.gap && t > last / 2 && t < last * 6 / 10) continue;
    double rate = schedule(t);
    double tolerance = 0;
    if (how.single) {
      // One unit of single precision of noise in either direction.
      rate = static_cast<double>(static_cast<float>(rate) *
                                 (1 + 6e-8F * static_cast<float>((t * 7919) % 3 - 1)));
    } else {
      char text[40];
      std::snprintf(text, sizeof text, "%.*g", how.digits, rate);
      rate = std::strtod(text, nullptr);
      if (rate > 0) tolerance = 0.5 * std::pow(10, std::floor(std::log10(rate)) - how.digits + 1);
    }
    points.push_back({static_cast<double>(t), rate, tolerance});
  }
  return points;
}

/// The text that is found again, however the log was written.
void expect_found(const std::string& text, Step last, const std::vector<Writing>& writings) {
  const Schedule truth = parse_schedule(text);
  for (const Writing& how : writings) {
    const Fit found = fit(log_of(truth, last, how));
    EXPECT_TRUE(found.reproduces) << text << " is not " << to_string(found.schedule);
    EXPECT_EQ(to_string(found.schedule), to_string(truth))
        << how.digits << " digits, every " << how.every << " from " << how.first;
  }
}

const std::vector<Writing> kWhole = {
    {}, {.digits = 6}, {.every = 10, .digits = 5}, {.digits = 4, .gap = true}, {.every = 10, .single = true}};

TEST(Fit, FindsOneCurve) {
  expect_found("cosine(0.1, 0, 1000)", 1000, kWhole);
  expect_found("linear(0.1, 0.001, 1000)", 1000, kWhole);
  expect_found("polynomial(0.1, 0.001, 1000, power=2)", 1000, kWhole);
  expect_found("inverse_time(0.1, 0.01)", 1000, kWhole);
  expect_found("constant(3e-04)", 1000, kWhole);
  expect_found("decay(0.1, 0.99)", 500, {{}, {.digits = 6}, {.digits = 4}});
  expect_found("rex(0.1, 0, 500)", 500, {{}, {.digits = 6}});
}

TEST(Fit, FindsWarmUps) {
  expect_found("linear(0, 3e-04, 2000) then cosine(3e-04, 3e-05, 8000)", 10'000, kWhole);
  expect_found("linear(0, 3e-04, 500) then linear(3e-04, 0, 9500)", 10'000, kWhole);
  expect_found("linear(0, 0.001, 4000) then inverse_sqrt(0.001, 4000)", 20'000, kWhole);
  expect_found("linear(0, 0.001, 100) then constant(0.001, length=700) then linear(0.001, 0, 200)", 1000,
               kWhole);
  expect_found("linear(0, 0.001, 100) then constant(0.001, length=700) then one_minus_sqrt(0.001, 0, 200)",
               1000, {{}, {.digits = 6}});
  expect_found("cosine(0.004, 0.1, 300) then cosine(0.1, 4e-07, 700)", 1000, kWhole);
}

TEST(Fit, FindsWhatComesAgain) {
  expect_found("repeat(cosine(0.1, 0, 100))", 1000, {{}, {.digits = 6}, {.every = 5, .digits = 5}});
  expect_found("repeat(cosine(0.1, 0.01, 100), stretch=1.5, shrink=0.8)", 2000, {{}, {.digits = 6}});
  expect_found("repeat(cosine(0.1, 0, 50), stretch=2)", 2000, {{}, {.digits = 6}});
  expect_found("repeat(linear(0.001, 0.006, 200) then linear(0.006, 0.001, 200))", 2000,
               {{}, {.every = 10, .digits = 5}});
  expect_found("linear(0, 0.1, 50) then repeat(cosine(0.1, 0, 100))", 1000, {{}, {.digits = 6}});
}

TEST(Fit, FindsShrinkingPeaksOverAFloor) {
  const std::vector<Writing> few = {{}, {.digits = 4}, {.every = 4, .digits = 6}};
  expect_found("restarts(0.1, 0.01, 100, shrink=0.5)", 800, few);
  expect_found("restarts(0.1, 0.01, 100, stretch=2, shrink=0.8)", 1500, few);
}

TEST(Fit, FindsLogsThatBeginLateInFewDigits) {
  const std::vector<Writing> late = {{.first = 20, .every = 20, .digits = 4},
                                     {.first = 10, .every = 10, .digits = 4, .gap = true}};
  expect_found("linear(0, 6e-04, 100) then constant(6e-04, length=3000) then linear(6e-04, 6e-05, 900)", 4000,
               late);
  expect_found("constant(0.001)", 500, late);
  expect_found("decay(0.1, 0.5, steps=30, staircase=True)", 200, {{.first = 7, .digits = 4}});
}

TEST(Fit, FindsSteps) {
  expect_found("decay(0.1, 0.5, steps=30, staircase=True)", 600, {{}, {.digits = 4}});
  expect_found("constant(0.1, length=30) then constant(0.01, length=30) then constant(0.001)", 100,
               {{}, {.every = 10}});
  expect_found("stairs(cosine(0.1, 0, 2000), 50)", 2000, {{}, {.digits = 5}});
}

/// What is not in the log cannot be found, but what is goes on where it was.
TEST(Fit, ALateLogKeepsItsPlace) {
  const Schedule truth = parse_schedule("linear(0, 3e-04, 1000) then cosine(3e-04, 0, 9000)");
  const Fit found = fit(log_of(truth, 10'000, {.first = 4000, .every = 7, .digits = 6}));
  EXPECT_TRUE(found.reproduces);
  for (Step t = 1000; t <= 10'000; t += 100) EXPECT_NEAR(found.schedule(t), truth(t), 1e-9) << t;
}

TEST(Fit, WhatIsNoScheduleIsSaidToBeNone) {
  std::vector<LogPoint> noise;
  for (int t = 0; t < 200; ++t)
    noise.push_back({static_cast<double>(t), 0.1 + 0.1 * std::fmod(t * 0.618034, 1.0), 1e-7});
  const Fit found = fit(noise);
  EXPECT_FALSE(found.reproduces);
  EXPECT_GT(found.largest_difference, 0);
  EXPECT_NEAR(std::fabs(found.schedule(found.at) - noise[static_cast<std::size_t>(found.at)].rate),
              found.largest_difference, 1e-16);
}

}  // namespace
}  // namespace calando::schedule
