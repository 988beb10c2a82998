// SPDX-License-Identifier: MIT
#include "src/schedule/dialect_parts.h"

#include <algorithm>
#include <cmath>

namespace calando::schedule {

Timeline& Timeline::add(const Schedule& part, double length) {
  if (!(length > 0)) return *this;
  const auto* segment = std::get_if<Segment>(&part.node().form);
  const bool constant_part = segment != nullptr && segment->curve->name == "constant";
  if (part.length() == length) {
    parts_.push_back(part);
  } else if (constant_part) {
    parts_.push_back(constant(segment->from(), length));
  } else {
    parts_.push_back(part.window(0, length));
  }
  return *this;
}

Schedule Timeline::then(const Schedule& last) {
  parts_.push_back(last);
  return chain(parts_);
}

Schedule polynomial(double from, double to, double length, double power, double k) {
  if (power == 0 || from == to) return constant(from);
  if (power == 1 && k == 1) return linear(from, to, length);
  return curve("polynomial", {from, to, length, power, k});
}

Schedule cosine_power(double from, double to, double length, double power) {
  return power == 0 ? constant(from) : curve("cosine", {from, to, length, power, 1});
}

Schedule decay(double from, double factor, double steps, bool staircase) {
  if (factor == 1) return constant(from);
  if (factor == 0) return Timeline().hold(from, staircase ? steps : 1).then(0.0);
  return curve("decay", {from, factor, steps, staircase ? 1.0 : 0.0, kEndless});
}

Schedule cosine_wave(double high, double low, double half) {
  if (!std::isfinite(half)) return constant(high);
  return cosine(high, low, half).then(cosine(low, high, half)).repeat();
}

Schedule piecewise_constant(const std::vector<double>& bounds, const std::vector<double>& values) {
  Timeline timeline;
  double start = 0;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    const double end = std::max(start, bounds[i]);
    timeline.hold(values[i], end - start);
    start = end;
  }
  return timeline.then(values.back());
}

double times_power(double value, double factor, std::int64_t count) {
  return rounded(whole_power(factor, count) * DoubleDouble(value));
}

}  // namespace calando::schedule
