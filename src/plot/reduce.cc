// SPDX-License-Identifier: MIT
#include "src/plot/reduce.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace calando::plot {
namespace {

constexpr double kFar = 1e5;

}  // namespace

void LineReducer::add(Pixel point) {
  if (std::isnan(point.x) || std::isnan(point.y)) return gap();
  point = {std::clamp(point.x, -kFar, kFar), std::clamp(point.y, -kFar, kFar)};
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

std::vector<std::vector<Pixel>> LineReducer::finish() {
  gap();
  return std::exchange(pieces_, {});
}

}  // namespace calando::plot
