// SPDX-License-Identifier: MIT
// calando schedule --diff A B: where two schedules part, and by how much.
#pragma once

#include "calando/schedule.h"
#include "tools/output.h"

namespace calando::tools {

/// Where |a - b| is more than the rounding of either, 1e-14 of the largest rate.
struct Difference {
  Step compared = 0;
  Step different = 0;
  Step first = 0;
  Step largest = 0;
  Step last = 0;
  double largest_value = 0;  // |a - b| at `largest`, rounding included
};

/// Over t = 0, every, 2 every, ... below count.
Difference compare(const Schedule& a, const Schedule& b, Step count, Step every);

void print_difference(const Schedule& a, const Schedule& b, const Difference& difference, bool json,
                      Output& out);

}  // namespace calando::tools
