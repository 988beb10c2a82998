// SPDX-License-Identifier: MIT
// Everything from which a run goes on as if it had never stopped.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "src/io/safetensors.h"
#include "src/train/learner.h"
#include "src/train/run_state.h"

namespace calando::training {

/// A moment of a run.
struct Moment {
  RunState run;
  LearnerState learner;
  std::map<std::string, double> controller;  // empty where none follows the losses
};

/// Shared with the run that goes on, so that writing one copies nothing.
struct Checkpoint {
  std::shared_ptr<const Moment> now;
  std::shared_ptr<const Moment>
      epoch_end;  // where a rollback returns to: now, or the last moment at the end of an epoch
  std::shared_ptr<const Weights> best;  // of the best epoch on the validation rows, where there is one
  std::string identity;                 // of the data, as text
  std::string optimizer;                // as texts, for a person who looks
  std::string schedule;
  std::string kernel;  // of matrix products: on another one the bits may differ
};

/// The content of a checkpoint's file. Its tensors are views: the checkpoint outlives it.
io::Safetensors to_safetensors(const Checkpoint& checkpoint);

/// Throws:  DataError naming `file` where something is missing.
Checkpoint checkpoint_from(const std::string& file, const io::Safetensors& content);

}  // namespace calando::training
