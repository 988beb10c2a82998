// SPDX-License-Identifier: MIT
#include "src/schedule/fit_curve.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace calando::schedule {
namespace {

/// In tolerances: round rates, which come last, bring what is a little above 1 below it.
constexpr double kTidy = 1.15;

double shape(Family family, double x, const Theta& theta) {
  switch (family) {
    case Family::constant:
      return 0;
    case Family::linear:
      return x;
    case Family::exponential:
    case Family::saturating:
      return std::exp(theta[0] * x);
    case Family::inverse_sqrt:
      return 1 / std::sqrt(x + theta[0]);
    case Family::inverse_time:
      return 1 / (x + theta[0]);
    case Family::one_minus_sqrt:
      return std::sqrt(std::max(x - theta[0], 0.0));
    case Family::cosine:
      return std::cos(std::numbers::pi * std::clamp((x - theta[0]) / (theta[1] - theta[0]), 0.0, 1.0));
    case Family::rex: {
      const double u = std::clamp((x - theta[0]) / (theta[1] - theta[0]), 0.0, 1.0);
      return (1 - u) / (1 - u / 2);
    }
    case Family::polynomial:
      return std::pow(std::max(theta[0] - x, 0.0), theta[1]);
  }
  return 0;
}

bool valid(Family family, const Theta& theta) {
  switch (family) {
    case Family::inverse_sqrt:
    case Family::inverse_time:
      return theta[0] > 0;
    case Family::one_minus_sqrt:
      return theta[0] < 0.2;
    case Family::cosine:
    case Family::rex:
      return theta[1] - theta[0] > 0.2 && theta[0] > -30 && theta[0] < 0.9 && theta[1] < 40;
    case Family::polynomial:
      return theta[0] > 0.2 && theta[0] < 100 && theta[1] > 0.2 && theta[1] < 12;
    case Family::saturating:
      return theta[0] < -1e-3;
    default:
      return true;
  }
}

int nonlinear(Family family) {
  if (family <= Family::linear) return 0;
  return family == Family::cosine || family == Family::polynomial || family == Family::rex ? 2 : 1;
}

/// Curves that fall to 0 by themselves have no offset.
bool has_offset(Family family) {
  return family != Family::exponential && family != Family::inverse_sqrt && family != Family::inverse_time;
}

std::vector<Theta> starts(Family family) {
  std::vector<double> first = {0};
  std::vector<double> second = {0};
  switch (family) {
    case Family::exponential:
      first = {-30, -10, -3, -1, -0.3, -0.03, 0.03, 0.3, 1, 3, 10};
      break;
    case Family::inverse_sqrt:
    case Family::inverse_time:
      first = {1e-4, 1e-3, 0.01, 0.1, 0.3, 1, 3, 10, 100};
      break;
    case Family::one_minus_sqrt:
      first = {0, -0.01, -0.1, -0.5, -1, -3};
      break;
    case Family::cosine:
    case Family::rex:
      first = {-3, -1, -0.5, -0.2, -0.05, 0, 0.1, 0.3, 0.6};
      second = {0.6, 0.8, 0.9, 1, 1.05, 1.2, 1.5, 2, 3, 6};
      break;
    case Family::polynomial:
      first = {0.6, 0.8, 0.9, 1.001, 1.05, 1.2, 1.5, 2, 4};
      second = {0.5, 0.8, 1.3, 2, 3, 5};
      break;
    case Family::saturating:
      first = {-0.1, -0.3, -0.7, -1.4, -3, -6, -12, -30};
      break;
    default:
      break;
  }
  std::vector<Theta> all;
  for (const double a : first) {
    for (const double b : second) {
      if (valid(family, {a, b})) all.push_back({a, b});
    }
  }
  return all;
}

/// Weighted least squares with the linear numbers projected out.
class Problem {
 public:
  Problem(Family family, std::span<const LogPoint> points, bool offset, std::size_t most = 80)
      : family_(family),
        offset_(offset),
        origin_(points.front().step),
        unit_(std::max(points.back().step - points.front().step, 1.0)) {
    const std::size_t count = std::min(points.size(), most);
    for (std::size_t i = 0; i < count; ++i) {
      add(points[count == 1 ? 0 : i * (points.size() - 1) / (count - 1)]);
    }
  }

  void add(const LogPoint& p) {
    x_.push_back((p.step - origin_) / unit_);
    y_.push_back(p.rate);
    weight_.push_back(1 / p.tolerance);
    residual_.resize(x_.size());
    shape_.resize(x_.size());
  }

