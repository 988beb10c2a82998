// SPDX-License-Identifier: MIT
// What a solve may cost, and why it ended.
#pragma once

#include <chrono>

#include "calando/solve.h"

namespace calando::bellman {

/// Counts the work of a solve into its report, tells the observer, and says when to stop.
class Budget {
 public:
  Budget(const SolveOptions& options, SolveReport& report) : options_(options), report_(report) {}

  /// True where the solve is over because of time, work or the observer; the report has the status then.
  bool spend(double sweeps);
  /// The same for work in small pieces: asks only when some have come together.
  bool spend_little(double sweeps);
  /// Ends the solve: always true.
  bool stop(SolveStatus status) {
    report_.status = status;
    stopped_ = true;
    return true;
  }
  /// What the observer is told.
  void tell_gap(double gap) noexcept { gap_ = gap; }
  bool stopped() const noexcept { return stopped_; }
  double seconds() const;

 private:
  const SolveOptions& options_;
  SolveReport& report_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double gap_ = std::numeric_limits<double>::infinity();
  double saved_ = 0;
  bool stopped_ = false;
};

}  // namespace calando::bellman
