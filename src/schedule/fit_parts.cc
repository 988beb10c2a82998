// SPDX-License-Identifier: MIT
#include "src/schedule/fit_parts.h"

#include <algorithm>
#include <cmath>

#include "calando/error.h"
#include "src/schedule/node.h"

namespace calando::schedule {
namespace {

using Points = std::vector<LogPoint>;

constexpr double kHalf = 0.5;  // steps: nearer places are the same

Part part(std::string_view curve, const Parameters& parameters) { return {find_curve(curve), parameters}; }

double whole_where_near(double place) {
  const double near = std::round(place);
  return std::fabs(place - near) < 1e-3 * std::max(1.0, std::fabs(place) * 1e-4) ? near : place;
}

std::optional<double> natural_start(const CurveFit& fit) {
  const bool has =
      fit.family == Family::cosine || fit.family == Family::rex || fit.family == Family::one_minus_sqrt;
  return has ? std::optional(whole_where_near(fit.place(fit.theta[0]))) : std::nullopt;
}

/// The roundest whole step in (low, high].
double roundest(double low, double high) {
  for (double unit = 1e15; unit >= 1; unit /= 10) {
    for (const double step : {unit, unit / 2}) {
      const double below = std::floor(high / step) * step;
      if (below > low && below == std::floor(below)) return below;
    }
  }
  return high;
}

/// Where two curves meet between two steps, if they do.
std::optional<double> meeting(const CurveFit& a, const CurveFit& b, double low, double high) {
  const auto gap = [&](double t) { return a(t) - b(t); };
  const bool low_sign = gap(low) > 0;
  if (low_sign == (gap(high) > 0)) return std::nullopt;
  for (int i = 0; i < 80; ++i) {
    const double middle = low + (high - low) / 2;
    ((gap(middle) > 0) == low_sign ? low : high) = middle;
  }
  const double whole = std::round(high);
  return std::fabs(high - whole) < 0.3 ? whole : high;
}

double joint(const Piece& a, const Piece& b, const Points& points) {
  const double low = points[a.end - 1].step;
  const double high = points[b.begin].step;
  const double close = 3 * points[b.begin].tolerance;
  for (const std::optional<double>& place : {natural_start(b.fit), natural_end(a.fit)}) {
    const bool inside = place && *place >= points[a.begin].step && *place <= points[b.end - 1].step;
    if (inside && std::fabs(a.fit(*place) - b.fit(*place)) <= close) return *place;
  }
  if (const auto start = natural_start(b.fit); start && *start > low && *start <= high) return *start;
  const double gap = high - low;
  if (const auto place = meeting(a.fit, b.fit, std::max(low - gap, points[a.begin].step), high + gap))
    return *place;
  return roundest(low, high);
}

/// The part of a curve with an end of its own that lies in [from, to); constants where it has not begun or has ended.
void append_bounded(std::vector<Part>& list, Part whole, double start, double end, double from, double to,
                    bool last) {
  if (start > from + kHalf) {
    list.push_back(part("constant", {whole.parameters[0], start - from}));
    from = start;
  }
  if (!last && to - from < kHalf) return;
  if (from - start > kHalf) whole.window_start = from - start;
  if (!last && to < end - kHalf) whole.window_length = to - from;
  list.push_back(whole);
  if (!last && to > end + kHalf) list.push_back(part("constant", {whole.parameters[1], to - end}));
}

/// A cosine, or a rex.
void append_cosine(std::vector<Part>& list, const CurveFit& fit, double from, double to, bool last) {
  double start = *natural_start(fit);
  if (std::fabs(start - from) <= kHalf) start = from;
  const double end = *natural_end(fit);
  const bool wave = fit.family == Family::cosine;
  const double first = std::max(fit.offset + fit.scale, 0.0);
  const double final = std::max(wave ? fit.offset - fit.scale : fit.offset, 0.0);
  append_bounded(list, part(wave ? "cosine" : "rex", {first, final, end - start, 1, 1}), start, end, from, to,
                 last);
}

void append_polynomial(std::vector<Part>& list, const CurveFit& fit, double from, double to, bool last) {
  const double end = *natural_end(fit);
  const Parameters parameters = {std::max(fit(from), 0.0), std::max(fit.offset, 0.0), end - from,
                                 fit.theta[1], 1};
  append_bounded(list, part("polynomial", parameters), from, end, from, to, last);
}

void append_root(std::vector<Part>& list, const CurveFit& fit, double from, double to) {
  double start = *natural_start(fit);
  if (std::fabs(start - from) <= kHalf) start = from;
  const Parameters parameters = {std::max(fit.offset, 0.0), std::max(fit(to), 0.0), to - start};
  append_bounded(list, part("one_minus_sqrt", parameters), start, to, from, to, false);
}

/// A curve without an end of its own.
Part open_part(const CurveFit& fit, double from, double to, bool last) {
  const double first = std::max(fit(from), 0.0);
  const double final = std::max(fit(to), 0.0);
  const double length = last ? kEndless : to - from;
  const double scale = ((from - fit.origin) / fit.unit + fit.theta[0]) * fit.unit;
  switch (fit.family) {
    case Family::linear:
      return part("linear", {first, final, to - from});
    case Family::exponential:
      if (last) return part("decay", {first, std::exp(fit.theta[0] / fit.unit), 1, 0, length});
      return part("exponential", {first, final, to - from});
    case Family::inverse_sqrt:
      return part("inverse_sqrt", {first, scale, length});
    case Family::inverse_time:
      return part("inverse_time", {first, 1 / scale, 1, 0, length});
    case Family::saturating:
      return part("saturating", {first, final, to - from, std::exp(fit.theta[0] * (to - from) / fit.unit)});
    default:
      return part("constant", {first, length});
  }
}

/// The last point's step; where a last line is to reach 0 before the next point would have come, that step.
double end_of_log(const Piece& piece, const Points& points) {
  const double last = points[piece.end - 1].step;
  if (piece.fit.family != Family::linear || piece.end < 2 || !(piece.fit.scale < 0)) return last;
  const double zero = std::round(piece.fit.place(-piece.fit.offset / piece.fit.scale));
  const double gap = last - points[piece.end - 2].step;
  return zero > last && zero < last + gap ? zero : last;
}

/// The ratio of every piece to the one before it, where all are constants and it is one.
std::optional<double> ratio_of_steps(const std::vector<Piece>& pieces) {
  if (pieces.size() < 3) return std::nullopt;
  const double factor = pieces[1].fit(0) / pieces[0].fit(0);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].fit.family != Family::constant) return std::nullopt;
    if (i > 0 && std::fabs(pieces[i].fit(0) / pieces[i - 1].fit(0) / factor - 1) > 0.01) return std::nullopt;
  }
  return factor > 0 && std::isfinite(factor) ? std::optional(factor) : std::nullopt;
}

