// SPDX-License-Identifier: MIT
// What a run will do, worked out from its options and the number of its rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "calando/optimizer.h"
#include "calando/plateau.h"
#include "calando/schedule.h"
#include "calando/train.h"

namespace calando::training {

struct RunPlan {
  std::int64_t rows = 0;
  std::int64_t batch = 0;            // rows that pass through the network at a time
  std::int64_t rows_per_update = 0;  // batch x accumulate
  std::int64_t updates_per_epoch = 0;
  std::int64_t epochs = 0;  // begun by the run; the last may be cut short by --steps
  Step steps = 0;           // updates in all
  RuleOptions rule{Sgd{}};
  std::vector<Group> groups;
  StateStorage states = StateStorage::f32;
  Schedule schedule = 0;
  StepUnit per = StepUnit::update;
  std::optional<AnyController> controller;
  bool epochs_decide = true;  // not --steps

  /// Updates in the run and in an epoch: what % and ep stand for in the options of a rule.
  RunLength length() const;

  /// The rate of the update that follows `step` updates, by the schedule alone.
  double rate(Step step) const;
};

/// Refuses what is wrong whatever the data are.
///
/// Throws:  UsageError naming the option.
void check_options(const TrainOptions& options);

/// Throws:  UsageError: as check_options.
RunPlan make_plan(const TrainOptions& options, std::size_t rows);

/// A sentence where the rate is 0 for more than a twentieth of the run before its end; else empty.
std::string early_zero_warning(const RunPlan& plan);

/// A sentence where the run has so few updates that a small table will be learnt badly, and nobody chose that; else empty.
std::string few_updates_warning(const RunPlan& plan, const TrainOptions& options);

/// "10 epochs of 469 updates, batches of 128 rows".
std::string to_string(const RunPlan& plan);

}  // namespace calando::training
