// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "src/optimizer/descent.h"

namespace calando::optimizer {
namespace {

constexpr std::size_t kSamples = 161;
/// A path that leaves the window by more than this many of its widths is drawn as far as that.
constexpr double kWidest = 3;

/// The window widened to what the paths see.
Window seen(const Surface& surface, const std::vector<Descent>& descents) {
  Window window = surface.window;
  const double width = window.x_high - window.x_low;
  const double height = window.y_high - window.y_low;
  const Window limit{window.x_low - kWidest * width, window.x_high + kWidest * width,
                     window.y_low - kWidest * height, window.y_high + kWidest * height};
  for (const Descent& descent : descents) {
    for (const DescentPoint& at : descent.points) {
      if (!std::isfinite(at.point[0]) || !std::isfinite(at.point[1])) continue;
      window.x_low = std::clamp(at.point[0] - 0.05 * width, limit.x_low, window.x_low);
      window.x_high = std::clamp(at.point[0] + 0.05 * width, window.x_high, limit.x_high);
      window.y_low = std::clamp(at.point[1] - 0.05 * height, limit.y_low, window.y_low);
      window.y_high = std::clamp(at.point[1] + 0.05 * height, window.y_high, limit.y_high);
    }
  }
  return window;
}

plot::Contours sampled(const Surface& surface, const Window& window) {
  plot::Contours contours{.x_low = window.x_low,
                          .x_high = window.x_high,
                          .y_low = window.y_low,
                          .y_high = window.y_high,
                          .columns = kSamples,
                          .rows = kSamples};
  for (std::size_t row = 0; row < kSamples; ++row) {
    const double y =
        window.y_low + (window.y_high - window.y_low) * static_cast<double>(row) / (kSamples - 1);
    for (std::size_t column = 0; column < kSamples; ++column) {
      const double x =
          window.x_low + (window.x_high - window.x_low) * static_cast<double>(column) / (kSamples - 1);
      contours.values.push_back(surface.value(std::vector{x, y}));
    }
  }
  return contours;
}

plot::Figure plane(const Surface& surface, const std::vector<Descent>& descents) {
  const Window window = seen(surface, descents);
  plot::Figure figure;
  figure.x = {.label = "x", .low = window.x_low, .high = window.x_high};
  figure.y = {.label = "y", .low = window.y_low, .high = window.y_high};
  figure.layers.emplace_back(sampled(surface, window));
  for (const Descent& descent : descents) {
    plot::Line line{.name = descent.name, .dots = descent.points.size() <= 60};
    for (const DescentPoint& at : descent.points) {
      line.x.push_back(at.point[0]);
      line.y.push_back(at.point[1]);
    }
    figure.layers.emplace_back(std::move(line));
  }
  if (!descents.empty()) {
    const std::vector<double>& start = descents.front().points.front().point;
    figure.layers.emplace_back(
        plot::Mark{.x = start[0], .y = start[1], .text = "start", .shape = plot::Shape::ring});
  }
  for (const std::vector<double>& minimum : surface.minima) {
    figure.layers.emplace_back(
        plot::Mark{.x = minimum[0], .y = minimum[1], .text = "minimum", .shape = plot::Shape::cross});
  }
  return figure;
}

plot::Figure values(const std::vector<Descent>& descents) {
  plot::Figure figure;
  figure.x.label = "step";
  figure.y = {.label = "value", .mapping = plot::Mapping::logarithmic};
  for (const Descent& descent : descents) {
    plot::Line line{.name = descent.name};
    for (const DescentPoint& at : descent.points) {
      line.x.push_back(static_cast<double>(at.step));
      line.y.push_back(at.value);
    }
    figure.layers.emplace_back(std::move(line));
  }
  return figure;
}

}  // namespace

plot::Figure descent_figure(const Surface& surface, const std::vector<Descent>& descents) {
  plot::Figure figure = surface.dimension == 2 ? plane(surface, descents) : values(descents);
  figure.title = surface.name;
  figure.description = "The paths of optimizers on " + surface.name;
  return figure;
}

}  // namespace calando::optimizer