/// The roundest length of steps of which `done` ended before the log begins, where one puts every joint between its points.
std::optional<double> step_length(const std::vector<Piece>& pieces, const Points& points, std::size_t done) {
  double low = 0;
  double high = done == 0 ? points.back().step : points.front().step / static_cast<double>(done);
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const auto count = static_cast<double>(i + done);
    low = std::max(low, points[pieces[i].begin - 1].step / count);
    high = std::min(high, points[pieces[i].begin].step / count);
  }
  const auto last = static_cast<double>(pieces.size() + done);
  low = std::max(low, points.back().step / last);
  return low < high && std::floor(high) > low ? std::optional(roundest(low, high)) : std::nullopt;
}

/// Constants of one ratio for equally many steps each: step.
std::optional<Parts> steps_of(const std::vector<Piece>& pieces, const Points& points) {
  const std::optional<double> factor = ratio_of_steps(pieces);
  if (!factor) return std::nullopt;
  for (std::size_t done = 0; done <= 100; ++done) {
    const std::optional<double> length = step_length(pieces, points, done);
    if (!length) continue;
    const double first = pieces[0].fit(0) / std::pow(*factor, static_cast<double>(done));
    return Parts{.list = {part("decay", {first, *factor, *length, 1, kEndless})}};
  }
  return std::nullopt;
}

/// What the last curve holds at its end anyway.
void drop_held_end(std::vector<Part>& list, double tolerance) {
  while (list.size() > 1 && list.back().curve->name == "constant") {
    const Part& before = list[list.size() - 2];
    const bool held = before.curve->has_target() && before.window_length == kEndless &&
                      std::fabs(before.parameters[1] - list.back().parameters[0]) <= 2 * tolerance;
    if (!held) return;
    list.pop_back();
  }
}

}  // namespace

