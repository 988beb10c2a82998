// SPDX-License-Identifier: MIT
// The combinators in the text form. `a then b` is part of the grammar.
#include "src/schedule/read.h"
#include "src/schedule/shapes.h"

namespace calando::schedule {
namespace {

Schedule read_repeat(Reader& in) {
  const Schedule part = in.schedule("schedule");
  const double times = in.args.number("times", kEndless);
  const double stretch = in.number("stretch", range::closed(1e-3, 1e6), 1);
  const double shrink = in.number("shrink", range::above_up_to(0, 1e6), 1);
  return part.repeat(times, stretch, shrink);
}

Schedule read_scaled(Reader& in) {
  const Schedule part = in.schedule("schedule");
  return part.scaled(in.number("factor", range::not_negative));
}

Schedule read_times(Reader& in) {
  const Schedule part = in.schedule("schedule");
  return part.times(in.schedule("by"));
}

Schedule read_plus(Reader& in) {
  const Schedule part = in.schedule("schedule");
  return part.plus(in.schedule("more"));
}

Schedule read_clamped(Reader& in) {
  const Schedule part = in.schedule("schedule");
  const double low = in.number("low", range::not_negative);
  const spec::Value* high = in.args.take("high");
  return high == nullptr ? part.clamped(low)
                         : part.clamped(low, in.as_number("high", *high, range::at_least(low)));
}

Schedule read_window(Reader& in) {
  const Schedule part = in.schedule("schedule");
  const double start = in.length_or("start", 0, 0);
  return part.window(start, in.maybe_length("length").value_or(kEndless));
}

Schedule read_stairs(Reader& in) {
  const Schedule part = in.schedule("schedule");
  return part.stairs(in.length("steps"));
}

}  // namespace

const std::vector<Shape>& combinators() {
  static const std::vector<Shape> table = {
      {"repeat", "schedule, times=inf, stretch=1, shrink=1", read_repeat,
       "again and again: the i-th time stretched by stretch^i and multiplied by shrink^i", "-"},
      {"scaled", "schedule, factor", read_scaled, "schedule(t) factor", "-"},
      {"times", "schedule, by", read_times, "schedule(t) by(t)", "-"},
      {"plus", "schedule, more", read_plus, "schedule(t) + more(t)", "-"},
      {"clamped", "schedule, low, high=inf", read_clamped, "min(max(schedule(t), low), high)", "-"},
      {"window", "schedule, start=0, length=inf", read_window, "schedule(start + min(t, length))", "-"},
      {"stairs", "schedule, steps", read_stairs, "schedule(steps floor(t / steps))", "-"},
  };
  return table;
}

}  // namespace calando::schedule
