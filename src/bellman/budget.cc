// SPDX-License-Identifier: MIT
#include "src/bellman/budget.h"

namespace calando::bellman {

double Budget::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

bool Budget::spend(double sweeps) {
  report_.sweeps += sweeps;
  if (options_.observer && options_.observer({report_.sweeps, gap_})) {
    return stop(SolveStatus::interrupted);
  }
  if (seconds() > options_.time_limit) return stop(SolveStatus::time_limit);
  return report_.sweeps >= options_.max_sweeps && stop(SolveStatus::not_converged);
}

bool Budget::spend_little(double sweeps) {
  constexpr double kEnoughToAsk = 0.125;
  saved_ += sweeps;
  if (saved_ < kEnoughToAsk) return false;
  const double all = saved_;
  saved_ = 0;
  return spend(all);
}

}  // namespace calando::bellman