std::optional<double> natural_end(const CurveFit& fit) {
  if (fit.family == Family::cosine || fit.family == Family::rex)
    return whole_where_near(fit.place(fit.theta[1]));
  if (fit.family == Family::polynomial) return whole_where_near(fit.place(fit.theta[0]));
  return std::nullopt;
}

void append(std::vector<Part>& list, const CurveFit& fit, double from, double to, bool last) {
  if (!(to > from)) return;
  const bool falls_from_infinity = fit.family == Family::inverse_sqrt || fit.family == Family::inverse_time;
  if (falls_from_infinity && fit.place(-fit.theta[0]) > from - 1 && fit.origin > from) {
    list.push_back(part("constant", {fit(fit.origin), fit.origin - from}));
    from = fit.origin;
  }
  if (fit.family == Family::cosine || fit.family == Family::rex)
    return append_cosine(list, fit, from, to, last);
  if (fit.family == Family::polynomial) return append_polynomial(list, fit, from, to, last);
  if (fit.family == Family::one_minus_sqrt) return append_root(list, fit, from, to);
  list.push_back(open_part(fit, from, to, last));
}

std::vector<double> joints_of(const std::vector<Piece>& pieces, const Points& points) {
  std::vector<double> joints = {0};
  for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
    joints.push_back(std::max(joint(pieces[i], pieces[i + 1], points), joints.back()));
  }
  joints.push_back(std::max(end_of_log(pieces.back(), points), joints.back()));
  return joints;
}

Schedule Part::schedule() const {
  const Schedule whole = make_segment(*curve, parameters);
  return window_start == 0 && window_length == kEndless ? whole : whole.window(window_start, window_length);
}

Schedule Parts::schedule() const {
  std::vector<Schedule> before, cycled;
  for (std::size_t i = 0; i < list.size(); ++i) (i < cycle ? before : cycled).push_back(list[i].schedule());
  if (repeats()) {
    const Schedule again = chain(cycled).repeat(kEndless, stretch, shrink);
    if (floor_stays) {
      Part rise = list[cycle];
      rise.parameters[0] = 0;
      rise.parameters[1] = floor;
      before.push_back(again.plus(rise.schedule().repeat(kEndless, stretch)));
    } else {
      before.push_back(floor > 0 ? constant(floor).plus(again) : again);
    }
  }
  const Schedule all = chain(before);
  return stairs > 1 ? all.stairs(stairs) : all;
}

double worst(const Schedule& schedule, const Points& points) {
  double worst = 0;
  for (const LogPoint& p : points) {
    worst = std::max(worst, std::fabs(schedule(static_cast<Step>(p.step)) - p.rate) / p.tolerance);
  }
  return worst;
}

Parts joined(const std::vector<Piece>& pieces, const Points& points) {
  const std::vector<double> joints = joints_of(pieces, points);
  Parts parts;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    append(parts.list, pieces[i].fit, joints[i], joints[i + 1], i + 1 == pieces.size());
  }
  if (parts.list.empty())
    parts.list.push_back(part("constant", {std::max(points.back().rate, 0.0), kEndless}));
  drop_held_end(parts.list, points.back().tolerance);
  const std::optional<Parts> steps = steps_of(pieces, points);
  return steps && worst(steps->schedule(), points) <= kNear ? *steps : parts;
}

void Parts::set_stairs(double steps) {
  stairs = steps;
  const bool decays =
      steps > 1 && list.size() == 1 && list[0].curve->name == "decay" && list[0].parameters[3] == 0;
  if (!decays) return;
  list[0].parameters[1] = std::pow(list[0].parameters[1], steps);
  list[0].parameters[2] = steps;
  list[0].parameters[3] = 1;
  stairs = 0;
}

Schedule interpolation(const Points& points) {
  std::vector<Schedule> lines;
  const std::size_t stride = points.size() / 100 + 1;
  LogPoint last = points.front();
  if (last.step > 0) lines.push_back(constant(last.rate, last.step));
  for (std::size_t i = stride; i < points.size() + stride; i += stride) {
    const LogPoint& next = points[std::min(i, points.size() - 1)];
    if (next.step > last.step) lines.push_back(linear(last.rate, next.rate, next.step - last.step));
    last = next;
  }
  return chain(lines);
}

}  // namespace calando::schedule
