// SPDX-License-Identifier: MIT
#include "src/plot/reduce.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace calando::plot {
void LineReducer::add(Pixel point) {
  if (std::isnan(point.x) || std::isnan(point.y)) return gap();
  const double column = std::floor(point.x);
  if (run_ != 0 && column != column_) end_run();
  if (run_ == 0) {
    column_ = column;
    first_ = lowest_ = highest_ = {point, 0};
  }
  last_ = {point, run_};
  if (point.y < lowest_.point.y) lowest_ = last_;
  if (point.y > highest_.point.y) highest_ = last_;
  ++run_;
}

void LineReducer::end_run() {
  if (!open_) pieces_.emplace_back();
  open_ = true;
  std::vector<Pixel>& piece = pieces_.back();
  const auto [early, late] =
      std::minmax(lowest_, highest_, [](const Kept& a, const Kept& b) { return a.order < b.order; });
  for (const Kept& kept : {first_, early, late, last_}) {
    if (piece.empty() || piece.back() != kept.point) piece.push_back(kept.point);
  }
  run_ = 0;
}

void LineReducer::gap() {
  if (run_ != 0) end_run();
  open_ = false;
}

Pixel within_reach(Pixel point) {
  constexpr double kFar = 1e5;
  return {std::clamp(point.x, -kFar, kFar), std::clamp(point.y, -kFar, kFar)};
}

std::vector<std::vector<Pixel>> LineReducer::finish() {
  gap();
  return std::exchange(pieces_, {});
}

Line thinned(const Line& line, std::size_t columns) {
  if (line.y.size() <= 4 * columns) return line;
  const auto x_of = [&](std::size_t i) { return line.x.empty() ? static_cast<double>(i) : line.x[i]; };
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (std::size_t i = 0; i < line.y.size(); ++i) {
    low = std::min(low, x_of(i));
    high = std::max(high, x_of(i));
  }
  const double width = (high - low) / static_cast<double>(columns);
  LineReducer reducer;
  for (std::size_t i = 0; i < line.y.size(); ++i) reducer.add({(x_of(i) - low) / width, line.y[i]});
  Line result = line;
  result.x.clear();
  result.y.clear();
  for (const std::vector<Pixel>& piece : reducer.finish()) {
    for (const Pixel point : piece) {
      result.x.push_back(low + point.x * width);
      result.y.push_back(point.y);
    }
    result.x.push_back(result.x.back());
    result.y.push_back(std::numeric_limits<double>::quiet_NaN());
  }
  return result;
}

}  // namespace calando::plot
