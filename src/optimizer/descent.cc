// SPDX-License-Identifier: MIT
#include "src/optimizer/descent.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "calando/error.h"

namespace calando::optimizer {
namespace {

bool finite(const DescentPoint& at) {
  return std::isfinite(at.value) &&
         std::all_of(at.point.begin(), at.point.end(), [](double x) { return std::isfinite(x); });
}

/// The walk with the point and the gradient in numbers of type T; values and slopes are computed in double.
template <class T>
Descent walk(const Surface& surface, std::string name, const RuleOptions& rule, const Schedule& rate,
             const DescentOptions& options, const std::vector<double>& from) {
  std::vector<T> point(from.begin(), from.end());
  std::vector<T> gradient(surface.dimension);
  std::vector<double> slope(surface.dimension);
  OptimizerOptions how;
  how.threads = 1;
  Optimizer optimizer(
      rule, {{.name = "point", .values = std::span<T>(point), .gradients = std::span<const T>(gradient)}},
      how);
  Descent descent{.name = std::move(name), .points = {}};
  const Evaluate evaluate = [&] {
    const std::vector<double> at(point.begin(), point.end());
    surface.gradient(at, slope);
    std::copy(slope.begin(), slope.end(), gradient.begin());
    return surface.value(at);
  };
  for (Step t = 0;; ++t) {
    DescentPoint at{.step = t, .rate = rate(t), .value = 0, .point = {point.begin(), point.end()}};
    at.value = surface.value(at.point);
    descent.points.push_back(std::move(at));
    descent.diverged = !finite(descent.points.back());
    if (t == options.steps || descent.diverged) return descent;
    optimizer.step(rate(t), evaluate);
  }
}

}  // namespace

Descent descend(const Surface& surface, std::string name, const RuleOptions& rule, const Schedule& rate,
                const DescentOptions& options) {
  const std::vector<double>& from = options.from.empty() ? surface.start : options.from;
  if (from.size() != surface.dimension) {
    throw UsageError(fmt::format("{} has {} dimensions, and the start has {} numbers", surface.name,
                                 surface.dimension, from.size()));
  }
  if (options.precision == Precision::f32)
    return walk<float>(surface, std::move(name), rule, rate, options, from);
  return walk<double>(surface, std::move(name), rule, rate, options, from);
}

}  // namespace calando::optimizer
