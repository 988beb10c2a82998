// SPDX-License-Identifier: MIT
#pragma once

namespace calando::similarity {

/// The angle of the point (x, y) with x, y >= 0, not both 0: in [0, pi / 2].
///
/// Error:   below one unit in the last place; the same bits on every processor, which those of C libraries are not
double arctangent(double y, double x) noexcept;

}  // namespace calando::similarity
