// SPDX-License-Identifier: MIT
// What the table of PyTorch's schedulers and the stepping of several of them share.
#pragma once

#include <vector>

#include "src/schedule/dialect.h"

namespace calando::schedule {

/// Ascending, with repetitions.
std::vector<double> torch_milestones(const PeerCall& in);

/// OneCycleLR.
struct TorchOneCycle {
  struct Phase {
    double end = 0;
    double from = 0;
    double to = 0;
  };
  double total = 0;
  bool cosine = true;
  std::vector<Phase> phases;

  /// What get_lr() gives; infinite or NaN where it divides by 0.
  double at(double t) const;
};
TorchOneCycle torch_one_cycle(const PeerCall& in);

Schedule torch_sequential(const PeerCall& in);
Schedule torch_chained(const PeerCall& in);

}  // namespace calando::schedule
