// SPDX-License-Identifier: MIT
// The native curves against 50 digits (tests/golden/native.py), and what holds of every schedule.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "calando/schedule.h"
#include "src/schedule/curve.h"

namespace calando {
namespace {

nlohmann::json golden() {
  std::ifstream file(CALANDO_GOLDEN "/native.json");
  return nlohmann::json::parse(file);
}

TEST(Golden, NativeCurvesAreRoundedRight) {
  double furthest = 0;
  std::size_t compared = 0;
  const nlohmann::json values = golden();
  for (const auto& one : values["cases"]) {
    const auto spec = one["spec"].get<std::string>();
    const Schedule schedule = parse_schedule(spec);
    std::vector<long double> truth;
    for (const auto& value : one["values"])
      truth.push_back(std::strtold(value.get_ref<const std::string&>().c_str(), nullptr));
    const long double largest = *std::max_element(truth.begin(), truth.end());
    for (std::size_t i = 0; i < truth.size(); ++i, ++compared) {
      const Step t = one["steps"][i];
      const long double difference = std::fabs(static_cast<long double>(schedule(t)) - truth[i]);
      // Half a unit in the last place, and what 62 bits of the largest value leave; a root near 0 makes more of that.
      const long double rest = spec.starts_with("polynomial") ? 1.8e-16L : 1e-18L;
      ASSERT_LE(difference, 1.12e-16L * truth[i] + rest * largest) << spec << " at " << t;
      furthest = std::max(furthest, static_cast<double>(difference / largest));
    }
  }
  EXPECT_GT(compared, 4000);
  EXPECT_LE(furthest, 3e-16);
  RecordProperty("compared", static_cast<int>(compared));
  RecordProperty("furthest", std::to_string(furthest * 1e16) + "e-16 of the largest value");
}

/// One of each curve, shape and combinator, with the steps at which its parts meet.
struct Named {
  const char* text;
  std::vector<Step> joints;
  bool continuous;
};

std::vector<Named> every_kind() {
  return {
      {"constant(0.1, 20)", {20}, true},
      {"linear(0, 0.1, 20) then linear(0.1, 0, 30)", {20, 50}, true},
      {"linear(0, 3e-4, 20) then cosine(3e-4, 3e-5, 80, power=2, k=1.5)", {20, 100}, true},
      {"linear(0, 1, 10) then polynomial(1, 0.1, 40, power=3)", {10, 50}, true},
      {"one_minus_sqrt(1, 0, 50)", {50}, true},
      {"exponential(1, 0.01, 50)", {50}, true},
      {"saturating(1, 0, 50)", {50}, true},
      {"warmup(rex(1, 0, 50), 10, shape=logarithmic)", {10, 60}, true},
      {"warmup(tanh(1, 0, 50), 10, shape=cosine)", {10, 60}, true},
      {"warmup(inverse_sqrt(1, 10), 10)", {10}, true},
      {"inverse_time(1, 0.1, 5, staircase=true)", {5, 10}, false},
      {"growth(1e-3, 0.1, 5)", {}, true},
      {"step(1, 0.5, 7)", {7, 14}, false},
      {"multi_step(1, 0.5, [7, 20, 21])", {7}, false},
      {"piecewise([0, 10, 30], [0.1, 1, 0.2], shape=cosine)", {10, 30}, true},
      {"restarts(1, 0.1, 10, stretch=1.5)", {10, 25}, false},
      {"restarts(1, 0.1, 10, 3, 2, 0.5)", {10, 30}, false},
      {"wave(1, 0.1, 10, stretch=2)", {10, 20, 40, 60}, true},
      {"cyclic(0.1, 1, 5, 8, shrink=0.5)", {5, 13, 18}, true},
      {"cyclic(0.1, 1, 5, factor=0.99)", {5, 10}, true},
      {"one_cycle(0.1, 100)", {30, 100}, true},
      {"one_cycle(0.1, 100, phases=3, shape=linear)", {30, 60, 100}, true},
      {"wsd(1, 10, 50, 40, floor=0.1, shape=exponential)", {10, 60, 100}, true},
      {"tri_stage(1, 10, 20, 30)", {10, 30, 60}, true},
      {"swa(cosine(1, 0, 100), 50, 0.2, 10)", {50, 60}, true},
      {"range_test(1e-5, 1, 100)", {100}, true},
      {"clamped(cosine(1, 0, 100), 0.2, 0.8)", {}, true},
      {"stairs(linear(1, 0, 100), 7)", {7, 14}, false},
      {"times(linear(0, 1, 10), scaled(window(cosine(1, 0, 100), 5, 50), 0.5))", {10, 50}, true},
      {"plus(constant(0.1), repeat(linear(0.5, 0, 20), 4))", {20, 40}, false},
  };
}

TEST(EverySchedule, IsAskedInAnyOrder) {
  for (const Named& one : every_kind()) {
    const Schedule schedule = parse_schedule(one.text);
    std::vector<double> forwards;
    for (Step t = 0; t < 250; ++t) forwards.push_back(schedule(t));
    for (Step t = 249; t >= 0; --t)
      EXPECT_EQ(schedule(t * 7919 % 250), forwards[static_cast<std::size_t>(t * 7919 % 250)]);
  }
}

TEST(EverySchedule, ResumesFromItsText) {
  for (const Named& one : every_kind()) {
    const Schedule schedule = parse_schedule(one.text);
    const Schedule again = parse_schedule(to_string(schedule));
    EXPECT_EQ(again, schedule) << one.text;
    EXPECT_EQ(to_string(again), to_string(schedule));
    for (Step t = 0; t < 250; ++t) EXPECT_EQ(again(t), schedule(t)) << one.text << " at " << t;
  }
}

/// A joint's step has the later part's first value; a continuous one is no farther from the step before than the steps
/// around it are from each other, four times over.
TEST(EverySchedule, IsContinuousWhereItShouldBe) {
  for (const Named& one : every_kind()) {
    const Schedule schedule = parse_schedule(one.text);
    for (const Step t : one.joints) {
      const double at = std::fabs(schedule(t) - schedule(t - 1));
      const double around =
          std::max(std::fabs(schedule(t + 1) - schedule(t)), std::fabs(schedule(t - 1) - schedule(t - 2)));
      if (one.continuous) {
        EXPECT_LE(at, 4 * around + 1e-15) << one.text << " at " << t;
      } else {
        EXPECT_GT(at, 2 * around + 1e-3) << one.text << " at " << t;
      }
    }
  }
}

TEST(EverySchedule, HoldsItsLastValue) {
  for (const Named& one : every_kind()) {
    const Schedule schedule = parse_schedule(one.text);
    if (!std::isfinite(schedule.length())) continue;
    const auto end = static_cast<Step>(std::ceil(schedule.length()));
    for (const Step t : {end + 1, 2 * end, Step{1'000'000'000'000}, INT64_MAX})
      EXPECT_EQ(schedule(t), schedule(end)) << one.text;
  }
}

TEST(EverySchedule, IsNamedByTheTable) {
  for (const schedule::Curve& curve : schedule::curves()) {
    const auto all = every_kind();
    EXPECT_TRUE(std::any_of(
        all.begin(), all.end(),
        [&](const Named& one) {
          return to_string(parse_schedule(one.text)).find(std::string(curve.name) + "(") != std::string::npos;
        }))
        << curve.name << " is in no test of every schedule";
  }
}

}  // namespace
}  // namespace calando
