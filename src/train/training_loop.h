// SPDX-License-Identifier: MIT
// The loop: updates, epochs, judgement, checkpoints. What it computes is a function of the options and the data; the clock decides only
// when a checkpoint is written.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "calando/train.h"
#include "src/cpu/threads.h"
#include "src/train/checkpoint.h"
#include "src/train/checkpoint_writer.h"
#include "src/train/data_set.h"
#include "src/train/learner.h"
#include "src/train/pace.h"
#include "src/train/report.h"
#include "src/train/run_folder.h"
#include "src/train/run_plan.h"
#include "src/train/run_state.h"

namespace calando::training {

/// What a loop works with; all of it outlives the loop.
struct LoopParts {
  const TrainOptions& options;
  const RunPlan& plan;
  const DataSet& data;
  Network& network;  // initialised
  CheckpointWriter& checkpoints;
  RunLog& log;
  TrainObserver& observer;
  std::shared_ptr<cpu::Team> team;
};

class TrainingLoop {
 public:
  explicit TrainingLoop(LoopParts parts);

  /// Goes on from a checkpoint in place of the beginning.
  void restore(const Checkpoint& checkpoint);

  /// Trains to the end, and leaves the weights that are the model in the network; or saves a checkpoint where the observer interrupts.
  TrainStatus run();

  const RunState& state() const { return state_; }

 private:
  bool ended() const;
  bool epoch_ends() const;
  double scheduled() const { return parts_.plan.rate(state_.step); }
  double rate() const {
    return state_.rate_factor * (controller_ ? controller_->rate(scheduled()) : scheduled());
  }
  double position() const;  // epochs, with the fraction of the running one
  std::shared_ptr<const Moment> moment() const;

  Update next_update();
  bool diverged(const Update& update);
  bool roll_back();
  void note(const Update& update, double rate);
  void finish_epoch();
  void judge(EpochRecord& record);
  void control(double loss);
  void go_to(const Moment& moment);
  void save(const std::shared_ptr<const Moment>& now);
  void event(const std::string& text);
  void use_model(TrainStatus status);

  LoopParts parts_;
  Learner learner_;
  std::optional<Controller> controller_;
  RunState state_;
  std::vector<std::uint32_t> order_;  // of the running epoch's rows; empty between epochs
  std::shared_ptr<const Moment> epoch_end_;
  std::shared_ptr<const Weights> best_;
  std::int64_t log_every_;
  StepRecord last_;
  TrainProgress progress_;
  Pace run_pace_;
  Pace log_pace_;
  Pace checkpoint_pace_;
};

/// Of matrix products here: what a checkpoint records.
std::string kernel_name();

}  // namespace calando::training
