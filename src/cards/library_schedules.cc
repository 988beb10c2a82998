// SPDX-License-Identifier: MIT
// Schedules: rates at a step, and their curves.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "calando/error.h"
#include "calando/plateau.h"
#include "calando/schedule.h"
#include "src/cards/library.h"

namespace calando::cards {
namespace {

constexpr std::int64_t kMostSteps = 1'000'000;

double rate_at(Given& given) {
  const Schedule schedule = parse_schedule(given.text());
  const std::int64_t t = given.whole();
  if (t < 0) throw UsageError(fmt::format("schedule: step {}, expected 0 or more", t));
  return schedule(t);
}

double mean_rate(Given& given) {
  const Schedule schedule = parse_schedule(given.text());
  const std::int64_t steps = given.whole();
  if (steps < 1 || steps > kMostSteps)
    throw UsageError(fmt::format("mean_rate: {} steps, expected 1 to {}", steps, kMostSteps));
  double sum = 0;
  for (std::int64_t t = 0; t < steps; ++t) sum += schedule(t);
  return sum / static_cast<double>(steps);
}

double schedule_length(Given& given) { return parse_schedule(given.text()).length(); }

std::int64_t drawn_steps(Given& given, const std::vector<Schedule>& schedules) {
  if (given.more()) return std::clamp<std::int64_t>(given.whole(), 2, kMostSteps);
  double longest = 2;
  for (const Schedule& schedule : schedules) {
    if (std::isfinite(schedule.length())) longest = std::max(longest, schedule.length());
  }
  return static_cast<std::int64_t>(std::min(std::ceil(longest), static_cast<double>(kMostSteps)));
}

plot::Figure schedules_picture(Given& given) {
  std::vector<std::string> specs;
  std::vector<Schedule> schedules;
  while (given.text_is_next()) {
    specs.push_back(given.text());
    schedules.push_back(parse_schedule(specs.back()));
  }
  const std::int64_t steps = drawn_steps(given, schedules);
  plot::Figure figure;
  figure.title = specs.size() == 1 ? specs.front() : "";
  figure.description = "The learning rate at each step of " + fmt::format("{}", fmt::join(specs, "; "));
  figure.x.label = "step";
  figure.y.label = "learning rate";
  const std::int64_t stride = std::max<std::int64_t>(1, steps / 2000);
  for (std::size_t i = 0; i < schedules.size(); ++i) {
    plot::Line line{.name = specs.size() == 1 ? "" : specs[i]};
    for (std::int64_t t = 0; t <= steps; t += stride) {
      line.x.push_back(static_cast<double>(t));
      line.y.push_back(schedules[i](t));
    }
    figure.layers.emplace_back(std::move(line));
  }
  return figure;
}

/// "controller", [metrics]
double plateau_factor(Given& given) {
  Controller controller = parse_controller(given.text());
  for (const double metric : given.list()) controller.observe(metric, 1);
  return controller.factor();
}

plot::Figure plateau_picture(Given& given) {
  Controller controller = parse_controller(given.text());
  plot::Line metric{.name = "metric", .dots = true};
  plot::Line factor{.name = "factor of the rate", .dots = true};
  for (const double value : given.list()) {
    controller.observe(value, 1);
    metric.y.push_back(value);
    factor.y.push_back(controller.factor());
  }
  plot::Figure figure;
  figure.x.label = "observation";
  figure.y.low = 0;
  figure.description = "A metric, and the factor of the rate that follows it.";
  figure.layers = {std::move(metric), std::move(factor)};
  return figure;
}

constexpr std::array<Computation, 4> kComputations = {{
    {"schedule", "\"schedule\", t", "the rate at step t", rate_at},
    {"mean_rate", "\"schedule\", steps", "the mean rate over steps 0 to steps - 1", mean_rate},
    {"plateau_factor", "\"controller\", [metrics]", "the factor of the rate after these metrics",
     plateau_factor},
    {"schedule_length", "\"schedule\"", "steps until its end", schedule_length},
}};

constexpr std::array<Picture, 2> kPictures = {{
    {"schedules", "\"schedule\", ...[, steps]", "schedules as curves", schedules_picture},
    {"plateau_steps", "\"controller\", [metrics]", "a metric and the factor that follows it",
     plateau_picture},
}};

}  // namespace

std::span<const Computation> schedule_computations() { return kComputations; }
std::span<const Picture> schedule_pictures() { return kPictures; }

}  // namespace calando::cards
