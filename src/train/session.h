// SPDX-License-Identifier: MIT
// A run from its options to its folder: what happens before the loop and after it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "calando/train.h"
#include "src/cpu/threads.h"
#include "src/train/data_set.h"
#include "src/train/pace.h"
#include "src/train/run_folder.h"
#include "src/train/run_plan.h"
#include "src/train/run_report.h"
#include "src/train/training_loop.h"

namespace calando::training {

class Session {
 public:
  Session(const TrainOptions& options, TrainObserver& observer);

  TrainResult run();

 private:
  void look_at_folder();
  void restore(TrainingLoop& loop, const Checkpoint& checkpoint) const;
  void read();
  std::optional<Checkpoint> saved();
  std::optional<TrainResult> former_result() const;
  void prepare();
  void announce() const;
  TrainResult finish(const TrainingLoop& loop, TrainStatus status);
  Metrics score(double train_loss);
  void write_report(const Metrics& metrics);
  std::string file(const char* name) const { return folder_->file(name); }

  const TrainOptions& options_;
  TrainObserver& observer_;
  Pace pace_;
  std::shared_ptr<cpu::Team> team_;
  std::optional<RunFolder> folder_;  // held from when it exists
  DataSet data_;
  ModelOptions model_;
  RunPlan plan_;
  std::unique_ptr<Network> network_;
  std::optional<Evaluation> evaluation_;  // of what the report shows
  const DataPart* scored_ = nullptr;
};

}  // namespace calando::training
