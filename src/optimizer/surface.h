// SPDX-License-Identifier: MIT
// Test functions on which optimizers are watched: their values, gradients and minima.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace calando::optimizer {

/// The part of the plane that a picture shows at least.
struct Window {
  double x_low = -2, x_high = 2;
  double y_low = -2, y_high = 2;
};

struct Surface {
  std::string name;  // its text form
  std::size_t dimension = 2;
  /// Shapes:  point: dimension
  std::function<double(std::span<const double> point)> value;
  /// Shapes:  point and gradient: dimension, apart from each other
  std::function<void(std::span<const double> point, std::span<double> gradient)> gradient;
  std::vector<double> start;                // where people start
  std::vector<std::vector<double>> minima;  // none where there is none, or none is known in closed form
  Window window;
};

/// A test function from its text form: rosenbrock, beale, himmelblau, rastrigin(dimension=2), saddle,
/// quadratic(dimension=2, condition=100), rosenbrock(dimension=10).
///
/// Throws:  UsageError with the column, and the nearest name
Surface make_surface(std::string_view text);

/// The mean logistic loss of a linear model, -log sigma(y (w . x + b)) with y = -1 or 1; the last of the numbers is b.
///
/// Shapes:  rows: labels.size() x (dimension - 1), row-major
/// Units:   labels: 0 or 1
/// Throws:  UsageError where the sizes do not fit, or a label is another
Surface logistic_surface(std::string name, std::vector<double> rows, std::vector<double> labels);

struct SurfaceNote {
  std::string_view name;
  std::string_view formula;
  std::string_view source;
};

/// What make_surface knows, for lists and help.
std::span<const SurfaceNote> surfaces();

}  // namespace calando::optimizer
