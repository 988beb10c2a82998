// SPDX-License-Identifier: MIT
// From curves through pieces of a log to a schedule: joints, repetitions, round numbers.
#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "calando/schedule.h"
#include "src/schedule/curve.h"
#include "src/schedule/fit_curve.h"

namespace calando::schedule {

/// A curve and the points, [begin, end), that it passes through.
struct Piece {
  CurveFit fit;
  std::size_t begin = 0;
  std::size_t end = 0;
};

inline constexpr double kClose = 1.1;  // in tolerances
inline constexpr double kNear = 4;     // before round numbers are tried

/// One curve of the native form, or a window of it.
struct Part {
  const Curve* curve = nullptr;
  Parameters parameters{};
  double window_start = 0;
  double window_length = kEndless;

  Schedule schedule() const;
};

/// Parts one behind the other; those from `cycle` on are repeated, above a floor or not.
struct Parts {
  std::vector<Part> list;
  std::size_t cycle = std::numeric_limits<std::size_t>::max();  // none
  double stretch = 1;
  double shrink = 1;
  double floor = 0;
  bool floor_stays =
      false;  // what shrinks is the peak, and not the height above the floor: restarts(high, low, ...)
  double stairs = 0;  // each value is held for as many steps; 0: not

  void set_stairs(double steps);
  bool repeats() const { return cycle < list.size(); }
  Schedule schedule() const;
};

/// Where a curve that ends by itself does.
std::optional<double> natural_end(const CurveFit& fit);

/// The steps at which the pieces meet, with 0 and the end.
std::vector<double> joints_of(const std::vector<Piece>& pieces, const std::vector<LogPoint>& points);

/// What a curve is from `from` to `to`, in native parts; `last`: nothing follows.
void append(std::vector<Part>& list, const CurveFit& fit, double from, double to, bool last);

/// A number written with so many digits.
double rounded_to(double value, int digits);

/// The pieces with their joints where the curves meet, or at a round step between their points.
Parts joined(const std::vector<Piece>& pieces, const std::vector<LogPoint>& points);

/// The first pieces, again and again, where that reproduces all points.
std::optional<Parts> repeating(const std::vector<Piece>& pieces, const std::vector<LogPoint>& points);

/// The same with the roundest rates within the tolerances.
Parts tidied(Parts parts, const std::vector<LogPoint>& points);

/// Lines from point to point.
Schedule interpolation(const std::vector<LogPoint>& points);

/// The largest difference, in tolerances.
double worst(const Schedule& schedule, const std::vector<LogPoint>& points);

}  // namespace calando::schedule
