// SPDX-License-Identifier: MIT
// Where a run stands, apart from its arrays: plain numbers that a checkpoint holds as text.
#pragma once

#include <cstdint>
#include <string>

#include "calando/schedule.h"
#include "src/train/guard.h"

namespace calando::training {

/// A mean in the making.
struct Mean {
  double sum = 0;
  double count = 0;

  void add(double value, double weight) {
    sum += value * weight;
    count += weight;
  }
  double value() const { return sum / count; }  // NaN where nothing was added
};

struct RunState {
  Step step = 0;            // updates done
  std::int64_t epoch = 0;   // epochs completed
  std::int64_t update = 0;  // updates done in the running epoch
  std::int64_t rollbacks = 0;
  double rate_factor = 1;       // halved by each rollback
  std::uint64_t log_bytes = 0;  // of log.jsonl
  Mean epoch_loss;              // over the rows of the running epoch
  Mean logged_loss;             // over the updates since the last line of the log
  double train_loss = 0;        // of the last completed epoch
  DivergenceGuard guard;
  EarlyStop early;

  /// Names every number once, for writing and reading.
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("step", self.step);
    visit("epoch", self.epoch);
    visit("update", self.update);
    visit("rollbacks", self.rollbacks);
    visit("rate_factor", self.rate_factor);
    visit("log_bytes", self.log_bytes);
    visit("epoch_loss_sum", self.epoch_loss.sum);
    visit("epoch_loss_count", self.epoch_loss.count);
    visit("logged_loss_sum", self.logged_loss.sum);
    visit("logged_loss_count", self.logged_loss.count);
    visit("train_loss", self.train_loss);
    visit("guard_sum", self.guard.sum);
    visit("guard_count", self.guard.count);
    visit("guard_first_mean", self.guard.first_mean);
    visit("early_best_loss", self.early.best_loss);
    visit("early_best_epoch", self.early.best_epoch);
    visit("early_epochs_since", self.early.epochs_since);
  }
};

/// One JSON object; every double, infinities and NaN too, reads back to itself.
std::string to_json(const RunState& state);

/// Throws:  DataError naming `file`: a number is missing or is none.
RunState run_state_from_json(const std::string& file, const std::string& text);

}  // namespace calando::training
