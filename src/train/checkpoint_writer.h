// SPDX-License-Identifier: MIT
#pragma once

#include <future>

#include "src/train/checkpoint.h"
#include "src/train/run_folder.h"

namespace calando::training {

/// Writes checkpoints while the run goes on, one at a time: a disk's answer takes as long as fifty updates.
class CheckpointWriter {
 public:
  /// The slots outlive the writer.
  explicit CheckpointWriter(CheckpointSlots& slots) : slots_(slots) {}

  /// Begins to write, after the one before is on the disk.
  ///
  /// Throws:  RunError of the one before.
  void write(Checkpoint checkpoint) {
    wait();
    written_ = std::async(std::launch::async, [this, checkpoint = std::move(checkpoint)] {
      slots_.write(to_safetensors(checkpoint));
    });
  }

  /// Returns when all is on the disk.
  ///
  /// Throws:  RunError: the disk. The slot before it is as it was.
  void wait() {
    if (written_.valid()) written_.get();
  }

 private:
  CheckpointSlots& slots_;
  std::future<void> written_;  // its destructor waits
};

}  // namespace calando::training
