// SPDX-License-Identifier: MIT
// Two judges of a run in progress: has it diverged, and has it stopped getting better? Both are values that a checkpoint
// holds, so that a resumed run judges as an uninterrupted one.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace calando::training {

/// Says when a loss is not finite, or its mean over 100 updates exceeds ten times the first such mean.
struct DivergenceGuard {
  static constexpr int kUpdates = 100;
  static constexpr double kFactor = 10;

  double sum = 0;                                                // over the updates of the running block
  std::int64_t count = 0;                                        // of them
  double first_mean = std::numeric_limits<double>::quiet_NaN();  // until the first block is full

  /// Takes the loss of one more update; true where the run has diverged.
  bool diverged(double loss) {
    if (!std::isfinite(loss)) return true;
    sum += loss;
    if (++count < kUpdates) return false;
    const double mean = sum / kUpdates;
    sum = 0;
    count = 0;
    if (std::isnan(first_mean)) {
      first_mean = mean;
      return false;
    }
    return mean > kFactor * first_mean;
  }
};

/// Counts the epochs since the validation loss was last better than ever before.
struct EarlyStop {
  double best_loss = std::numeric_limits<double>::infinity();
  std::int64_t best_epoch = -1;  // of the best weights; -1 before the first
  std::int64_t epochs_since = 0;

  /// Takes the loss after an epoch (from 0); true where it is the best so far. A loss that is not a number never is.
  bool improves(double loss, std::int64_t epoch) {
    if (!(loss < best_loss)) {
      ++epochs_since;
      return false;
    }
    best_loss = loss;
    best_epoch = epoch;
    epochs_since = 0;
    return true;
  }
};

}  // namespace calando::training
