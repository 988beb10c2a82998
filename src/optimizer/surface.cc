// SPDX-License-Identifier: MIT
#include "src/optimizer/surface.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <memory>

#include "calando/error.h"
#include "src/spec/arguments.h"
#include "src/spec/call.h"
#include "src/spec/nearest.h"

namespace calando::optimizer {
namespace {

using Point = std::span<const double>;
using Gradient = std::span<double>;

constexpr double kPi = 3.14159265358979323846;
constexpr std::size_t kLargestDimension = 1'000'000;

std::size_t dimension_of(spec::Arguments& args, std::int64_t least) {
  const std::int64_t dimension = args.integer("dimension", 2);
  if (dimension < least || dimension > static_cast<std::int64_t>(kLargestDimension)) {
    args.refuse("dimension", fmt::format("{} to {}", least, kLargestDimension));
  }
  return static_cast<std::size_t>(dimension);
}

double rosenbrock_value(Point p) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < p.size(); ++i) {
    const double rise = p[i + 1] - p[i] * p[i];
    sum += 100 * rise * rise + (1 - p[i]) * (1 - p[i]);
  }
  return sum;
}

void rosenbrock_gradient(Point p, Gradient g) {
  for (double& entry : g) entry = 0;
  for (std::size_t i = 0; i + 1 < p.size(); ++i) {
    const double rise = p[i + 1] - p[i] * p[i];
    g[i] += -400 * p[i] * rise - 2 * (1 - p[i]);
    g[i + 1] += 200 * rise;
  }
}

Surface rosenbrock(spec::Arguments& args) {
  const std::size_t dimension = dimension_of(args, 2);
  std::vector<double> start(dimension, 1.0);
  for (std::size_t i = 0; i < dimension; i += 2) start[i] = -1.2;
  return {.name = {},
          .dimension = dimension,
          .value = rosenbrock_value,
          .gradient = rosenbrock_gradient,
          .start = std::move(start),
          .minima = {std::vector<double>(dimension, 1.0)},
          .window = {-2, 2, -1, 3}};
}

/// x y^i - x + c, for i = 1, 2, 3.
constexpr std::array<double, 3> kBeale = {1.5, 2.25, 2.625};

double beale_value(Point p) {
  double sum = 0;
  double power = 1;
  for (const double constant : kBeale) {
    power *= p[1];
    const double term = constant - p[0] + p[0] * power;
    sum += term * term;
  }
  return sum;
}

void beale_gradient(Point p, Gradient g) {
  g[0] = g[1] = 0;
  double power = 1;  // y^(i - 1)
  for (std::size_t i = 0; i < kBeale.size(); ++i) {
    const double term = kBeale[i] - p[0] + p[0] * power * p[1];
    g[0] += 2 * term * (power * p[1] - 1);
    g[1] += 2 * term * p[0] * static_cast<double>(i + 1) * power;
    power *= p[1];
  }
}

Surface beale(spec::Arguments&) {
  return {.name = {},
          .dimension = 2,
          .value = beale_value,
          .gradient = beale_gradient,
          .start = {1, 1.5},
          .minima = {{3, 0.5}},
          .window = {-1, 4, -1.5, 2}};
}

Surface himmelblau(spec::Arguments&) {
  const auto value = [](Point p) {
    const double a = p[0] * p[0] + p[1] - 11;
    const double b = p[0] + p[1] * p[1] - 7;
    return a * a + b * b;
  };
  const auto gradient = [](Point p, Gradient g) {
    const double a = p[0] * p[0] + p[1] - 11;
    const double b = p[0] + p[1] * p[1] - 7;
    g[0] = 4 * p[0] * a + 2 * b;
    g[1] = 2 * a + 4 * p[1] * b;
  };
  return {.name = {},
          .dimension = 2,
          .value = value,
          .gradient = gradient,
          .start = {0, 0},
          .minima = {{3, 2},
                     {-2.805118086952745, 3.131312518250573},
                     {-3.779310253377747, -3.283185991286170},
                     {3.584428340330492, -1.848126526964404}},
          .window = {-5, 5, -5, 5}};
}

Surface rastrigin(spec::Arguments& args) {
  const std::size_t dimension = dimension_of(args, 1);
  const auto value = [](Point p) {
    double sum = 10 * static_cast<double>(p.size());
    for (const double x : p) sum += x * x - 10 * std::cos(2 * kPi * x);
    return sum;
  };
  const auto gradient = [](Point p, Gradient g) {
    for (std::size_t i = 0; i < p.size(); ++i) g[i] = 2 * p[i] + 20 * kPi * std::sin(2 * kPi * p[i]);
  };
  return {.name = {},
          .dimension = dimension,
          .value = value,
          .gradient = gradient,
          .start = std::vector<double>(dimension, 2.2),
          .minima = {std::vector<double>(dimension, 0.0)},
          .window = {-3, 3, -3, 3}};
}

Surface saddle(spec::Arguments&) {
  const auto value = [](Point p) { return p[0] * p[0] - p[1] * p[1]; };
  const auto gradient = [](Point p, Gradient g) {
    g[0] = 2 * p[0];
    g[1] = -2 * p[1];
  };
  return {.name = {},
          .dimension = 2,
          .value = value,
          .gradient = gradient,
          .start = {1, 1e-3},
          .minima = {},
          .window = {-1.5, 1.5, -1.5, 1.5}};
}

