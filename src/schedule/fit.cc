// SPDX-License-Identifier: MIT
// Fits in three steps: the log is cut where no one curve goes on; curves that come again become a repeat; what is left
// of freedom within the tolerances is spent on round numbers.
#include "src/schedule/fit.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

#include "calando/error.h"
#include "src/schedule/fit_parts.h"

namespace calando::schedule {
namespace {

constexpr double kPasses = 1.3;  // in tolerances, before round numbers are tried
constexpr std::ptrdiff_t kMostCuts = 12;
constexpr std::size_t kMostSteps = 100;

using Points = std::vector<LogPoint>;

/// How many points from the first on one constant can pass through.
std::size_t constant_reach(std::span<const LogPoint> points) {
  double low = -1e300, high = 1e300;
  std::size_t count = 0;
  for (; count < points.size(); ++count) {
    low = std::max(low, points[count].rate - points[count].tolerance);
    high = std::min(high, points[count].rate + points[count].tolerance);
    if (low > high) break;
  }
  return count;
}

/// The reach of a constant that another one follows with a jump: of steps, where no other curve needs to be tried.
std::size_t step_reach(std::span<const LogPoint> points) {
  const std::size_t first = constant_reach(points);
  if (first < 3 || first == points.size()) return 0;
  const std::size_t next = constant_reach(points.subspan(first));
  const bool jump = std::fabs(points[first].rate - points[first - 1].rate) > 20 * points[first].tolerance;
  return jump && next >= 3 ? first : 0;
}

/// How many points from the first on a curve of the family can pass through, and the curve.
std::size_t reach(Family family, std::span<const LogPoint> points, CurveFit& fit) {
  const auto passes = [&](std::size_t count) {
    const CurveFit tried = fit_family(family, points.first(count));
    if (tried.worst > kPasses) return false;
    fit = tried;
    return true;
  };
  if (family == Family::constant) {
    const std::size_t count = constant_reach(points);
    fit = fit_family(family, points.first(count));
    return count;
  }
  const auto least = static_cast<std::size_t>(freedom(family)) + 1;
  if (points.size() < least) return 0;
  if (passes(points.size())) return points.size();
  std::size_t good = 0;
  std::size_t bad = points.size();
  for (std::size_t count = least; count < bad; count *= 2) {
    if (!passes(count)) {
      if (good == 0 && count < 40) continue;  // too few points to tell where it begins
      bad = count;
      break;
    }
    good = count;
  }
  while (good > 0 && bad - good > 1) {
    const std::size_t middle = good + (bad - good) / 2;
    (passes(middle) ? good : bad) = middle;
  }
  return good;
}

/// The simplest of the curves that go about as far as any; all of those that go to the end.
std::vector<Piece> next_pieces(std::span<const LogPoint> points, std::size_t begin) {
  const std::span<const LogPoint> rest = points.subspan(begin);
  if (const std::size_t step = step_reach(rest); step > 0) {
    return {{fit_family(Family::constant, rest.first(step)), begin, begin + step}};
  }
  std::vector<Piece> found;
  std::size_t longest = 1;
  for (const Family family : kFamilies) {
    CurveFit fit;
    const std::size_t count = reach(family, rest, fit);
    if (count > 0) found.push_back({fit, begin, begin + count});
    longest = std::max(longest, count);
    if (count == rest.size() && family <= Family::linear) break;
  }
  if (longest == rest.size()) {
    std::erase_if(found, [&](const Piece& piece) { return piece.end < points.size(); });
    return found;
  }
  for (const Piece& piece : found) {
    const auto count = static_cast<double>(piece.end - begin);
    if (count * 1.05 + std::min(3.0, count / 4) >= static_cast<double>(longest)) return {piece};
  }
  return {found.back()};
}

/// Whether most points are evidence and not what determines the curves.
bool supported(const std::vector<Piece>& pieces) {
  std::size_t bare = 0;
  std::size_t free = 0;
  for (const Piece& piece : pieces) {
    free += static_cast<std::size_t>(freedom(piece.fit.family)) + 1;
    if (piece.end - piece.begin < static_cast<std::size_t>(freedom(piece.fit.family)) + 1) ++bare;
  }
  return bare <= 2 && (free <= pieces.back().end || pieces.size() == 1);
}

/// The one of the last curves that takes the fewest characters to say.
std::optional<Parts> shortest(std::vector<Piece> pieces, const std::vector<Piece>& ends,
                              const Points& points) {
  std::optional<Parts> best;
  std::size_t least = 0;
  for (const Piece& end : ends) {
    pieces.push_back(end);
    if (supported(pieces)) {
      const Parts parts = tidied(joined(pieces, points), points);
      const Schedule schedule = parts.schedule();
      const std::size_t characters =
          to_string(schedule).size() + (worst(schedule, points) > 1 + 1e-9 ? 1000 : 0);
      if (!best || characters < least) best = parts, least = characters;
    }
    pieces.pop_back();
  }
  return best;
}

/// Parts that reproduce the points, or none.
std::optional<Parts> cut(const Points& points) {
  std::vector<Piece> pieces;
  for (std::size_t begin = 0; begin < points.size(); begin = pieces.back().end) {
    const auto bends = std::count_if(pieces.begin(), pieces.end(),
                                     [](const Piece& p) { return p.fit.family != Family::constant; });
    if (bends == kMostCuts || pieces.size() == kMostSteps) return std::nullopt;
    const std::vector<Piece> next = next_pieces(points, begin);
    if (next.front().end == points.size() && pieces.size() < 2) return shortest(pieces, next, points);
    pieces.push_back(next.front());
    if (std::optional<Parts> parts = repeating(pieces, points)) return parts;
    pieces.pop_back();
    if (next.front().end == points.size()) return shortest(pieces, next, points);
    pieces.push_back(next.front());
  }
  return std::nullopt;
}

/// None where rounding left a number outside of its range.
std::optional<Parts> try_cut(const Points& points) {
  try {
    return cut(points);
  } catch (const UsageError&) {
    return std::nullopt;
  }
}

/// The first points of constants that last equally long, of more values than a few steps: a schedule that moves once an
/// epoch. Its length goes to `stairs`.
std::optional<Points> staircase(const Points& points, double& stairs) {
  Points firsts;
  std::size_t runs = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i > 0 && points[i].rate == points[i - 1].rate) continue;
    ++runs;
    firsts.push_back(points[i]);
  }
  if (runs <= static_cast<std::size_t>(kMostCuts) || runs * 2 > points.size()) return std::nullopt;
  const double length = firsts[2].step - firsts[1].step;
  if (std::fmod(firsts.front().step, length) != 0) firsts.erase(firsts.begin());  // the log begins inside
  for (std::size_t i = 1; i < firsts.size(); ++i) {
    if (firsts[i].step - firsts[i - 1].step != length || std::fmod(firsts[i].step, length) != 0)
      return std::nullopt;
  }
  stairs = length;
  return firsts;
}

