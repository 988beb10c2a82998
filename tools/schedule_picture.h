// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "calando/schedule.h"
#include "src/plot/figure.h"

namespace calando::tools {

/// Schedules drawn over steps 0 to count - 1, at most some ten thousand of them (joints between may be missed by a step in ten
/// thousand of the picture's width, which no eye sees).
plot::Figure schedule_figure(const std::vector<std::string>& names, const std::vector<Schedule>& schedules,
                             std::int64_t count);

}  // namespace calando::tools
