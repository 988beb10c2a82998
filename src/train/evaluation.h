// SPDX-License-Identifier: MIT
// A network's predictions for the rows of a part, scored in the data's own units.
#pragma once

#include <optional>
#include <string>

#include "src/cpu/threads.h"
#include "src/train/data_set.h"
#include "src/train/network.h"
#include "src/train/scores.h"

namespace calando::training {

/// A regression's output as a value of the target.
///
///   output x deviation + mean of the target
float in_own_units(const Preprocessing& preprocessing, float predicted);

/// One of the two, by the task.
struct Evaluation {
  std::optional<ClassificationScores> classification;
  std::optional<RegressionScores> regression;

  /// What early stopping compares: the log loss, or the mean squared error in the network's units.
  double loss = 0;
  Metrics metrics(const std::string& prefix) const;  // "validation_"
};

/// Error:   the same bits for any team
Evaluation evaluate(cpu::Team& team, const Network& network, const Preprocessing& preprocessing,
                    const DataPart& part);

}  // namespace calando::training
