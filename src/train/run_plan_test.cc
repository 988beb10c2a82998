// SPDX-License-Identifier: MIT
#include "src/train/run_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calando/error.h"

namespace calando::training {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

TrainOptions options() {
  TrainOptions made;
  made.out = "run";
  return made;
}

TEST(RunPlan, CountsTheLastShortUpdateOfAnEpoch) {
  TrainOptions given = options();
  const RunPlan plan = make_plan(given, 60'000);
  EXPECT_EQ(plan.updates_per_epoch, 469);
  EXPECT_EQ(plan.steps, 4690);
  EXPECT_EQ(to_string(plan), "10 epochs of 469 updates, batches of 128 rows");
  given.accumulate = 4;
  EXPECT_EQ(make_plan(given, 60'000).updates_per_epoch, 118);
  given.steps = 300;
  EXPECT_EQ(make_plan(given, 60'000).steps, 300);
  EXPECT_EQ(make_plan(given, 60'000).epochs, 3);
}

TEST(RunPlan, HasABatchNoLargerThanTheData) {
  const RunPlan plan = make_plan(options(), 50);
  EXPECT_EQ(plan.batch, 50);
  EXPECT_EQ(plan.updates_per_epoch, 1);
}

TEST(RunPlan, MeasuresThePercentAndTheEpochsOfASchedule) {
  TrainOptions given = options();
  given.schedule = "linear(0, 1, 5%) then cosine(1, 0, 95%)";
  RunPlan plan = make_plan(given, 12'800);
  EXPECT_EQ(plan.rate(0), 0);
  EXPECT_EQ(plan.rate(50), 1);
  given.schedule = "linear(0, 1, 2ep)";
  EXPECT_EQ(make_plan(given, 12'800).rate(100), 0.5);
  given.schedule_per = StepUnit::epoch;
  given.schedule = "linear(0, 1, 10)";
  plan = make_plan(given, 12'800);
  EXPECT_EQ(plan.rate(99), 0);
  EXPECT_EQ(plan.rate(100), 0.1);
  given.schedule = "linear(0, 1, 50%)";
  given.schedule_per = StepUnit::sample;
  EXPECT_EQ(make_plan(given, 12'790).rate(100), 0.2);  // one epoch of ten, the last batch short
  given.schedule_per = StepUnit::epoch;
  EXPECT_EQ(make_plan(given, 12'800).rate(100), 0.2);
}

TEST(RunPlan, TakesTheRateFromTheOptimizerOrTheSchedule) {
  TrainOptions given = options();
  EXPECT_EQ(make_plan(given, 1000).rate(0), 1e-3);
  given.optimizer = "sgd(lr=0.5)";
  EXPECT_EQ(make_plan(given, 1000).rate(0), 0.5);
  given.schedule = "constant(0.1)";
  EXPECT_THAT([&] { make_plan(given, 1000); },
              ThrowsMessage<UsageError>(
                  AllOf(HasSubstr("--optimizer sgd(lr=0.5)"), HasSubstr("--schedule constant(0.1)"))));
}

TEST(RunPlan, RefusesWrongOptionsBeforeDataAreRead) {
  const auto refused = [](auto change, const char* names) {
    TrainOptions given = options();
    change(given);
    EXPECT_THAT([&] { check_options(given); }, ThrowsMessage<UsageError>(HasSubstr(names)));
  };
  refused([](TrainOptions& o) { o.epochs = 0; }, "--epochs 0");
  refused([](TrainOptions& o) { o.batch = -1; }, "--batch -1");
  refused([](TrainOptions& o) { o.batch = std::int64_t{1} << 62; }, "--batch");
  refused([](TrainOptions& o) { o.average = 1; }, "--average 1");
  refused([](TrainOptions& o) { o.clip = -1; }, "--clip -1");
  refused([](TrainOptions& o) { o.states = "int8"; }, "--states int8: expected f32, bf16, bits8");
  refused([](TrainOptions& o) { o.optimizer = "adm"; }, "did you mean \"adam\"");
  refused([](TrainOptions& o) { o.schedule = "cosine(0.1, 0, )("; }, "column");
  refused([](TrainOptions& o) { o.schedule = "linear(0.1, -0.1, 100%)"; }, "-0.1");
  refused([](TrainOptions& o) { o.schedule = "plateau(patience=3)"; }, "give it as --plateau");
  refused([](TrainOptions& o) { o.plateau = "platau"; }, "plateau");
  refused([](TrainOptions& o) { o.plateau = "plateau(mode=max)"; }, "mode=max");
  refused([](TrainOptions& o) { o.model = "mlp"; }, "mlp(256, 128)");
  refused([](TrainOptions& o) { o.out = ""; }, "--out");
}

TEST(RunPlan, WarnsOfARateThatIsZeroLongBeforeTheEnd) {
  TrainOptions given = options();
  given.schedule = "cosine(0.1, 0, 500)";
  EXPECT_THAT(early_zero_warning(make_plan(given, 12'800)),
              AllOf(HasSubstr("from update 501 of 1000 on"), HasSubstr("50 %")));
  given.schedule = "cosine(0.1, 0, 96%)";
  EXPECT_EQ(early_zero_warning(make_plan(given, 12'800)), "");
}

TEST(RunPlan, WarnsOfADefaultLengthThatIsFewUpdates) {
  EXPECT_EQ(few_updates_warning(make_plan(options(), 120), TrainOptions{}),
            "10 updates are few to learn from 120 rows: --batch 16 --epochs 125 makes 1000");
  TrainOptions chosen;
  chosen.epochs = 11;
  EXPECT_EQ(few_updates_warning(make_plan(chosen, 120), chosen), "");
  EXPECT_EQ(few_updates_warning(make_plan(options(), 12'800), TrainOptions{}), "");
}

}  // namespace
}  // namespace calando::training
