// SPDX-License-Identifier: MIT
#include "src/train/scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace calando::training {
namespace {

TEST(MostLikely, TakesTheFirstOfEqualOnesAndNoneOfNaN) {
  EXPECT_EQ(most_likely(std::vector<float>{0.25F, 0.5F, 0.25F}), 1);
  EXPECT_EQ(most_likely(std::vector<float>{0.5F, 0.5F}), 0);
  EXPECT_EQ(most_likely(std::vector<float>{0.5F, std::numeric_limits<float>::quiet_NaN()}), -1);
}

TEST(ClassificationScores, CountsByHand) {
  ClassificationScores scores(2);
  scores.add(std::vector<float>{0.75F, 0.25F}, 0);      // right
  scores.add(std::vector<float>{0.5F, 0.5F}, 1);        // wrong, 0.5
  scores.add(std::vector<float>{0.0625F, 0.9375F}, 0);  // wrong, 0.9375
  EXPECT_EQ(scores.accuracy(), 1.0 / 3);
  EXPECT_DOUBLE_EQ(scores.log_loss(), -(std::log(0.75) + std::log(0.5) + std::log(0.0625)) / 3);
  EXPECT_THAT(scores.confusion(), testing::ElementsAre(1, 1, 1, 0));
  ASSERT_EQ(scores.worst().size(), 2U);
  EXPECT_EQ(scores.worst()[0].row, 2U);
  EXPECT_EQ(scores.worst()[1].row, 1U);
  EXPECT_EQ(scores.calibration()[9].rows, 1);
  EXPECT_EQ(scores.calibration()[7].right, 1);
}

TEST(ClassificationScores, ShowsANaN) {
  ClassificationScores scores(2);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  scores.add(std::vector<float>{nan, nan}, 0);
  EXPECT_TRUE(std::isnan(scores.log_loss()));
  EXPECT_EQ(scores.accuracy(), 0);
}

TEST(ClassificationScores, KeepsTheWorstAndNoMore) {
  ClassificationScores scores(2);
  for (int i = 0; i < 200; ++i) {
    const float wrong = 0.5F + static_cast<float>(i * 37 % 200) / 512;
    scores.add(std::vector<float>{wrong, 1 - wrong}, 1);
  }
  const auto worst = scores.worst();
  ASSERT_EQ(worst.size(), ClassificationScores::kWorst);
  for (std::size_t i = 0; i < worst.size(); ++i) {
    EXPECT_EQ(worst[i].probability, 0.5F + static_cast<float>(199 - i) / 512);
  }
}

TEST(RegressionScores, CountsByHand) {
  RegressionScores scores;
  scores.add(1, 1);
  scores.add(4, 2);
  scores.add(3, 3);
  EXPECT_DOUBLE_EQ(scores.rmse(), std::sqrt(4.0 / 3));
  EXPECT_DOUBLE_EQ(scores.mae(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(scores.r2(), 1 - 4.0 / 2);
}

TEST(RegressionScores, HasNoR2WhereTheTruthDoesNotVary) {
  RegressionScores scores;
  scores.add(1, 2);
  scores.add(2, 2);
  EXPECT_TRUE(std::isnan(scores.r2()));
}

}  // namespace
}  // namespace calando::training
