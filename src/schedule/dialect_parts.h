// SPDX-License-Identifier: MIT
// What the tables of peers build their expressions from: curves with the degenerate cases that peers accept, and parts
// one behind the other.
#pragma once

#include <string_view>
#include <vector>

#include "calando/schedule.h"
#include "src/schedule/dialect.h"
#include "src/schedule/node.h"

namespace calando::schedule {

inline Schedule curve(std::string_view name, const Parameters& parameters) {
  return make_segment(*find_curve(name), parameters);
}

/// Schedules one behind the other, each for a length of its own; those of no length are left out.
class Timeline {
 public:
  Timeline& add(const Schedule& part, double length);
  Timeline& hold(double value, double length) { return add(constant(value), length); }
  /// The rest; `last` may be endless.
  Schedule then(const Schedule& last);
  /// What was added, the last part holding its last value.
  Schedule done() const { return chain(parts_); }

 private:
  std::vector<Schedule> parts_;
};

/// to + (from - to) (1 - u^k)^power; a power of 0 leaves `from`.
Schedule polynomial(double from, double to, double length, double power, double k = 1);
/// to + (from - to) ((1 + cos(pi u^k)) / 2)^power; a power of 0 leaves `from`.
Schedule cosine_power(double from, double to, double length, double power);
/// from factor^(t / steps), whole periods where `staircase`; a factor of 0 leaves 0 behind the first value.
Schedule decay(double from, double factor, double steps = 1, bool staircase = false);
/// high (1 + cos(pi t / half)) / 2 and so on between high and low; an infinite half period leaves `high`.
Schedule cosine_wave(double high, double low, double half);
/// values[k] from the step bounds[k - 1] on; bounds ascend, and may lie below 0.
Schedule piecewise_constant(const std::vector<double>& bounds, const std::vector<double>& values);

/// join_schedules of Optax and MLX.
Schedule join_schedules(const PeerCall& in);

/// value factor^count, as a double.
double times_power(double value, double factor, std::int64_t count);

}  // namespace calando::schedule
