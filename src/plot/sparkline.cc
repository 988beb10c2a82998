// SPDX-License-Identifier: MIT
// Values as one line of bars.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "src/plot/terminal.h"

namespace calando::plot {
namespace {

constexpr std::size_t kHeights = 8;
constexpr std::string_view kBars[kHeights] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::string_view kAscii = "_.-:=+*#";

/// The mean of the finite values of each of `columns` even groups; NaN where there is none.
std::vector<double> group_means(std::span<const double> values, std::size_t columns) {
  std::vector<double> means;
  for (std::size_t c = 0; c < columns; ++c) {
    double sum = 0, count = 0;
    for (std::size_t i = c * values.size() / columns; i < (c + 1) * values.size() / columns; ++i) {
      if (!std::isfinite(values[i])) continue;
      sum += values[i];
      ++count;
    }
    means.push_back(count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN());
  }
  return means;
}

}  // namespace

std::string sparkline(std::span<const double> values, std::size_t columns, Symbols symbols) {
  const std::vector<double> means = group_means(values, std::min(columns, values.size()));
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double mean : means) {
    if (!std::isfinite(mean)) continue;
    low = std::min(low, mean);
    high = std::max(high, mean);
  }
  std::string text;
  for (const double mean : means) {
    const double share = high > low ? (mean / 2 - low / 2) / (high / 2 - low / 2) : 0.5;
    const auto height =
        static_cast<std::size_t>(std::isfinite(mean) ? std::min(share * kHeights, kHeights - 1.0) : 0);
    if (!std::isfinite(mean))
      text += ' ';
    else if (symbols == Symbols::ascii)
      text += kAscii[height];
    else
      text += kBars[height];
  }
  return text;
}

}  // namespace calando::plot