  /// The sum of squares; the residuals stay in residual().
  double solve(const Theta& theta) {
    double w = 0, wg = 0, wy = 0;
    for (std::size_t i = 0; i < x_.size(); ++i) {
      shape_[i] = shape(family_, x_[i], theta);
      const double squared = weight_[i] * weight_[i];
      w += squared, wg += squared * shape_[i], wy += squared * y_[i];
    }
    const double g_mean = offset_ ? wg / w : 0;
    const double y_mean = offset_ ? wy / w : 0;
    double gg = 0, gy = 0;
    for (std::size_t i = 0; i < x_.size(); ++i) {
      const double squared = weight_[i] * weight_[i];
      gg += squared * (shape_[i] - g_mean) * (shape_[i] - g_mean);
      gy += squared * (shape_[i] - g_mean) * (y_[i] - y_mean);
    }
    scale_ = gg > 0 ? gy / gg : 0;
    level_ = y_mean - scale_ * g_mean;
    double sum = 0;
    for (std::size_t i = 0; i < x_.size(); ++i) {
      residual_[i] = weight_[i] * (y_[i] - level_ - scale_ * shape_[i]);
      sum += residual_[i] * residual_[i];
    }
    return std::isfinite(sum) ? sum : 1e300;
  }

  /// Levenberg and Marquardt over the first `free` numbers of theta from `first` on.
  double descend(Theta& theta, std::size_t first, std::size_t count) {
    double best = solve(theta);
    if (count == 0) return best;
    double damping = 1e-3;
    for (int round = 0; round < 40 && damping < 1e9; ++round) {
      const Theta step = direction(theta, first, count, damping);
      Theta next = {theta[0] + step[0], theta[1] + step[1]};
      const double sum = valid(family_, next) ? solve(next) : 1e300;
      if (sum < best) {
        const bool settled = best - sum < 1e-13 * best;
        theta = next;
        best = sum;
        damping = std::max(damping * 0.1, 1e-12);
        if (settled) break;
      } else {
        damping *= 8;
      }
    }
    return best;
  }

  CurveFit result(const Theta& theta, std::span<const LogPoint> points) {
    solve(theta);
    CurveFit fit{family_, origin_, unit_, level_, scale_, theta, 0};
    for (const LogPoint& p : points)
      fit.worst = std::max(fit.worst, std::fabs(fit(p.step) - p.rate) / p.tolerance);
    if (!std::isfinite(fit.worst)) fit.worst = 1e300;
    return fit;
  }

 private:
  Theta direction(const Theta& theta, std::size_t first, std::size_t count, double damping) {
    solve(theta);
    const std::vector<double> base = residual_;
    std::array<std::vector<double>, 2> slope;
    for (std::size_t k = 0; k < count; ++k) {
      Theta moved = theta;
      const double h = 1e-6 * std::max(std::fabs(theta[first + k]), 0.01);
      moved[first + k] += h;
      solve(moved);
      slope[k].resize(base.size());
      for (std::size_t i = 0; i < base.size(); ++i) slope[k][i] = (residual_[i] - base[i]) / h;
    }
    const auto dot = [](const std::vector<double>& a, const std::vector<double>& b) {
      double sum = 0;
      for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
      return sum;
    };
    Theta step{};
    const double a = dot(slope[0], slope[0]) * (1 + damping) + 1e-300;
    const double p = -dot(slope[0], base);
    if (count == 1) {
      step[first] = p / a;
      return step;
    }
    const double b = dot(slope[0], slope[1]);
    const double d = dot(slope[1], slope[1]) * (1 + damping) + 1e-300;
    const double q = -dot(slope[1], base);
    const double determinant = a * d - b * b;
    if (std::fabs(determinant) < 1e-300) return step;
    return {(p * d - b * q) / determinant, (a * q - b * p) / determinant};
  }

