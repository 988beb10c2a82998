// SPDX-License-Identifier: MIT
#include "tools/share_progress.h"

#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "tools/output.h"

namespace calando::tools {

std::function<void(double)> share_progress(const Common& common) {
  using Clock = std::chrono::steady_clock;
  if (common.quiet || !stderr_is_terminal()) return {};
  const auto shown = std::make_shared<Clock::time_point>(Clock::now());
  return [shown](double share) {
    const Clock::time_point now = Clock::now();
    if (now - *shown < std::chrono::milliseconds(200)) return;
    *shown = now;
    fmt::print(stderr, "\rcalando: {:3.0f} %", 100 * share);
  };
}

void end_progress(const std::function<void(double)>& progress) {
  if (progress) fmt::print(stderr, "\r{:16}\r", "");
}

}  // namespace calando::tools
