// SPDX-License-Identifier: MIT
#include "src/plot/contour.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <unordered_map>

namespace calando::plot {
namespace {

/// The samples with a rim of one cell above every level around them.
class Field {
 public:
  Field(const Contours& contours, double level) : contours_(contours), level_(level) {}

  std::int64_t columns() const { return static_cast<std::int64_t>(contours_.columns) + 2; }
  std::int64_t rows() const { return static_cast<std::int64_t>(contours_.rows) + 2; }

  /// The height above the level, infinite on the rim and where there is none.
  double height(std::int64_t column, std::int64_t row) const {
    constexpr double kAbove = std::numeric_limits<double>::infinity();
    if (column == 0 || row == 0 || column == columns() - 1 || row == rows() - 1) return kAbove;
    const auto index =
        static_cast<std::size_t>(row - 1) * contours_.columns + static_cast<std::size_t>(column - 1);
    const double value = contours_.values[index];
    return std::isfinite(value) ? value - level_ : kAbove;
  }

  Place place(double column, double row) const {
    return {(column - 1) / static_cast<double>(contours_.columns - 1),
            (row - 1) / static_cast<double>(contours_.rows - 1)};
  }

 private:
  const Contours& contours_;
  double level_;
};

/// An edge of the lattice: from (column, row) one to the right, or one upward.
struct Edge {
  std::int64_t column = 0, row = 0;
  bool upward = false;
};

/// Where the level crosses an edge, by linear interpolation; the middle where an end has no finite height.
Place crossing(const Field& field, const Edge& edge) {
  const double here = field.height(edge.column, edge.row);
  const double there = field.height(edge.column + !edge.upward, edge.row + edge.upward);
  double share = here / (here - there);
  if (!std::isfinite(share) || std::isinf(here) || std::isinf(there)) share = 0.5;
  const auto column = static_cast<double>(edge.column);
  const auto row = static_cast<double>(edge.row);
  return edge.upward ? field.place(column, row + share) : field.place(column + share, row);
}

/// The pieces of line within cells, each from an edge to an edge with the lower ground on its right, so that
/// they join head to tail.
class Pieces {
 public:
  explicit Pieces(const Field& field) : field_(field) {
    for (std::int64_t row = 0; row + 1 < field.rows(); ++row) {
      for (std::int64_t column = 0; column + 1 < field.columns(); ++column) add_cell(column, row);
    }
  }

  std::vector<std::vector<Place>> lines() {
    std::vector<std::vector<Place>> result;
    for (const std::uint64_t start : starts_) {
      std::vector<Place> line;
      for (auto at = next_.find(start); at != next_.end();) {
        line.push_back(crossing(field_, edge_of(at->first)));
        const std::uint64_t following = at->second;
        next_.erase(at);
        at = next_.find(following);
      }
      if (line.size() > 2) result.push_back(std::move(line));
    }
    return result;
  }

 private:
  std::uint64_t key(const Edge& edge) const {
    return static_cast<std::uint64_t>((edge.row * field_.columns() + edge.column) * 2 + edge.upward);
  }
  Edge edge_of(std::uint64_t key) const {
    const auto lattice = static_cast<std::int64_t>(key / 2);
    return {lattice % field_.columns(), lattice / field_.columns(), key % 2 == 1};
  }

  void join(const Edge& from, const Edge& to) {
    next_[key(from)] = key(to);
    starts_.push_back(key(from));
  }

  /// The corners are numbered counter-clockwise from the lower left, and side i runs from corner i to the
  /// next. A piece enters by a side that falls (its corner above, the next below) and leaves by one that
  /// rises.
  void add_cell(std::int64_t column, std::int64_t row) {
    const double heights[4] = {field_.height(column, row), field_.height(column + 1, row),
                               field_.height(column + 1, row + 1), field_.height(column, row + 1)};
    const Edge sides[4] = {
        {column, row, false}, {column + 1, row, true}, {column, row + 1, false}, {column, row, true}};
    // At a saddle with low ground in its middle the two low corners are connected: a piece then cuts off the
    // high corner that follows, otherwise the low one.
    const bool low_middle = heights[0] + heights[1] + heights[2] + heights[3] < 0;
    for (int side = 0; side < 4; ++side) {
      if (!(heights[side] >= 0 && heights[(side + 1) % 4] < 0)) continue;
      const int exit = exit_of(heights, side, low_middle);
      join(sides[side], sides[exit]);
    }
  }

  static int exit_of(const double (&heights)[4], int entry, bool low_middle) {
    const auto rises = [&](int side) { return heights[side % 4] < 0 && heights[(side + 1) % 4] >= 0; };
    const int order[2][3] = {{1, 2, 3}, {3, 2, 1}};
    for (const int step : order[low_middle]) {
      if (rises(entry + step)) return (entry + step) % 4;
    }
    return entry;  // not reached: a cell has as many rising sides as falling ones
  }

  const Field& field_;
  std::unordered_map<std::uint64_t, std::uint64_t> next_;
  std::vector<std::uint64_t> starts_;
};

}  // namespace

std::vector<std::vector<Place>> contour_lines(const Contours& contours, double level) {
  const Field field(contours, level);
  return Pieces(field).lines();
}

}  // namespace calando::plot