  Family family_;
  bool offset_;
  double origin_, unit_;
  std::vector<double> x_, y_, weight_, residual_, shape_;
  double scale_ = 0, level_ = 0;
};

const LogPoint& farthest(const CurveFit& fit, std::span<const LogPoint> points) {
  const auto off = [&](const LogPoint& p) { return std::fabs(fit(p.step) - p.rate) / p.tolerance; };
  return *std::max_element(points.begin(), points.end(),
                           [&](const LogPoint& a, const LogPoint& b) { return off(a) < off(b); });
}

/// From the best few of the starting points.
Theta solve_free(Problem& problem, Family family) {
  std::vector<std::pair<double, Theta>> tried;
  for (const Theta& theta : starts(family)) tried.emplace_back(problem.solve(theta), theta);
  std::sort(tried.begin(), tried.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  if (nonlinear(family) == 0) return tried.front().second;
  std::pair<double, Theta> best{1e300, tried.front().second};
  for (std::size_t i = 0; i < std::min<std::size_t>(tried.size(), 5); ++i) {
    Theta theta = tried[i].second;
    const double sum = problem.descend(theta, 0, static_cast<std::size_t>(nonlinear(family)));
    if (sum < best.first) best = {sum, theta};
  }
  return best.second;
}

/// Whole numbers near a value, the roundest first.
std::vector<double> tidy_near(double value, double reach) {
  std::vector<double> tidy;
  for (double unit = 1e9; unit >= 1; unit /= 10) {
    for (const double step : {unit, unit / 2}) {
      if (step < 1) continue;
      const double near = std::round(value / step) * step;
      const bool known = std::find(tidy.begin(), tidy.end(), near) != tidy.end();
      if (!known && std::fabs(near - value) <= reach) tidy.push_back(near);
    }
  }
  return tidy;
}

/// One number of theta that is a place moved to the tidiest whole step that the tolerances allow.
void tidy_place(Problem& problem, CurveFit& fit, std::size_t which, std::size_t other, std::size_t others,
                std::span<const LogPoint> points) {
  const double reach = std::max(0.01 * fit.unit, 1.0);
  for (const double step : tidy_near(fit.place(fit.theta[which]), reach)) {
    Theta theta = fit.theta;
    theta[which] = (step - fit.origin) / fit.unit;
    if (!valid(fit.family, theta)) continue;
    if (others > 0) problem.descend(theta, other, others);
    const CurveFit tidier = problem.result(theta, points);
    if (tidier.worst <= std::max(kTidy, fit.worst)) {
      fit = tidier;
      return;
    }
  }
}

void tidy_power(Problem& problem, CurveFit& fit, std::span<const LogPoint> points) {
  for (const double unit : {1.0, 0.5, 0.25, 0.1, 0.05, 0.01}) {
    Theta theta = {fit.theta[0], std::round(fit.theta[1] / unit) * unit};
    if (!valid(fit.family, theta)) continue;
    problem.descend(theta, 0, 1);
    const CurveFit tidier = problem.result(theta, points);
    if (tidier.worst <= std::max(kTidy, fit.worst)) {
      fit = tidier;
      return;
    }
  }
}

/// The points that were left out of the sample and lie farthest off join it.
void add_farthest(Problem& problem, CurveFit& fit, std::span<const LogPoint> points) {
  for (int round = 0; round < 4 && fit.worst > 1 && fit.worst < 1e3; ++round) {
    problem.add(farthest(fit, points));
    Theta theta = fit.theta;
    problem.descend(theta, 0, static_cast<std::size_t>(nonlinear(fit.family)));
    const CurveFit next = problem.result(theta, points);
    if (next.worst < fit.worst) fit = next;
  }
}

/// Whether enough points lie where a curve with ends of its own moves.
bool has_evidence(const CurveFit& fit, std::span<const LogPoint> points) {
  if (nonlinear(fit.family) < 2) return true;
  const bool starts = fit.family != Family::polynomial;
  const double begin = starts ? fit.place(fit.theta[0]) : -1e300;
  const double end = fit.place(fit.theta[starts ? 1 : 0]);
  const auto moving = std::count_if(points.begin(), points.end(),
                                    [&](const LogPoint& p) { return p.step > begin && p.step < end; });
  return moving > freedom(fit.family);
}

/// Whether few of the points are enough to say no: no curve within the tolerances has a larger sum of squares.
bool hopeless(Family family, std::span<const LogPoint> points, bool offset) {
  constexpr std::size_t kFew = 16;
  constexpr double kGenerous = 4;  // squares, of what may pass
  if (nonlinear(family) == 0 || points.size() < 2 * kFew) return false;
  Problem few(family, points, offset, kFew);
  return few.solve(solve_free(few, family)) > kGenerous * static_cast<double>(kFew);
}

CurveFit fit_with(Family family, std::span<const LogPoint> points, bool offset) {
  if (hopeless(family, points, offset)) return {.family = family, .worst = 1e300};
  Problem problem(family, points, offset);
  CurveFit fit = problem.result(solve_free(problem, family), points);
  add_farthest(problem, fit, points);
  if (!has_evidence(fit, points)) fit.worst = 1e300;
  if (fit.worst > 1.5) return fit;
  if (family == Family::cosine || family == Family::rex) {
    tidy_place(problem, fit, 0, 1, 1, points);
    tidy_place(problem, fit, 1, 0, 0, points);
  }
  if (family == Family::polynomial) {
    tidy_power(problem, fit, points);
    tidy_place(problem, fit, 0, 0, 0, points);
  }
  if (family == Family::one_minus_sqrt) tidy_place(problem, fit, 0, 0, 0, points);
  return fit;
}

/// To exactly 0: a cosine whose scale is its offset has one number less.
CurveFit cosine_to_zero(const CurveFit& fit, std::span<const LogPoint> points) {
  CurveFit zero = fit;
  zero.offset = zero.scale = (fit.offset + fit.scale) / 2;
  zero.worst = 0;
  for (const LogPoint& p : points) {
    zero.worst = std::max(zero.worst, std::fabs(zero(p.step) - p.rate) / p.tolerance);
  }
  return zero.worst <= std::max(1.0, fit.worst) ? zero : fit;
}

}  // namespace

double CurveFit::operator()(double t) const {
  return offset + scale * shape(family, (t - origin) / unit, theta);
}

int freedom(Family family) {
  if (family == Family::constant) return 1;
  return 1 + nonlinear(family) + (has_offset(family) ? 1 : 0);
}

CurveFit fit_family(Family family, std::span<const LogPoint> points) {
  if (family == Family::polynomial) {
    const CurveFit to_zero = fit_with(family, points, false);
    if (to_zero.worst <= 1.5) return to_zero;
  }
  const CurveFit fit = fit_with(family, points, has_offset(family));
  return family == Family::cosine && fit.worst <= 1.5 ? cosine_to_zero(fit, points) : fit;
}

}  // namespace calando::schedule
