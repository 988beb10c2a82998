// SPDX-License-Identifier: MIT
#include "tools/schedule_picture.h"

#include <algorithm>

namespace calando::tools {
namespace {

constexpr std::int64_t kPoints = 20'000;

}  // namespace

plot::Figure schedule_figure(const std::vector<std::string>& names, const std::vector<Schedule>& schedules,
                             std::int64_t count) {
  plot::Figure figure;
  figure.title = schedules.size() == 1 ? names.front() : "Learning-rate schedules";
  figure.description = "The learning rate at each step.";
  figure.x.label = "step";
  figure.y.label = "learning rate";
  const std::int64_t stride = std::max<std::int64_t>(1, (count + kPoints - 1) / kPoints);
  for (std::size_t i = 0; i < schedules.size(); ++i) {
    plot::Line line{.name = schedules.size() == 1 ? "" : names[i], .x = {}, .y = {}};
    for (std::int64_t t = 0; t < count; t += stride) {
      line.x.push_back(static_cast<double>(t));
      line.y.push_back(schedules[i](t));
    }
    figure.layers.emplace_back(std::move(line));
  }
  return figure;
}

}  // namespace calando::tools