Points loosened(const Points& points, double least) {
  Points loose = points;
  for (LogPoint& p : loose) p.tolerance = std::max(p.tolerance, least);
  return loose;
}

Fit measured(Schedule schedule, const Points& points, double precision) {
  Fit fit{std::move(schedule), 0, 0, true};
  for (const LogPoint& p : points) {
    const auto t = static_cast<Step>(p.step);
    const double difference = std::fabs(fit.schedule(t) - p.rate);
    if (difference > fit.largest_difference) fit.largest_difference = difference, fit.at = t;
    fit.reproduces &= difference <= std::max(p.tolerance * (2 + 1e-9), precision);
  }
  return fit;
}

/// Of two that reproduce the points, the shorter text; else the nearer.
bool better(const Fit& a, const Fit& b) {
  if (a.reproduces != b.reproduces) return a.reproduces;
  if (a.reproduces) return to_string(a.schedule).size() < to_string(b.schedule).size();
  return a.largest_difference < b.largest_difference;
}

/// Every k-th point, the last, and those around a jump or on a steep slope, so that no fit takes long and no joint moves.
Points thinned(const Points& points, double largest) {
  constexpr std::size_t kMost = 2000;
  if (points.size() <= kMost) return points;
  const std::size_t stride = (points.size() + kMost - 1) / kMost;
  const auto jumps = [&](std::size_t i) {
    return i > 0 && i < points.size() && std::fabs(points[i].rate - points[i - 1].rate) > 0.005 * largest;
  };
  Points few;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i % stride == 0 || i + 1 == points.size() || jumps(i) || jumps(i + 1)) few.push_back(points[i]);
  }
  return few;
}

}  // namespace

Fit fit(const Points& points) {
  double largest = 0;
  for (const LogPoint& p : points) largest = std::max(largest, p.rate);
  if (largest == 0) return measured(0.0, points, 0);
  const double precision = 3e-7 * largest;  // of what was computed in single precision
  std::optional<Fit> nearest;
  for (const double share : {1e-9, 3e-7, 1e-5, 1e-3, 2e-2}) {
    const Points loose = loosened(points, share * largest);
    double stairs = 0;
    const Points few = staircase(loose, stairs).value_or(thinned(loose, largest));
    std::optional<Parts> parts = try_cut(few);
    if (!parts) continue;
    parts->set_stairs(stairs);
    const Fit found = measured(tidied(*parts, few).schedule(), points, precision);
    if (!nearest || better(found, *nearest)) nearest = found;
    const bool precise = share <= 1e-9;  // single precision may say the same in fewer words
    if (!precise && (nearest->reproduces || nearest->largest_difference <= 2 * share * largest))
      return *nearest;
    if (precise && nearest->reproduces && to_string(nearest->schedule).size() < 60) return *nearest;
  }
  if (nearest) return *nearest;
  Fit lines = measured(interpolation(points), points, precision);
  lines.reproduces = false;  // lines through points are no finding
  return lines;
}

}  // namespace calando::schedule
