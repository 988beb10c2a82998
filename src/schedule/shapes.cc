// SPDX-License-Identifier: MIT
// Shapes of schedules. A new one is a function and a line in the table.
#include "src/schedule/shapes.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/schedule/node.h"
#include "src/schedule/read.h"
#include "src/spec/fields.h"

namespace calando::schedule {
namespace {

Schedule curve(std::string_view name, const Parameters& parameters) {
  return make_segment(*find_curve(name), parameters);
}

/// From one value to another in one of the ways that ramp() reads.
Schedule between(const std::string& ramp, double from, double to, double length) {
  if (ramp == "cosine") return cosine(from, to, length);
  if (ramp == "exponential") return curve("saturating", {from, to, length, 0.5});
  return curve(ramp, {from, to, length});
}

/// The argument `shape`: the first of the words where it is not given.
std::string ramp(Reader& in, const std::vector<std::string>& words) {
  return words[in.word("shape", words, words.front())];
}

/// Parts one behind the other; those of no length are left out.
class Joined {
 public:
  Joined& add(const std::string& ramp, double from, double to, double length) {
    if (length > 0) parts_.push_back(from == to ? constant(from, length) : between(ramp, from, to, length));
    return *this;
  }
  Schedule ending_with(const Schedule& last) {
    parts_.push_back(last);
    return chain(parts_);
  }
  Schedule done() const { return chain(parts_); }

 private:
  std::vector<Schedule> parts_;
};

Schedule build_step(Reader& in) {
  const double from = in.take(kFrom);
  const double factor = in.number("factor", range::positive);
  const double steps = in.length("steps");
  return curve("decay", {from, factor, steps, 1, kEndless});
}

Schedule build_multi_step(Reader& in) {
  const double from = in.take(kFrom);
  const double factor = in.number("factor", range::positive);
  const std::vector<double> milestones = in.lengths("milestones");
  Joined joined;
  double start = 0;
  for (std::size_t i = 0; i < milestones.size(); ++i) {
    const double value = rounded(whole_power(factor, static_cast<std::int64_t>(i)) * DoubleDouble(from));
    joined.add("linear", value, value, milestones[i] - start);
    start = milestones[i];
  }
  return joined.ending_with(
      rounded(whole_power(factor, static_cast<std::int64_t>(milestones.size())) * DoubleDouble(from)));
}

Schedule build_piecewise(Reader& in) {
  const std::vector<double> at = in.lengths("at");
  const std::vector<double> values = in.args.numbers("values");
  const std::string shape = ramp(in, {"linear", "cosine", "constant"});
  if (at.empty() || values.size() != at.size()) {
    in.args.refuse("values", fmt::format("one value for each of the {} steps of `at`", at.size()));
  }
  for (const double value : values) {
    if (!range::not_negative.contains(value)) in.args.refuse("values", "values of 0 or more");
  }
  Joined joined;
  joined.add("linear", values[0], values[0], at[0]);
  for (std::size_t i = 0; i + 1 < at.size(); ++i) {
    const double next = shape == "constant" ? values[i] : values[i + 1];
    joined.add(shape == "constant" ? "linear" : shape, values[i], next, at[i + 1] - at[i]);
  }
  return joined.ending_with(values.back());
}

/// The arguments of what swings between two values, and the shape of one way.
struct Swing {
  double high;
  double low;
  double length;

