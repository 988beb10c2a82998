// SPDX-License-Identifier: MIT
// The call of a peer that comes nearest to a schedule: `calando schedule --to torch`.
#pragma once

#include <string>
#include <string_view>

#include "calando/schedule.h"

namespace calando::schedule {

struct NearestCall {
  std::string text;
  double difference = 0;  // the largest |schedule - call| over the steps compared, each of which was computed
  Step at = 0;            // where
};

/// Among all classes of the peer, with arguments taken from where the schedule bends, peaks and ends, then moved until
/// nothing improves; a native `a then b` is also looked for as the peer's sequence of two or more. What it finds is
/// compared at t = 0, 1, ..., count - 1, at most `kMostCompared` of them spread evenly.
///
/// Throws:  UsageError where no peer has that prefix.
NearestCall nearest_call(const Schedule& schedule, std::string_view peer, Step count);

inline constexpr Step kMostCompared = 1'000'000;

}  // namespace calando::schedule
