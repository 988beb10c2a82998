// SPDX-License-Identifier: MIT
// Gauss-Seidel in the order in which values travel: from where the process ends, or from the largest rewards.
#pragma once

#include "src/bellman/certified.h"
#include "src/bellman/component_solver.h"

namespace calando::bellman {

/// Sweeps in which each state sees the newest values, component by component, within one as a wave goes through it; self-loops
/// taken out exactly. One thread.
///
/// Source:  Dai, Mausam, Weld & Goldsmith 2011 (topological); Wingate & Seppi 2005 (the order within a component)
class Wavefront {
 public:
  explicit Wavefront(CertifiedIterate& iterate);

  /// Up to so many sweeps from the iterate's last improvement on. True where the solve is over.
  bool run(int sweeps = 20);
  /// The last sweep's change over that of the one before: what more of them may be expected to leave of it each.
  double rate() const noexcept { return rate_; }

 private:
  CertifiedIterate& iterate_;
  Wave wave_;
  ComponentSolver solver_;
  double rate_ = 0;
};

void wavefront(CertifiedIterate& iterate);

/// Each component is solved before those that lead to it are begun; the proof comes after all.
void topological(CertifiedIterate& iterate);

}  // namespace calando::bellman
