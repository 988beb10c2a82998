// SPDX-License-Identifier: MIT
// The schedule behind a log of steps and rates.
#pragma once

#include <vector>

#include "calando/schedule.h"

namespace calando::schedule {

struct LogPoint {
  double step = 0;
  double rate = 0;
  double tolerance = 0;  // what the writing of the rate may have rounded away
};

struct Fit {
  Schedule schedule;
  double largest_difference = 0;
  Step at = 0;
  bool reproduces =
      false;  // every point within twice its tolerance (the writer may have cut digits off) or float32
};

/// The simplest schedule of few curves that reproduces the points, or the nearest that was found.
///
/// Shapes:  points in strictly ascending steps, at least two
Fit fit(const std::vector<LogPoint>& points);

}  // namespace calando::schedule
