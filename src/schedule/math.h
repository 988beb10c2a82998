// SPDX-License-Identifier: MIT
// The elementary functions that schedules need, with the same bits on every processor: those of C libraries differ from
// one processor to the next. Tables are computed by the compiler.
//
// Error:   below 2^-62 of the larger of 1 and the result (half_cosine), 2^-62 of the result (exp, pow), 2^-64 of the
//          result or 2^-70, whichever is larger (log)
#pragma once

#include "src/schedule/double_double.h"

namespace calando::schedule {

/// (1 - cos(pi u)) / 2 for 0 <= u <= 1; exact at 0, 1/2 and 1.
DoubleDouble half_cosine(DoubleDouble u);

/// 0 below the range of doubles, infinity above it.
DoubleDouble exp(DoubleDouble x);

/// For x > 0 in the normal range.
DoubleDouble log(DoubleDouble x);

/// x^power for x >= 0, power > 0, or power of any sign where x > 0; exact at 0 and 1.
DoubleDouble pow(DoubleDouble x, DoubleDouble power);

DoubleDouble tanh(DoubleDouble x);

/// cos(pi x) as a double, for any finite x: within 0.51 units in the last place of max(|cos|, 2^-9).
double cospi(double x);

}  // namespace calando::schedule