  explicit Swing(Reader& in)
      : high(in.number("high", range::not_negative)),
        low(in.number("low", range::closed(0, high))),
        length(in.length("length")) {}
};

Schedule build_wave(Reader& in) {
  const Swing s(in);
  const double stretch = in.number("stretch", range::closed(1, 1e6), 1);
  const std::string shape = ramp(in, {"cosine", "linear"});
  return between(shape, s.high, s.low, s.length)
      .then(between(shape, s.low, s.high, s.length))
      .repeat(kEndless, stretch);
}

Schedule build_restarts(Reader& in) {
  const Swing s(in);
  const double times = in.args.number("times", kEndless);
  const double stretch = in.number("stretch", range::closed(1e-3, 1e6), 1);
  const double shrink = in.number("shrink", range::above_up_to(0, 1e6), 1);
  const std::string shape = ramp(in, {"cosine", "linear"});
  if (shrink == 1 || s.low == 0) {
    return between(shape, s.high, s.low, s.length).repeat(times, stretch, shrink);
  }
  // The peaks shrink, the floor stays.
  return between(shape, s.high, 0, s.length)
      .repeat(times, stretch, shrink)
      .plus(between(shape, 0, s.low, s.length).repeat(times, stretch));
}

Schedule build_cyclic(Reader& in) {
  const double low = in.number("low", range::not_negative);
  const double high = in.number("high", range::at_least(low));
  const double up = in.length("up");
  const double down = in.length_or("down", up);
  const double shrink = in.number("shrink", range::above_up_to(0, 1), 1);
  const double factor = in.number("factor", range::above_up_to(0, 1), 1);
  const std::string shape = ramp(in, {"linear", "cosine"});
  const auto cycle = [&](double from, double to) {
    return between(shape, from, to, up).then(between(shape, to, from, down));
  };
  if (shrink == 1 && factor == 1) return cycle(low, high).repeat();
  const Schedule swing = cycle(0, high - low).repeat(kEndless, 1, shrink);
  return constant(low).plus(factor == 1 ? swing : swing.times(curve("decay", {1, factor, 1, 0, kEndless})));
}

Schedule build_one_cycle(Reader& in) {
  const double peak = in.number("peak", range::positive);
  const double length = in.length("length");
  const double warm = in.number("warm", range::open(0, 1), 0.3);
  const double div = in.number("div", range::at_least(1), 25);
  const double final_div = in.number("final_div", range::at_least(1), 1e4);
  const std::string shape = ramp(in, {"cosine", "linear"});
  const double phases = in.number("phases", range::any, 2);
  if (phases != 2 && phases != 3) in.args.refuse("phases", "2 or 3");
  const bool three = phases == 3;
  if (three && warm > 0.5) in.args.refuse("warm", "0 < warm <= 0.5 with three phases");
  const double start = peak / div;
  const double up = warm * length;
  Joined joined;
  joined.add(shape, start, peak, up);
  if (!three) return joined.add(shape, peak, start / final_div, length - up).done();
  return joined.add(shape, peak, start, up).add(shape, start, start / final_div, length - 2 * up).done();
}

Schedule build_wsd(Reader& in) {
  const double peak = in.number("peak", range::positive);
  const double warm = in.length("warm", 0);
  const double stable = in.length("stable", 0);
  const double decay = in.length("decay");
  const double floor = in.number("floor", range::closed(0, peak), 0);
  const double start = in.number("start", range::closed(0, peak), 0);
  const std::string shape = ramp(in, {"linear", "cosine", "exponential", "one_minus_sqrt"});
  return Joined()
      .add("linear", start, peak, warm)
      .add("linear", peak, peak, stable)
      .add(shape, peak, floor, decay)
      .done();
}

Schedule build_tri_stage(Reader& in) {
  const double peak = in.number("peak", range::positive);
  const double warm = in.length("warm", 0);
  const double hold = in.length("hold", 0);
  const double decay = in.length("decay");
  const double start = in.number("start_scale", range::closed(0, 1), 0.01);
  const double end = in.number("end_scale", range::above_up_to(0, 1), 0.01);
  return Joined()
      .add("linear", peak * start, peak, warm)
      .add("linear", peak, peak, hold)
      .ending_with(curve("exponential", {peak, peak * end, decay}));
}

Schedule build_swa(Reader& in) {
  const Schedule before = in.schedule("schedule");
  const double start = in.length("start");
  const double value = in.number("rate", range::not_negative);
  const double length = in.length("length");
  const std::string shape = ramp(in, {"cosine", "linear"});
  const Schedule until = before.window(0, start);
  return until.then(between(shape, rounded(until.node().end), value, length));
}

Schedule build_range_test(Reader& in) {
  const double low = in.number("low", range::positive);
  const double high = in.number("high", range::at_least(low));
  const double length = in.length("length");
  return ramp(in, {"exponential", "linear"}) == "linear" ? linear(low, high, length)
                                                         : curve("exponential", {low, high, length});
}

Schedule build_warmup(Reader& in) {
  const Schedule behind = in.schedule("schedule");
  const double steps = in.length("steps", 0);
  const double from = in.number("from", range::not_negative, 0);
  const std::string shape = ramp(in, {"linear", "cosine", "logarithmic"});
  return Joined().add(shape, from, behind(0), steps).ending_with(behind);
}

}  // namespace

const std::vector<Shape>& shapes() {
  // clang-format off
  static const std::vector<Shape> table = {
      {"step", "from, factor, steps", build_step, "decay(from, factor, steps, staircase=true)", "-"},
      {"multi_step", "from, factor, milestones", build_multi_step,
       "from factor^(milestones that are <= t)", "-"},
      {"piecewise", "at, values, shape=linear|cosine|constant", build_piecewise,
       "values[i] at step at[i], and between them as `shape` says", "-"},
      {"warmup", "schedule, steps, from=0, shape=linear|cosine|logarithmic", build_warmup,
       "linear(from, schedule(0), steps) then schedule", "Goyal et al. 2017, section 2.2"},
      {"restarts", "high, low, length, times=inf, stretch=1, shrink=1, shape=cosine|linear", build_restarts,
       "repeat(cosine(high, low, length), times, stretch, shrink), the floor kept", "Loshchilov & Hutter 2017, section 3"},
      {"wave", "high, low, length, stretch=1, shape=cosine|linear", build_wave,
       "repeat(cosine(high, low, length) then cosine(low, high, length), stretch=stretch)", "-"},
      {"cyclic", "low, high, up, down=up, shrink=1, factor=1, shape=linear|cosine", build_cyclic,
       "low + factor^t repeat(linear(0, high - low, up) then linear(high - low, 0, down), shrink=shrink)",
       "Smith 2017, section 3.2: triangular2 is shrink=0.5, exp_range is factor"},
      {"one_cycle", "peak, length, warm=0.3, div=25, final_div=1e4, shape=cosine|linear, phases=2", build_one_cycle,
       "peak/div to peak in warm length, to peak/div/final_div at length; three phases pass peak/div at 2 warm length",
       "Smith & Topin 2018, section 3"},
      {"wsd", "peak, warm, stable, decay, floor=0, start=0, shape=linear|cosine|exponential|one_minus_sqrt", build_wsd,
       "linear(start, peak, warm) then constant(peak, stable) then shape(peak, floor, decay); exponential: saturating",
       "Hu et al. 2024 (MiniCPM), section 4.2"},
      {"tri_stage", "peak, warm, hold, decay, start_scale=0.01, end_scale=0.01", build_tri_stage,
       "linear to peak, constant(peak, hold), then exponential(peak, peak end_scale, decay)", "Park et al. 2019, section 3"},
      {"swa", "schedule, start, rate, length, shape=cosine|linear", build_swa,
       "window(schedule, 0, start) then cosine(schedule(start), rate, length)", "Izmailov et al. 2018, section 3.2"},
      {"range_test", "low, high, length, shape=exponential|linear", build_range_test,
       "low (high / low)^u", "Smith 2017, section 3.3"},
  };
  // clang-format on
  return table;
}

const Shape* find_shape(std::string_view name) {
  for (const auto* table : {&shapes(), &combinators()}) {
    const auto found =
        std::find_if(table->begin(), table->end(), [name](const Shape& shape) { return shape.name == name; });
    if (found != table->end()) return &*found;
  }
  return nullptr;
}

}  // namespace calando::schedule
