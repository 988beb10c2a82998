// SPDX-License-Identifier: MIT
// Curves of a log that come again.
#include <algorithm>
#include <cmath>

#include "src/schedule/fit_parts.h"
#include "src/schedule/node.h"

namespace calando::schedule {
namespace {

using Points = std::vector<LogPoint>;

struct Cycle {
  std::size_t first;
  std::size_t count;
};

double top(const std::vector<Piece>& pieces, const std::vector<double>& joints, std::size_t first) {
  return std::max(pieces[first].fit(joints[first]), pieces[first].fit(joints[first + 1]));
}

std::vector<double> tidy_numbers(double value) {
  return {rounded_to(value, 1), rounded_to(value, 2), rounded_to(value, 3), value};
}

enum class Floor { none, height_shrinks, peak_shrinks };

/// What comes before the first cycle, and the cycle with its floor taken out.
Parts parts_over(const std::vector<Piece>& pieces, const std::vector<double>& joints, Cycle cycle, Floor kind,
                 double floor) {
  Parts parts;
  for (std::size_t i = 0; i < cycle.first; ++i)
    append(parts.list, pieces[i].fit, joints[i], joints[i + 1], false);
  parts.cycle = parts.list.size();
  for (std::size_t i = cycle.first; i < cycle.first + cycle.count; ++i)
    append(parts.list, pieces[i].fit, joints[i], joints[i + 1], false);
  parts.floor = floor;
  parts.floor_stays = kind == Floor::peak_shrinks && parts.list.size() == parts.cycle + 1 &&
                      parts.list[parts.cycle].curve->has_target();
  if (parts.floor_stays) {
    parts.list[parts.cycle].parameters[1] = 0;
    return parts;
  }
  for (std::size_t i = parts.cycle; i < parts.list.size(); ++i) {
    for (const std::size_t k : {0, 1})
      parts.list[i].parameters[k] = std::max(0.0, parts.list[i].parameters[k] - floor);
  }
  return parts;
}

/// The pieces of the first cycle with each stretch and shrink that the second one may have.
std::optional<Parts> cycle_parts(const std::vector<Piece>& pieces, const std::vector<double>& joints,
                                 Cycle cycle, const Points& points) {
  const std::size_t next = cycle.first + cycle.count;
  const double length = joints[next] - joints[cycle.first];
  double next_length = length;
  if (pieces.size() > next + cycle.count) {
    next_length = joints[next + cycle.count] - joints[next];
  } else if (const auto end = natural_end(pieces[next].fit); cycle.count == 1 && end) {
    next_length = *end - joints[next];
  }
  if (!(length >= 1) || !(next_length >= 1)) return std::nullopt;
  const double low = std::max(
      0.0, std::min(pieces[next - 1].fit(joints[next]), pieces[cycle.first].fit(joints[cycle.first])));
  const double peak = top(pieces, joints, cycle.first);
  const double next_peak = top(pieces, joints, next);
  for (const Floor kind : {Floor::none, Floor::height_shrinks, Floor::peak_shrinks}) {
    if (kind != Floor::none && low == 0) break;
    if (kind == Floor::peak_shrinks &&
        (cycle.count > 1 || pieces[cycle.first].fit(joints[next]) > peak - low))
      break;
    const double floor = kind == Floor::none ? 0 : low;
    Parts parts = parts_over(pieces, joints, cycle, kind, floor);
    const double base = kind == Floor::height_shrinks ? floor : 0;
    for (const double stretch : tidy_numbers(next_length / length)) {
      for (const double shrink : tidy_numbers((next_peak - base) / (peak - base))) {
        parts.stretch = stretch;
        parts.shrink = shrink;
        const bool possible = stretch >= 1 && stretch <= 100 && shrink > 0 && shrink <= 1;
        if (!possible || worst(parts.schedule(), points) > kNear) continue;
        const Parts tidy = tidied(parts, points);
        if (worst(tidy.schedule(), points) <= kClose) return tidy;
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Parts> repeating(const std::vector<Piece>& pieces, const Points& points) {
  if (pieces.size() < 3) return std::nullopt;
  const std::vector<double> joints = joints_of(pieces, points);
  for (const std::size_t first : {0, 1, 2}) {
    for (const std::size_t count : {1, 2}) {
      const std::size_t second = first + count;
      if (pieces.size() <= second) continue;
      // A second cycle that few points are of proves nothing.
      const bool few = pieces.back().end - pieces[second].begin < 4;
      if (few) continue;
      const bool constants = std::all_of(pieces.begin() + static_cast<std::ptrdiff_t>(first), pieces.end(),
                                         [](const Piece& p) { return p.fit.family == Family::constant; });
      if (constants) continue;
      if (std::optional<Parts> parts = cycle_parts(pieces, joints, {first, count}, points)) return parts;
    }
  }
  return std::nullopt;
}

}  // namespace calando::schedule
