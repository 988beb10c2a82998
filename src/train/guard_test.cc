// SPDX-License-Identifier: MIT
#include "src/train/guard.h"

#include <gtest/gtest.h>

namespace calando::training {
namespace {

bool any_diverges(DivergenceGuard& guard, double loss, int updates) {
  bool diverged = false;
  for (int i = 0; i < updates; ++i) diverged |= guard.diverged(loss);
  return diverged;
}

TEST(DivergenceGuard, TakesALossThatIsNotFiniteAtOnce) {
  DivergenceGuard guard;
  EXPECT_FALSE(guard.diverged(1.0));
  EXPECT_TRUE(guard.diverged(std::numeric_limits<double>::quiet_NaN()));
  EXPECT_TRUE(guard.diverged(std::numeric_limits<double>::infinity()));
}

TEST(DivergenceGuard, ComparesMeansOverAHundredUpdatesWithTheFirst) {
  DivergenceGuard guard;
  EXPECT_FALSE(any_diverges(guard, 2.0, 100));
  EXPECT_EQ(guard.first_mean, 2.0);
  EXPECT_FALSE(any_diverges(guard, 20.0, 100));  // exactly ten times is allowed
  EXPECT_FALSE(any_diverges(guard, 20.25, 99));  // 99 updates are not judged
  EXPECT_TRUE(guard.diverged(20.25));
}

TEST(EarlyStop, CountsEpochsSinceTheBest) {
  EarlyStop stop;
  EXPECT_TRUE(stop.improves(1.0, 0));
  EXPECT_FALSE(stop.improves(1.0, 1));  // equal is not better
  EXPECT_FALSE(stop.improves(std::numeric_limits<double>::quiet_NaN(), 2));
  EXPECT_EQ(stop.epochs_since, 2);
  EXPECT_TRUE(stop.improves(0.5, 3));
  EXPECT_EQ(stop.best_epoch, 3);
  EXPECT_EQ(stop.epochs_since, 0);
}

}  // namespace
}  // namespace calando::training
