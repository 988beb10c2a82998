// SPDX-License-Identifier: MIT
// One curve through the points of a log: the families that fit() builds schedules of.
#pragma once

#include <array>
#include <span>

#include "src/schedule/fit.h"

namespace calando::schedule {

/// In ascending order of their freedom.
enum class Family {
  constant,
  linear,
  exponential,
  inverse_sqrt,
  inverse_time,
  one_minus_sqrt,
  cosine,
  polynomial,
  rex,
  saturating
};

inline constexpr std::array kFamilies = {
    Family::constant,       Family::linear, Family::exponential, Family::inverse_sqrt, Family::inverse_time,
    Family::one_minus_sqrt, Family::cosine, Family::polynomial,  Family::rex,          Family::saturating};

using Theta = std::array<double, 2>;

/// offset + scale g(x, theta) with x = (t - origin) / unit
///
///   linear x | exponential, saturating e^(theta0 x) | inverse_sqrt (x + theta0)^(-1/2) | inverse_time (x + theta0)^-1
///   one_minus_sqrt sqrt(x - theta0) | cosine cos(pi (x - theta0) / (theta1 - theta0)) | polynomial (theta0 - x)^theta1
///   rex (1 - u) / (1 - u/2), u = (x - theta0) / (theta1 - theta0)
struct CurveFit {
  Family family = Family::constant;
  double origin = 0;
  double unit = 1;
  double offset = 0;
  double scale = 0;
  Theta theta{};
  double worst = 0;  // largest difference, in tolerances

  double operator()(double t) const;
  double place(double x) const { return origin + unit * x; }
};

/// The number of free numbers.
int freedom(Family family);

/// The best curve of a family by weighted least squares. The tidiest end and start within the tolerances is taken, and
/// the offset 0 where it does.
CurveFit fit_family(Family family, std::span<const LogPoint> points);

}  // namespace calando::schedule
