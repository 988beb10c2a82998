// SPDX-License-Identifier: MIT
// A step length along a direction, by the strong Wolfe conditions.
#pragma once

#include <functional>
#include <vector>

namespace calando::optimizer {

/// A place on the line x + t d.
template <class T>
struct LinePoint {
  double t = 0;
  double loss = 0;
  double slope = 0;  // g d
  std::vector<T> gradient = {};
};

struct LineSearchLimits {
  double smallest_change;  // of any element, below which a bracket is not narrowed further
  double largest_element;  // of d
  int evaluations;
};

template <class T>
struct LineSearchResult {
  LinePoint<T> best;
  int evaluations = 0;
};

/// Searches from `start`, where t = 0, with a first guess t, until
///
///   f(t) <= f(0) + 1e-4 t f'(0)   and   |f'(t)| <= 0.9 |f'(0)|
///
/// hold, or a limit is reached; then the lowest end of the bracket. f'(0) < 0.
///
/// Source:  Nocedal & Wright 2006, algorithms 3.5 and 3.6, with the minimum of a cubic.
/// Departs: as in PyTorch, a loss that rises from one guess to the next brackets only from the third guess on.
template <class T>
LineSearchResult<T> strong_wolfe(const LinePoint<T>& start, double guess, const LineSearchLimits& limits,
                                 const std::function<LinePoint<T>(double t)>& evaluate);

}  // namespace calando::optimizer
