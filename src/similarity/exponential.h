// SPDX-License-Identifier: MIT
// The exponential and the logarithm that a stable log-sum-exp needs, with the same bits on every processor.
#pragma once

namespace calando::similarity {

/// e^x for x <= 0; 0 below -745. NaN stays NaN.
///
/// Error:   two units in the last place
double exp_of_negative(double x) noexcept;

/// log x for x >= 1.
///
/// Error:   two units in the last place, or 2^-53
double log_from_one(double x) noexcept;

}  // namespace calando::similarity
