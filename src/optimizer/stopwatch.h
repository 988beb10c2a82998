// SPDX-License-Identifier: MIT
// What the benchmarks of this folder measure with.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

namespace calando {

inline double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

inline double median(std::vector<double> times) {
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

}  // namespace calando
