// SPDX-License-Identifier: MIT
// The loop on a data set in memory: what a checkpoint restores, what a divergence does.
#include "src/train/training_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "calando/error.h"
#include "src/cpu/random.h"
#include "src/train/epoch_order.h"
#include "src/train/run_log.h"

namespace calando::training {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr std::size_t kInputs = 4;

/// Uniform numbers.
struct Noise final : Features {
  explicit Noise(std::size_t count, std::uint32_t part)
      : count_(count), random(1, cpu::Purpose::test, part) {}
  std::size_t rows() const noexcept override { return count_; }
  std::size_t inputs() const noexcept override { return kInputs; }
  void gather(std::span<const std::uint32_t> numbers, float* out) const noexcept override {
    for (const std::uint32_t row : numbers) {
      for (std::size_t i = 0; i < kInputs; ++i) *out++ = value(row, i);
    }
  }
  float value(std::size_t row, std::size_t input) const {
    return static_cast<float>(2 * random.uniform(row * kInputs + input) - 1);
  }

  std::size_t count_;
  cpu::Random random;
};

/// Two classes told apart by the sum of the inputs.
DataPart part(std::size_t rows, std::uint32_t number) {
  auto noise = std::make_unique<Noise>(rows, number);
  DataPart made;
  for (std::size_t r = 0; r < rows; ++r) {
    made.labels.push_back(noise->value(r, 0) + noise->value(r, 1) + noise->value(r, 2) > 0 ? 1 : 0);
  }
  made.features = std::move(noise);
  return made;
}

struct Silent : TrainObserver {
  explicit Silent(Step stop) : stop_after(stop) {}
  void event(const std::string& text) override { events.push_back(text); }
  void progress(const TrainProgress& progress) override { step = progress.step; }
  bool interrupted() override { return step == stop_after; }
  Step stop_after;
  Step step = 0;
  std::vector<std::string> events;
};

struct Ended {
  TrainStatus status;
  Weights weights;
  RunState state;
  std::vector<std::string> events;
};

struct TrainingLoopTest : testing::Test {
  void SetUp() override {
    fs::remove_all(path);
    data.preprocessing.classes = {"below", "above"};
    data.training = part(300, 1);
    data.validation = part(100, 2);
    data.identity = {{"rows", "300"}};
    options.out = path;
    options.model = "mlp(8, dropout=0.1)";
    options.batch = 10;
    options.epochs = 4;
    options.average = 0.9;
    options.schedule = "cosine(0.01, 0, 100%)";
  }
  void TearDown() override { fs::remove_all(path); }

  /// Runs up to an update, or to the end, from the newest checkpoint in the folder.
  Ended run(Step stop_after = -1, int threads = 1) {
    const RunPlan plan = make_plan(options, data.training.rows());
    const auto team = std::make_shared<cpu::Team>(threads);
    Network network(parse_model(options.model), Task::classification, kInputs, 2);
    network.initialise(options.seed);
    const RunFolder folder(path, Existing::overwrite);
    CheckpointSlots slots(folder);
    CheckpointWriter writer(slots);
    RunLog log(folder.file("log.jsonl"), 0);
    Silent observer(stop_after);
    const auto content = slots.newest();
    TrainingLoop loop({options, plan, data, network, writer, log, observer, team});
    if (content) loop.restore(checkpoint_from("checkpoint", *content));
    const TrainStatus status = loop.run();
    writer.wait();
    return {status, weights_of(network), loop.state(), observer.events};
  }

