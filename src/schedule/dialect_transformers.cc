// SPDX-License-Identifier: MIT
// transformers.optimization (Hugging Face transformers 5.24). t is the number of calls of step().
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "src/schedule/dialect.h"
#include "src/schedule/dialect_parts.h"

namespace calando::schedule {
namespace {

using namespace argument;  // NOLINT(google-build-using-namespace): the words of tables

constexpr DoubleDouble kPi(3.141592653589793, 1.2246467991473532e-16);

/// A line from 0 to lr in the warm-up, then `behind`.
Schedule warmed(const PeerCall& in, const Schedule& behind) {
  const double warm = in.number("num_warmup_steps");
  return warm == 0 ? behind : linear(0, in.lr(), warm).then(behind);
}

/// num_training_steps - num_warmup_steps, at least 1.
double decay_steps(const PeerCall& in) {
  return std::max(1.0, in.number("num_training_steps") - in.number("num_warmup_steps"));
}

Schedule constant_schedule(const PeerCall& in) { return constant(in.lr()); }

Schedule constant_with_warmup(const PeerCall& in) {
  const double warm = in.number("num_warmup_steps");
  return warm == 0 ? constant(in.lr()) : linear(0, in.lr(), warm);
}

Schedule linear_with_warmup(const PeerCall& in) {
  const double left = in.number("num_training_steps") - in.number("num_warmup_steps");
  return warmed(in, left > 0 ? linear(in.lr(), 0, left) : constant(0));
}

/// Half a period of cos(2 pi num_cycles progress).
double half_period(const PeerCall& in, double steps) {
  const double cycles = in.number("num_cycles");
  return cycles == 0 ? kEndless : steps / (2 * cycles);
}

/// The angle pi num_cycles 2 progress, in doubles as transformers has it, counted in half periods: the wave goes on for
/// ever, and the angle's rounding grows with it. The step `later` is the first of the wave.
Schedule by_angle(const PeerCall& in, const Schedule& native, double later = 0) {
  const double warm = in.number("num_warmup_steps");
  const double steps = decay_steps(in);
  const double cycles = in.number("num_cycles");
  const double half = half_period(in, steps);
  if (cycles == 0) return native;
  return clocked(in, native, [=](double t) -> DoubleDouble {
    if (t < warm) return t;
    const double angle = std::numbers::pi * cycles * 2 * ((t - warm + later) / steps);
    const DoubleDouble time = DoubleDouble(warm - later) + DoubleDouble(half) * (DoubleDouble(angle) / kPi);
    return reaches(time, warm) ? time : warm;  // not back into the warm-up
  });
}

Schedule cosine_with_warmup(const PeerCall& in) {
  return by_angle(in, warmed(in, cosine_wave(in.lr(), 0, half_period(in, decay_steps(in)))));
}

Schedule hard_restarts(const PeerCall& in) {
  const double steps = decay_steps(in);
  const double cycles = in.number("num_cycles");
  if (cycles == 0) return warmed(in, Timeline().hold(in.lr(), steps).then(0.0));
  const Schedule cycle = cosine(in.lr(), 0, steps / cycles);
  const Schedule native = warmed(in, Timeline().add(cycles == 1 ? cycle : cycle.repeat(), steps).then(0.0));
  if (cycles == 1) return native;
  return clocked(in, native, [=, warm = in.number("num_warmup_steps")](double t) -> DoubleDouble {
    if (t < warm || t >= warm + steps) return t;
    // A cycle that transformers' doubles have not finished is not finished here.
    constexpr double kNearlyOne = 1 - 1e-13;
    const double share = std::min(std::fmod(cycles * ((t - warm) / steps), 1.0), kNearlyOne);
    return DoubleDouble(warm) + DoubleDouble(steps / cycles) * DoubleDouble(share);
  });
}

Schedule polynomial_decay(const PeerCall& in) {
  const double end = in.number("lr_end");
  if (!(in.lr() > end)) in.refuse_call(fmt::format("lr_end = {}, expected below lr, {}", end, in.lr()));
  const double steps = in.number("num_training_steps") - in.number("num_warmup_steps");
  const double power = in.number("power");
  if (steps == 0)
    in.refuse("num_training_steps", "above num_warmup_steps: transformers divides by the difference");
  if (steps < 0) return warmed(in, constant(end));
  if (power == 0) return warmed(in, Timeline().hold(in.lr(), steps + 1).then(end));
  return warmed(in, polynomial(in.lr(), end, steps, power));
}

Schedule inverse_sqrt(const PeerCall& in) {
  const double warm = in.number("num_warmup_steps");
  const double timescale = in.maybe("timescale").value_or(warm > 0 ? warm : 10'000);
  return warmed(in, curve("inverse_sqrt", {in.lr(), timescale, kEndless}));
}

/// min_lr_rate, or min_lr as a share of lr.
double floor_share(const PeerCall& in) {
  const std::optional<double> low = in.maybe("min_lr");
  const std::optional<double> share = in.maybe("min_lr_rate");
  if (low && share) in.refuse("min_lr_rate", "only one of min_lr and min_lr_rate");
  if (!low && !share) in.refuse_call("min_lr or min_lr_rate is missing");
  if (low) floor_below(in, "min_lr", in.lr());
  if (low && in.lr() == 0)
    in.refuse("min_lr", "a share, min_lr_rate, where lr = 0: transformers divides by lr");
  return share ? *share : *low / in.lr();
}

Schedule cosine_with_min_lr(const PeerCall& in) {
  return by_angle(
      in, warmed(in, cosine_wave(in.lr(), in.lr() * floor_share(in), half_period(in, decay_steps(in)))));
}

/// The one that counts from 1.
Schedule cosine_warmup_with_min_lr(const PeerCall& in) {
  const double lr = in.lr();
  const double warm = in.number("num_warmup_steps");
  const Schedule wave = cosine_wave(lr, lr * floor_share(in), half_period(in, decay_steps(in))).window(1);
  const std::optional<double> start = in.maybe("warmup_lr_rate");
  if (warm == 0) return by_angle(in, wave, 1);
  const Schedule rise =
      start ? linear(lr * *start, lr, std::max(1.0, warm - 1)) : linear(0, lr, warm).window(1);
  return by_angle(in, Timeline().add(rise, warm).then(wave), 1);
}

Schedule wsd(const PeerCall& in) {
  const double lr = in.lr();
  const double low = lr * in.number("min_lr_ratio");
  const double warm = in.number("num_warmup_steps");
  const double steps = in.number("num_decay_steps");
  const std::optional<double> total = in.maybe("num_training_steps");
  const std::optional<double> given = in.maybe("num_stable_steps");
  if (!total && !given) in.refuse_call("num_training_steps or num_stable_steps is missing");
  const double stable = given ? *given : *total - warm - steps;
  const std::string rise = in.word("warmup_type");
  Timeline timeline;
  if (warm > 0) {
    timeline.add(rise == "linear"   ? linear(low, lr, warm)
                 : rise == "cosine" ? cosine(low, lr, warm)
                                    : polynomial(low, lr, warm, 0.5),
                 warm);
  }
  timeline.hold(lr, stable);
  const double skipped = std::max(0.0, -stable);  // the decay began within the warm-up
  if (steps > skipped) {
    const std::string fall = in.word("decay_type");
    const Schedule whole = fall == "linear"                 ? linear(lr, low, steps)
                           : fall == "1-sqrt"               ? curve("one_minus_sqrt", {lr, low, steps})
                           : in.number("num_cycles") == 0.5 ? cosine(lr, low, steps)
                                                            : cosine_wave(lr, low, half_period(in, steps));
    timeline.add(skipped > 0 ? whole.window(skipped) : whole, steps - skipped);
  }
  return timeline.then(low);
}

/// get_scheduler(name, ...): the function that the name stands for.
Schedule get_scheduler(const PeerCall& in) {
  static constexpr std::pair<std::string_view, std::string_view> kFunctions[] = {
      {"linear", "get_linear_schedule_with_warmup"},
      {"cosine", "get_cosine_schedule_with_warmup"},
      {"cosine_with_restarts", "get_cosine_with_hard_restarts_schedule_with_warmup"},
      {"polynomial", "get_polynomial_decay_schedule_with_warmup"},
      {"constant", "get_constant_schedule"},
      {"constant_with_warmup", "get_constant_schedule_with_warmup"},
      {"inverse_sqrt", "get_inverse_sqrt_schedule"},
      {"reduce_lr_on_plateau", "get_reduce_on_plateau_schedule"},
      {"cosine_with_min_lr", "get_cosine_with_min_lr_schedule_with_warmup"},
      {"cosine_warmup_with_min_lr", "get_cosine_with_min_lr_schedule_with_warmup_lr_rate"},
      {"warmup_stable_decay", "get_wsd_schedule"},
      {"greedy", "get_greedy_schedule"}};
  const auto* entry = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                   [name = in.word("name")](const auto& each) { return each.first == name; });
  const Dialect& function = *find_dialect(fmt::format("transformers.{}", entry->second));
  spec::Call call{.path = std::string(entry->second), .arguments = {}, .parentheses = true};
  for (const char* name : {"num_warmup_steps", "num_training_steps"}) {
    const auto takes = [name](const PeerArgument& argument) { return argument.name == name; };
    const bool taken = std::any_of(function.arguments.begin(), function.arguments.end(), takes);
    if (taken && in.maybe(name))
      call.arguments.push_back({.name = name, .value = {spec::Number{.value = *in.maybe(name)}}});
  }
  if (const auto* more = std::get_if<spec::List>(&in.value("scheduler_specific_kwargs").content)) {
    for (const spec::Value& each : more->items) {
      const auto* pair = std::get_if<spec::List>(&each.content);
      const auto* key = pair == nullptr ? nullptr : std::get_if<spec::Text>(&pair->items[0].content);
      if (key == nullptr || !more->dictionary)
        in.refuse("scheduler_specific_kwargs", "a dictionary of arguments");
      call.arguments.push_back({.name = key->value, .value = pair->items[1], .column = each.column});
    }
  }
  PeerContext context = in.context();
  context.base_rate = in.lr();
  return read_dialect(function, call, 1, context);
}

}  // namespace

std::vector<Dialect> transformers_dialects() {
  constexpr std::string_view kModule = "transformers.optimization";
  const PeerArgument warm = whole("num_warmup_steps", 0);
  const PeerArgument total = whole("num_training_steps", 0);
  const PeerArgument cycles = number("num_cycles", range::not_negative, "0.5");
  const PeerArgument low = rate("min_lr", "None");
  const PeerArgument share = number("min_lr_rate", range::closed(0, 1), "None");
  const PeerArgument metric = ignored("mode", "'min'");
  const auto controller = [&](std::string_view name) {
    return Dialect{"transformers",
                   name,
                   kModule,
                   {kOptimizer, metric, ignored("factor", "0.1"), ignored("patience", "10"),
                    ignored("threshold", "1e-4"), ignored("threshold_mode", "'rel'"),
                    ignored("cooldown", "0"), ignored("warmup", "0"), ignored("min_lr", "0"),
                    ignored("max_lr", "1.0"), ignored("eps", "1e-8"), ignored("smooth", "False"),
                    ignored("window_size", "50"), ignored("reset_start", "500"), ignored("lr", "0")},
                   refuse_controller,
                   "-",
                   "refused: it depends on losses, see `calando train --plateau`"};
  };
  // clang-format off
  return {
      {"transformers", "get_constant_schedule", kModule, {kOptimizer, kLastEpoch, kLr}, constant_schedule, "lr", ""},
      {"transformers", "get_constant_schedule_with_warmup", kModule, {kOptimizer, warm, kLastEpoch, kLr}, constant_with_warmup,
       "lr min(1, t / W), W = num_warmup_steps", ""},
      {"transformers", "get_linear_schedule_with_warmup", kModule, {kOptimizer, warm, total, kLastEpoch, kLr}, linear_with_warmup,
       "lr t / W, then lr (N - t) / (N - W), N = num_training_steps", ""},
      {"transformers", "get_cosine_schedule_with_warmup", kModule, {kOptimizer, warm, total, cycles, kLastEpoch, kLr}, cosine_with_warmup,
       "lr t / W, then lr (1 + cos(2 pi num_cycles (t - W) / (N - W))) / 2; rises again behind N", "num_cycles < 0 is refused"},
      {"transformers", "get_cosine_with_hard_restarts_schedule_with_warmup", kModule,
       {kOptimizer, warm, total, number("num_cycles", range::not_negative, "1"), kLastEpoch, kLr}, hard_restarts,
       "lr t / W, then lr (1 + cos(pi ((num_cycles p) mod 1))) / 2, p = (t - W) / (N - W); 0 from N on",
       "a restart is met exactly where transformers' num_cycles p rounds to just below a whole number"},
      {"transformers", "get_polynomial_decay_schedule_with_warmup", kModule,
       {kOptimizer, warm, total, rate("lr_end", "1e-7"), number("power", range::closed(0, 1000), "1.0"), kLastEpoch, kLr}, polynomial_decay,
       "lr t / W, then lr_end + (lr - lr_end) (1 - (t - W) / (N - W))^power, lr_end behind N", ""},
      {"transformers", "get_inverse_sqrt_schedule", kModule, {kOptimizer, warm, whole("timescale", 1, "None"), kLastEpoch, kLr}, inverse_sqrt,
       "lr t / W, then lr / sqrt((t - W + timescale) / timescale); timescale is W, or 10000 where that is 0", ""},
      {"transformers", "get_cosine_with_min_lr_schedule_with_warmup", kModule,
       {kOptimizer, warm, total, cycles, kLastEpoch, low, share, kLr}, cosine_with_min_lr,
       "the cosine schedule times (1 - r) plus r, r = min_lr_rate or min_lr / lr", "a floor above lr is refused"},
      {"transformers", "get_cosine_with_min_lr_schedule_with_warmup_lr_rate", kModule,
       {kOptimizer, warm, total, cycles, kLastEpoch, low, share, number("warmup_lr_rate", range::not_negative, "None"), kLr},
       cosine_warmup_with_min_lr, "lr (t + 1) / W, then the cosine at t + 1; or a line from warmup_lr_rate in W - 1 steps",
       "a floor above lr is refused"},
      {"transformers", "get_wsd_schedule", kModule,
       {kOptimizer, warm, whole("num_decay_steps", 0), whole("num_training_steps", 0, "None"), whole("num_stable_steps", 0, "None"),
        word("warmup_type", "linear|cosine|1-sqrt", "'linear'"), word("decay_type", "linear|cosine|1-sqrt", "'cosine'"),
        number("min_lr_ratio", range::closed(0, 1), "0"), cycles, kLastEpoch, kLr}, wsd,
       "from r lr to lr, lr, and back to r lr along a line, a cosine or 1 - sqrt, r = min_lr_ratio", "min_lr_ratio > 1 is refused"},
      {"transformers", "get_scheduler", kModule,
       {word("name", "linear|cosine|cosine_with_restarts|polynomial|constant|constant_with_warmup|inverse_sqrt|reduce_lr_on_plateau|"
                     "cosine_with_min_lr|cosine_warmup_with_min_lr|warmup_stable_decay|greedy"),
        kOptimizer, whole("num_warmup_steps", 0, "None"), whole("num_training_steps", 0, "None"),
        any("scheduler_specific_kwargs", "a dictionary of arguments", "None"), kLr}, get_scheduler,
       "the schedule of that name", ""},
      controller("get_reduce_on_plateau_schedule"),
      controller("get_greedy_schedule"),
      controller("GreedyLR"),
  };
  // clang-format on
}

}  // namespace calando::schedule
