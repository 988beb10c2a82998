// SPDX-License-Identifier: MIT
// Long lines made short without a visible change.
#pragma once

#include <cstddef>
#include <vector>

#include "src/plot/figure.h"

namespace calando::plot {

/// A place in the units of the drawing, where 1 is the finest width that the eye sees.
struct Pixel {
  double x = 0;
  double y = 0;

  friend bool operator==(const Pixel&, const Pixel&) = default;
};

/// Takes the points of a line in order and keeps, of each run of points within one column of pixels, the
/// first, the lowest, the highest and the last: the drawn line covers the same pixels, and no peak is lost.
///
/// Source:   Jugel et al. 2014, "M4: A Visualization-Oriented Time Series Data Aggregation"
/// Departs:  runs in place of groups, so that a line which turns back keeps its order
class LineReducer {
 public:
  /// A point that has a NaN is a gap.
  void add(Pixel point);

  /// The unbroken pieces. A piece of one point is a point between two gaps.
  std::vector<std::vector<Pixel>> finish();

 private:
  struct Kept {
    Pixel point;
    std::size_t order = 0;  // within its run
  };

  void end_run();
  void gap();

  std::vector<std::vector<Pixel>> pieces_;
  bool open_ = false;    // the last piece can be continued
  std::size_t run_ = 0;  // points in the present run, all within column_
  double column_ = 0;
  Kept first_, lowest_, highest_, last_;
};

/// Holds a place far outside of any picture at its far surroundings, so that coordinates stay short.
Pixel within_reach(Pixel point);

/// A line that looks the same in a picture of at most `columns` pixels, about 4 points in each; gaps are kept.
///
/// Error:  x to within rounding
Line thinned(const Line& line, std::size_t columns);

}  // namespace calando::plot