  const std::string path = testing::TempDir() + "calando_training_loop_" + std::to_string(::getpid());
  DataSet data;
  TrainOptions options;
};

TEST_F(TrainingLoopTest, LearnsTheSameWithAnyInterruptions) {
  const Ended whole = run();
  EXPECT_EQ(whole.status, TrainStatus::finished);
  EXPECT_LT(whole.state.train_loss, 0.5);
  fs::remove_all(path);
  for (const Step stop : {1, 17, 30, 31, 89}) EXPECT_EQ(run(stop, 2).status, TrainStatus::interrupted);
  const Ended resumed = run();
  EXPECT_EQ(resumed.weights, whole.weights);
  EXPECT_EQ(resumed.state.early.best_loss, whole.state.early.best_loss);
}

TEST_F(TrainingLoopTest, AddsUpTheBatchesOfAnUpdate) {
  options.model = "mlp(8)";
  options.batch = 30;
  const Ended large = run();
  fs::remove_all(path);
  options.batch = 10;
  options.accumulate = 3;
  const Ended parts = run();
  EXPECT_EQ(parts.state.step, large.state.step);
  EXPECT_NEAR(parts.state.train_loss, large.state.train_loss, 1e-4);  // float32 sums in another order
}

TEST_F(TrainingLoopTest, GoesBackThreeTimesAndThenGivesUpWithTheBestWeights) {
  options.average = 0;
  options.optimizer = "sgd";
  options.schedule = "constant(0.1, 1ep) then constant(1e30)";
  const Ended ended = run();
  EXPECT_EQ(ended.status, TrainStatus::diverged);
  EXPECT_EQ(ended.state.rollbacks, 3);
  EXPECT_EQ(ended.state.rate_factor, 0.125);
  EXPECT_EQ(ended.state.epoch, 1);
  ASSERT_GE(ended.events.size(), 4U);
  EXPECT_THAT(ended.events[0],
              HasSubstr("back to the end of epoch 1, with 0.5 of the schedule's rate (rollback 1 of 3)"));
  for (const auto& [name, values] : ended.weights) {
    EXPECT_TRUE(std::all_of(values.begin(), values.end(), [](float v) { return std::abs(v) < 100; })) << name;
  }
}

TEST_F(TrainingLoopTest, RollsBackTheSameAfterAnInterruption) {
  options.average = 0;
  options.optimizer = "sgd";
  options.schedule = "constant(0.1, 1ep) then constant(1e30, 1) then constant(0.05)";
  const Ended whole = run();
  EXPECT_EQ(whole.status, TrainStatus::diverged);  // half of 1e30 is as bad
  fs::remove_all(path);
  run(30);
  const Ended resumed = run();
  EXPECT_EQ(resumed.weights, whole.weights);
  EXPECT_EQ(resumed.state.rollbacks, whole.state.rollbacks);
}

TEST_F(TrainingLoopTest, LowersTheRateByAControllerWhoseStateIsInTheCheckpoint) {
  options.epochs = 8;
  options.schedule = "constant(0.2)";
  options.plateau = "plateau(factor=0.5, patience=0)";
  const Ended whole = run();
  EXPECT_THAT(whole.events, testing::Contains(HasSubstr("of the schedule's")));
  fs::remove_all(path);
  for (const Step stop : {70, 130, 200}) run(stop);
  EXPECT_EQ(run().weights, whole.weights);
}

TEST_F(TrainingLoopTest, StopsEarlyAndKeepsTheBestWeights) {
  options.epochs = 200;
  options.patience = 2;
  options.schedule = "constant(0.2)";
  options.average = 0;
  const Ended ended = run();
  EXPECT_EQ(ended.status, TrainStatus::finished);
  EXPECT_LT(ended.state.epoch, 200);
  EXPECT_EQ(ended.state.epoch - 1 - ended.state.early.best_epoch, 2);
  EXPECT_THAT(ended.events.back(), HasSubstr("the model is that of epoch"));
}

TEST_F(TrainingLoopTest, RefusesACheckpointWithoutAPart) {
  run(17);
  const RunFolder folder(path, Existing::overwrite);
  CheckpointSlots slots(folder);
  io::Safetensors content = *slots.newest();
  content.metadata.erase("now/run");
  EXPECT_THAT([&] { checkpoint_from("slot", content); },
              ThrowsMessage<DataError>(HasSubstr("slot: \"now/run\" is missing")));
}

TEST(EpochOrder, IsAPermutationOfItsOwnForEachEpoch) {
  const auto first = epoch_order(1, 0, 1000);
  EXPECT_EQ(std::set<std::uint32_t>(first.begin(), first.end()).size(), 1000U);
  EXPECT_EQ(*std::max_element(first.begin(), first.end()), 999U);
  EXPECT_EQ(epoch_order(1, 0, 1000), first);
  EXPECT_NE(epoch_order(1, 1, 1000), first);
  EXPECT_NE(epoch_order(2, 0, 1000), first);
}

}  // namespace
}  // namespace calando::training
