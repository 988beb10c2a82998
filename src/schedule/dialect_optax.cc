// SPDX-License-Identifier: MIT
// optax.schedules (Optax 0.2.8). t is the count of updates before this one; Optax computes in single precision.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/schedule/dialect.h"
#include "src/schedule/dialect_parts.h"

namespace calando::schedule {
namespace {

using namespace argument;  // NOLINT(google-build-using-namespace): the words of tables

Schedule constant_schedule(const PeerCall& in) { return constant(in.number("value")); }

/// What Optax makes of transition_steps = 0: init_value for ever.
Schedule line(double from, double to, double length) {
  return length == 0 ? constant(from) : linear(from, to, length);
}

Schedule polynomial_schedule(const PeerCall& in) {
  const double from = in.number("init_value");
  const double length = in.number("transition_steps");
  if (length == 0) return constant(from);
  return Timeline()
      .hold(from, in.number("transition_begin"))
      .then(polynomial(from, in.number("end_value"), length, in.number("power")));
}

Schedule linear_schedule(const PeerCall& in) {
  const double from = in.number("init_value");
  if (in.number("transition_steps") == 0) return constant(from);
  return Timeline()
      .hold(from, in.number("transition_begin"))
      .then(linear(from, in.number("end_value"), in.number("transition_steps")));
}

Schedule piecewise_constant_schedule(const PeerCall& in) {
  std::vector<double> bounds;
  std::vector<double> values{in.number("init_value")};
  for (const auto& [step, scale] : read_steps(in, "boundaries_and_scales")) {
    bounds.push_back(step);
    values.push_back(values.back() * scale);
  }
  return piecewise_constant(bounds, values);
}

Schedule exponential(const PeerCall& in, double from) {
  const double length = in.number("transition_steps");
  const double rate = in.number("decay_rate");
  if (length == 0 || rate == 0) return constant(from);
  const Schedule whole = Timeline()
                             .hold(from, in.number("transition_begin"))
                             .then(decay(from, rate, length, in.flag("staircase")));
  const std::optional<double> end = in.maybe("end_value");
  if (!end) return whole;
  return rate < 1 ? whole.clamped(*end) : whole.clamped(0, *end);
}

Schedule exponential_decay(const PeerCall& in) { return exponential(in, in.number("init_value")); }

Schedule cosine_decay_schedule(const PeerCall& in) {
  const double from = in.number("init_value");
  return cosine_power(from, from * in.number("alpha"), in.number("decay_steps"), in.number("exponent"));
}

/// From one product of the scales to the next, along lines or cosines.
Schedule interpolated(bool along_cosine, double value, const std::map<double, double>& scales) {
  Timeline timeline;
  double start = 0;
  for (const auto& [step, scale] : scales) {
    const double next = value * scale;
    const double length = step - start;
    if (length > 0)
      timeline.add(along_cosine ? cosine(value, next, length) : linear(value, next, length), length);
    value = next;
    start = step;
  }
  return timeline.then(value);
}

Schedule piecewise_interpolate_schedule(const PeerCall& in) {
  return interpolated(in.word("interpolate_type") == "cosine", in.number("init_value"),
                      read_steps(in, "boundaries_and_scales"));
}

Schedule linear_onecycle_schedule(const PeerCall& in) {
  const double length = in.number("transition_steps");
  const double div = in.number("div_factor");
  std::map<double, double> scales;
  scales[std::trunc(in.number("pct_start") * length)] = div;
  scales[std::trunc(in.number("pct_final") * length)] = 1 / div;
  scales[length] = 1 / in.number("final_div_factor");
  return interpolated(false, in.number("peak_value") / div, scales);
}

Schedule cosine_onecycle_schedule(const PeerCall& in) {
  const double length = in.number("transition_steps");
  const double div = in.number("div_factor");
  std::map<double, double> scales;
  scales[std::trunc(in.number("pct_start") * length)] = div;
  scales[length] = 1 / (div * in.number("final_div_factor"));
  return interpolated(true, in.number("peak_value") / div, scales);
}

Schedule warmup_constant_schedule(const PeerCall& in) {
  return line(in.number("init_value"), in.number("peak_value"), in.number("warmup_steps"));
}

Schedule warmup_cosine(const PeerCall& in) {
  const double peak = in.number("peak_value");
  const double warm = in.number("warmup_steps");
  const double length = in.number("decay_steps") - warm;
  if (!(length > 0)) in.refuse("decay_steps", fmt::format("above warmup_steps, {}, which it includes", warm));
  const double end = peak == 0 ? 0 : floor_below(in, "end_value", peak);
  return Timeline()
      .add(line(in.number("init_value"), peak, warm), warm)
      .then(cosine_power(peak, end, length, in.number("exponent")));
}

Schedule warmup_exponential(const PeerCall& in) {
  const double peak = in.number("peak_value");
  const double warm = in.number("warmup_steps");
  return Timeline().add(line(in.number("init_value"), peak, warm), warm).then(exponential(in, peak));
}

/// One warmup_cosine_decay_schedule after the other.
Schedule sgdr_schedule(const PeerCall& in) {
  const auto* list = std::get_if<spec::List>(&in.value("cosine_kwargs").content);
  if (list == nullptr || list->items.empty()) in.refuse("cosine_kwargs", "a list of the arguments of cycles");
  const Dialect& cycle = *find_dialect("optax.warmup_cosine_decay_schedule");
  Timeline timeline;
  for (const spec::Value& item : list->items) {
    spec::Call call{.path = std::string(cycle.name), .arguments = {}, .parentheses = true};
    if (const auto* arguments = std::get_if<spec::Call>(&item.content);
        arguments != nullptr && arguments->path == "dict") {
      call.arguments = arguments->arguments;
    } else if (const auto* dictionary = std::get_if<spec::List>(&item.content);
               dictionary != nullptr && dictionary->dictionary) {
      for (const spec::Value& each : dictionary->items) {
        const auto& pair = std::get<spec::List>(each.content).items;
        const auto* key = std::get_if<spec::Text>(&pair[0].content);
        if (key == nullptr) in.refuse_at(pair[0], "a key that is no string");
        call.arguments.push_back({.name = key->value, .value = pair[1], .column = each.column});
      }
    } else {
      in.refuse_at(item, "expected the arguments of warmup_cosine_decay_schedule, dict(...) or {...}");
    }
    const PeerCall arguments(cycle, call, item.column, in.context());
    const Schedule part = warmup_cosine(arguments);
    if (&item == &list->items.back()) return timeline.then(part);
    timeline.add(part, arguments.number("decay_steps"));
  }
  return timeline.done();
}

}  // namespace

Schedule join_schedules(const PeerCall& in) {
  const std::vector<Schedule> members = read_members(in, "schedules");
  const std::vector<double>& bounds = in.numbers("boundaries");
  if (bounds.size() + 1 != members.size())
    in.refuse("boundaries", fmt::format("{}, one less than the schedules", members.size() - 1));
  Timeline timeline;
  double start = 0;
  for (std::size_t k = 0; k < bounds.size(); ++k) {
    if (!(bounds[k] >= start)) in.refuse("boundaries", "steps of 0 or more, none below the one before it");
    timeline.add(members[k], bounds[k] - start);
    start = bounds[k];
  }
  return timeline.then(members.back());
}

std::vector<Dialect> optax_dialects() {
  constexpr std::string_view kModule = "optax.schedules";
  constexpr Interval kPower = range::closed(0, 1000);
  const PeerArgument init = rate("init_value");
  const PeerArgument peak = rate("peak_value");
  const PeerArgument transition = whole("transition_steps", 0);
  const PeerArgument one_cycle = whole("transition_steps", 1);
  const PeerArgument begin = whole("transition_begin", 0, "0");
  const PeerArgument warm = whole("warmup_steps", 0);
  const PeerArgument exponent = number("exponent", kPower, "1.0");
  const PeerArgument scales = any("boundaries_and_scales", "a dictionary such as {30: 0.1}", "None");
  const PeerArgument start = number("pct_start", range::closed(0, 1), "0.3");
  const PeerArgument div = number("div_factor", range::positive, "25.0");
  const PeerArgument final_div = number("final_div_factor", range::positive, "1e4");
  // clang-format off
  return {
      {"optax", "constant_schedule", kModule, {rate("value")}, constant_schedule, "value", ""},
      {"optax", "polynomial_schedule", kModule, {init, rate("end_value"), number("power", kPower), transition, begin}, polynomial_schedule,
       "(init_value - end_value) (1 - c / transition_steps)^power + end_value, c = clip(t - transition_begin, 0, transition_steps)",
       "transition_steps = 0 gives init_value, as in Optax; below 0 it is refused"},
      {"optax", "linear_schedule", kModule, {init, rate("end_value"), transition, begin}, linear_schedule,
       "polynomial_schedule of power 1", "as polynomial_schedule"},
      {"optax", "piecewise_constant_schedule", kModule, {init, scales}, piecewise_constant_schedule,
       "init_value times the scales whose boundary is <= t", "boundaries below 0 are refused"},
      {"optax", "exponential_decay", kModule,
       {init, transition, number("decay_rate", range::not_negative), begin, flag("staircase"), rate("end_value", "None")}, exponential_decay,
       "init_value decay_rate^((t - transition_begin) / transition_steps), not beyond end_value", ""},
      {"optax", "cosine_decay_schedule", kModule,
       {init, length("decay_steps", range::closed(kShortest, 0x1p53)), number("alpha", range::closed(0, 1), "0.0"), exponent}, cosine_decay_schedule,
       "init_value ((1 - alpha) ((1 + cos(pi min(t, T) / T)) / 2)^exponent + alpha), T = decay_steps", "alpha > 1 is refused"},
      {"optax", "piecewise_interpolate_schedule", kModule, {word("interpolate_type", "linear|cosine"), init, scales}, piecewise_interpolate_schedule,
       "between the products of the scales, each reached at its boundary", ""},
      {"optax", "linear_onecycle_schedule", kModule,
       {one_cycle, peak, start, number("pct_final", range::closed(0, 1), "0.85"), div, final_div}, linear_onecycle_schedule,
       "lines through peak / div, peak at int(pct_start N), peak / div at int(pct_final N), peak / div / final_div at N", ""},
      {"optax", "cosine_onecycle_schedule", kModule, {one_cycle, peak, start, div, final_div}, cosine_onecycle_schedule,
       "cosines through peak / div, peak at int(pct_start N), peak / div / final_div at N", ""},
      {"optax", "warmup_constant_schedule", kModule, {init, peak, warm}, warmup_constant_schedule,
       "a line from init_value to peak_value in warmup_steps", "warmup_steps = 0 gives init_value, as in Optax"},
      {"optax", "warmup_cosine_decay_schedule", kModule,
       {init, peak, warm, whole("decay_steps", 1), rate("end_value", "0.0"), exponent}, warmup_cosine,
       "a line to peak_value in warmup_steps, then a cosine to end_value at decay_steps, which includes the warm-up",
       "end_value > peak_value is refused"},
      {"optax", "warmup_exponential_decay_schedule", kModule,
       {init, peak, warm, transition, number("decay_rate", range::not_negative), begin, flag("staircase"), rate("end_value", "None")},
       warmup_exponential, "a line to peak_value in warmup_steps, then exponential_decay", ""},
      {"optax", "sgdr_schedule", kModule, {any("cosine_kwargs", "a list of dict(...)")}, sgdr_schedule,
       "warmup_cosine_decay_schedule again and again, each with its own arguments", ""},
      {"optax", "join_schedules", kModule, {any("schedules", "a list of schedules"), numbers("boundaries")}, join_schedules,
       "schedules[k] at t - boundaries[k - 1] from that boundary on", "boundaries have to ascend"},
      {"optax", "reduce_on_plateau", "optax.contrib",
       {ignored("factor", "0.1"), ignored("patience", "10"), ignored("rtol", "1e-4"), ignored("atol", "0.0"), ignored("cooldown", "0"),
        ignored("accumulation_size", "1"), ignored("min_scale", "0.0")},
       refuse_controller, "-", "refused: it depends on losses, see `calando train --plateau`"},
  };
  // clang-format on
}

}  // namespace calando::schedule
