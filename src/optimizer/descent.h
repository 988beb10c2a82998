// SPDX-License-Identifier: MIT
// An optimizer's path over a test function.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "calando/optimizer.h"
#include "calando/schedule.h"
#include "src/optimizer/surface.h"
#include "src/plot/figure.h"

namespace calando::optimizer {

enum class Precision : std::uint8_t { f32, f64 };
constexpr std::array<std::string_view, 2> enum_names(Precision) { return {"f32", "f64"}; }

/// A point of a path. The rate is the one with which the path goes on from there.
struct DescentPoint {
  Step step = 0;
  double rate = 0;
  double value = 0;
  std::vector<double> point;
};

struct Descent {
  std::string name;  // of the optimizer, as it was given
  std::vector<DescentPoint> points;
  bool diverged = false;  // a point or a value was not finite: the path ends there
};

struct DescentOptions {
  std::vector<double> from;  // none: the surface's own start
  Step steps = 100;
  Precision precision = Precision::f64;
};

/// Follows an optimizer for `steps` updates; points 0 to steps.
///
/// Throws:  UsageError where `from` has another dimension than the surface
Descent descend(const Surface& surface, std::string name, const RuleOptions& rule, const Schedule& rate,
                const DescentOptions& options);

/// In two dimensions contours and paths, the start and the minima marked; else the value at each step.
plot::Figure descent_figure(const Surface& surface, const std::vector<Descent>& descents);

}  // namespace calando::optimizer