/// Curvatures from 1 to `condition` in equal ratios.
Surface quadratic(spec::Arguments& args) {
  const std::size_t dimension = dimension_of(args, 1);
  const double condition = args.number("condition", 100);
  if (!(condition >= 1 && std::isfinite(condition))) args.refuse("condition", "a finite number from 1");
  auto curvature = std::make_shared<std::vector<double>>();
  for (std::size_t i = 0; i < dimension; ++i) {
    const double share = dimension == 1 ? 0.0 : static_cast<double>(i) / static_cast<double>(dimension - 1);
    curvature->push_back(std::pow(condition, share));
  }
  const auto value = [curvature](Point p) {
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i) sum += (*curvature)[i] * p[i] * p[i] / 2;
    return sum;
  };
  const auto gradient = [curvature](Point p, Gradient g) {
    for (std::size_t i = 0; i < p.size(); ++i) g[i] = (*curvature)[i] * p[i];
  };
  return {.name = {},
          .dimension = dimension,
          .value = value,
          .gradient = gradient,
          .start = std::vector<double>(dimension, 1.0),
          .minima = {std::vector<double>(dimension, 0.0)},
          .window = {-1.2, 1.2, -1.2, 1.2}};
}

struct Entry {
  SurfaceNote note;
  Surface (*make)(spec::Arguments&);
};

constexpr std::array<Entry, 6> kEntries = {{
    {{"rosenbrock", "sum 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2; dimension=2", "Rosenbrock 1960"},
     rosenbrock},
    {{"beale", "(1.5 - x + x y)^2 + (2.25 - x + x y^2)^2 + (2.625 - x + x y^3)^2", "Beale 1958"}, beale},
    {{"himmelblau", "(x^2 + y - 11)^2 + (x + y^2 - 7)^2", "Himmelblau 1972"}, himmelblau},
    {{"rastrigin", "10 n + sum x^2 - 10 cos(2 pi x); dimension=2", "Rastrigin 1974"}, rastrigin},
    {{"saddle", "x^2 - y^2, which has no minimum", "Dauphin et al. 2014, section 2"}, saddle},
    {{"quadratic", "sum c[i] x[i]^2 / 2, c from 1 to condition; dimension=2, condition=100",
      "Nesterov 2004, section 2.1"},
     quadratic},
}};

}  // namespace

Surface make_surface(std::string_view text) {
  const spec::Call call = spec::parse_call(text, "function");
  for (const Entry& entry : kEntries) {
    if (entry.note.name != call.path) continue;
    spec::Arguments args(call, 1, "function");
    Surface surface = entry.make(args);
    args.finish();
    surface.name = text;
    return surface;
  }
  std::vector<std::string> known;
  for (const Entry& entry : kEntries) known.emplace_back(entry.note.name);
  known.emplace_back("logistic");
  throw UsageError(fmt::format("function, column 1: no function \"{}\"{} (there are {})", call.path,
                               spec::did_you_mean(call.path, known), fmt::join(known, ", ")));
}

Surface logistic_surface(std::string name, std::vector<double> rows, std::vector<double> labels) {
  if (labels.empty() || rows.size() % labels.size() != 0) {
    throw UsageError(fmt::format("{}: {} numbers for {} labels, expected the same number a row", name,
                                 rows.size(), labels.size()));
  }
  for (const double label : labels) {
    if (label != 0 && label != 1) throw UsageError(fmt::format("{}: label {}, expected 0 or 1", name, label));
  }
  struct Data {
    std::vector<double> rows, labels;
    std::size_t features;
    double margin(Point p, std::size_t row) const {  // y (w . x + b)
      double z = p[features];
      for (std::size_t i = 0; i < features; ++i) z += rows[row * features + i] * p[i];
      return labels[row] == 1 ? z : -z;
    }
  };
  const std::size_t features = rows.size() / labels.size();
  auto data = std::make_shared<const Data>(Data{std::move(rows), std::move(labels), features});
  const auto value = [data](Point p) {
    double sum = 0;
    for (std::size_t row = 0; row < data->labels.size(); ++row) {
      const double margin = data->margin(p, row);
      sum += std::log1p(std::exp(-std::fabs(margin))) + (margin < 0 ? -margin : 0);
    }
    return sum / static_cast<double>(data->labels.size());
  };
  const auto gradient = [data](Point p, Gradient g) {
    for (double& entry : g) entry = 0;
    for (std::size_t row = 0; row < data->labels.size(); ++row) {
      const double slope = -1 / (1 + std::exp(data->margin(p, row)));  // d loss / d margin
      const double signed_slope =
          (data->labels[row] == 1 ? slope : -slope) / static_cast<double>(data->labels.size());
      for (std::size_t i = 0; i < data->features; ++i)
        g[i] += signed_slope * data->rows[row * data->features + i];
      g[data->features] += signed_slope;
    }
  };
  return {.name = std::move(name),
          .dimension = features + 1,
          .value = value,
          .gradient = gradient,
          .start = std::vector<double>(features + 1, 0.0),
          .minima = {},
          .window = {}};
}

std::span<const SurfaceNote> surfaces() {
  static const auto kNotes = [] {
    std::array<SurfaceNote, kEntries.size()> notes;
    for (std::size_t i = 0; i < notes.size(); ++i) notes[i] = kEntries[i].note;
    return notes;
  }();
  return kNotes;
}

}  // namespace calando::optimizer
