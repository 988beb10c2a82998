// SPDX-License-Identifier: MIT
// The team of threads: every task exactly once, whatever the count, the team and the luck of the scheduler.
#include "src/cpu/threads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include "calando/error.h"

namespace calando::cpu {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;

std::vector<int> values(const std::vector<std::atomic<int>>& counters) {
  return {counters.begin(), counters.end()};
}

TEST(Team, RunsEveryTaskOnce) {
  for (int threads : {1, 2, 3, 5}) {
    Team team(threads);
    for (std::size_t count : {0, 1, 2, 3, 7, 64, 1000}) {
      std::vector<std::atomic<int>> calls(count);
      team.run(count, [&](std::size_t i) { ++calls[i]; });
      EXPECT_THAT(values(calls), Each(1)) << threads << " threads, " << count << " tasks";
    }
  }
}

// Runs in quick succession: a thread late from one run must not disturb the next.
TEST(Team, ManyShortRunsKeepTheirTasksApart) {
  Team team(3);
  std::vector<int> owner(8);
  for (int round = 1; round <= 20'000; ++round) {
    const std::size_t count = 2 + static_cast<std::size_t>(round) % 7;
    team.run(count,
             [&](std::size_t i) { owner[i] = round; });  // no atomics: the run itself must order the writes
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(owner[i], round);
  }
}

TEST(Team, WritesOfOneRunAreReadByTheNext) {
  Team team(2);
  std::vector<long> a(100, 1), b(100);
  for (int round = 0; round < 2000; ++round) {
    team.run(a.size(), [&](std::size_t i) { b[i] = a[(i + 1) % a.size()]; });
    team.run(a.size(), [&](std::size_t i) { a[i] = b[i] + 1; });
  }
  EXPECT_THAT(a, Each(2001));
}

TEST(Team, UnevenTasksAllFinish) {
  Team team(2);
  std::vector<double> sums(50);
  team.run(sums.size(), [&](std::size_t i) {
    for (std::size_t k = 0; k < i * i * 100; ++k) sums[i] += 1;
  });
  for (std::size_t i = 0; i < sums.size(); ++i) EXPECT_EQ(sums[i], static_cast<double>(i * i * 100));
}

TEST(Team, ThrowsWhatATaskThrewAfterTheOthersAreDone) {
  for (int threads : {1, 2}) {
    Team team(threads);
    std::vector<std::atomic<int>> calls(20);
    const auto task = [&](std::size_t i) {
      ++calls[i];
      if (i == 3) throw std::out_of_range("three");
    };
    EXPECT_THROW(team.run(calls.size(), task), std::out_of_range);
    EXPECT_THAT(values(calls), Each(1));
    team.run(calls.size(), [&](std::size_t i) { ++calls[i]; });  // and is usable again
    EXPECT_THAT(values(calls), Each(2));
  }
}

TEST(Team, StartsAndStopsWithoutWork) {
  for (int i = 0; i < 50; ++i) Team team(1 + i % 4);
}

TEST(Team, SizeIsWhatWasAsked) {
#ifndef CALANDO_PORTABLE
  EXPECT_EQ(Team(3).size(), 3);
#endif
  EXPECT_EQ(Team(1).size(), 1);
  EXPECT_GE(processors(), 1);
}

TEST(Team, RefusesLessThanOneThread) {
  for (int threads : {0, -2}) {
    try {
      Team team(threads);
      FAIL() << threads;
    } catch (const UsageError& error) {
      EXPECT_THAT(error.what(), HasSubstr(std::to_string(threads)));
    }
  }
}

}  // namespace
}  // namespace calando::cpu
