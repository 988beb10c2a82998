// SPDX-License-Identifier: MIT
// timm.scheduler (timm 1.0.31). t is what step(epoch) is given, or step_update(num_updates) with t_in_epochs=False.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "src/schedule/dialect.h"
#include "src/schedule/dialect_parts.h"
#include "src/schedule/math.h"

namespace calando::schedule {
namespace {

using namespace argument;  // NOLINT(google-build-using-namespace): the words of tables

/// `whole` from t = W on, or, with warmup_prefix, from its own beginning; before it a line from warmup_lr_init to `to`.
Schedule warmed(const PeerCall& in, const Schedule& whole, double to, bool prefix) {
  if (in.given("noise_range_t"))
    in.refuse("noise_range_t", "None: timm's noise comes from PyTorch's generator");
  const double warm = in.number("warmup_t");
  if (warm == 0) return whole;
  const Schedule rise = linear(in.number("warmup_lr_init"), to, warm);
  if (prefix) return rise.then(whole);
  return rise.then(whole.length() <= warm ? constant(rounded(whole.node().end)) : whole.window(warm));
}

/// A shape from one rate to another, of a length of its own, in cycles: lr_min + (lr cycle_decay^i - lr_min) q(u), where
/// shape(a, b) = b + (a - b) q(u). lr_min behind the last cycle.
Schedule cycles(const PeerCall& in, const std::function<Schedule(double from, double to)>& shape) {
  const double low = floor_below(in, "lr_min", in.lr());
  const double times = in.number("cycle_limit");
  const double stretch = in.number("cycle_mul");
  const double shrink = in.number("cycle_decay");
  if (times == 0) return constant(low);
  if (times == 1) return shape(in.lr(), low);
  if (shrink == 1 || low == 0) return shape(in.lr(), low).repeat(times, stretch, shrink);
  return shape(in.lr(), 0).repeat(times, stretch, shrink).plus(shape(0, low).repeat(times, stretch));
}

Schedule cosine_lr(const PeerCall& in) {
  const auto shape = [&](double from, double to) {
    return curve("cosine", {from, to, in.number("t_initial"), 1, in.number("k_decay")});
  };
  return warmed(in, cycles(in, shape), in.lr(), in.flag("warmup_prefix"));
}

Schedule poly_lr(const PeerCall& in) {
  const auto shape = [&](double from, double to) {
    return curve("polynomial", {from, to, in.number("t_initial"), in.number("power"), in.number("k_decay")});
  };
  return warmed(in, cycles(in, shape), in.lr(), in.flag("warmup_prefix"));
}

/// Neither end of tanh is reached exactly, so that lr_min begins with a step behind the last cycle.
Schedule tanh_lr(const PeerCall& in) {
  const double lb = in.number("lb");
  const double ub = in.number("ub");
  if (!(lb < ub)) in.refuse("ub", fmt::format("above lb, {}", lb));
  const double first = rounded((DoubleDouble(1) - tanh(lb)) * DoubleDouble(0.5));
  const double last = rounded((DoubleDouble(1) - tanh(ub)) * DoubleDouble(0.5));
  const auto shape = [&](double from, double to) {
    return curve("tanh", {to + (from - to) * first, to + (from - to) * last, in.number("t_initial"), lb, ub});
  };
  const Schedule whole = cycles(in, shape);
  const Schedule ended = in.number("cycle_limit") == 0 ? whole : whole.then(in.number("lr_min"));
  const bool prefix = in.flag("warmup_prefix");
  const double to = prefix ? in.lr() : ended(static_cast<Step>(in.number("warmup_t")));
  return warmed(in, ended, to, prefix);
}

Schedule step_lr(const PeerCall& in) {
  return warmed(in, decay(in.lr(), in.number("decay_rate"), in.number("decay_t"), true), in.lr(),
                in.flag("warmup_prefix"));
}

/// timm takes milestone m at t = m - 1.
Schedule multi_step_lr(const PeerCall& in) {
  std::vector<double> bounds;
  std::vector<double> values{in.lr()};
  for (const double milestone : in.numbers("decay_t")) {
    const double bound = std::ceil(milestone) - 1;
    if (!std::isfinite(milestone) || (!bounds.empty() && bound < bounds.back()))
      in.refuse("decay_t", "steps in ascending order");
    bounds.push_back(bound);
    values.push_back(times_power(in.lr(), in.number("decay_rate"), static_cast<std::int64_t>(bounds.size())));
  }
  return warmed(in, piecewise_constant(bounds, values), in.lr(), in.flag("warmup_prefix"));
}

Schedule wsd_decay(const PeerCall& in, double from, double to, double length) {
  const std::string fall = in.word("decay_fn");
  if (fall == "linear") return linear(from, to, length);
  if (fall == "cosine") return cosine(from, to, length);
  if (fall == "power") return polynomial(from, to, length, 1, in.number("decay_power"));
  if (fall == "exp") return curve("saturating", {from, to, length, in.number("decay_ratio")});
  return curve("one_minus_sqrt", {from, to, length});
}

Schedule wsd_lr(const PeerCall& in) {
  const double low = floor_below(in, "lr_min", in.lr());
  const double fall = in.number("decay_t");
  const double stable = in.number("t_initial") - fall;
  if (stable < 0) in.refuse("decay_t", "at most t_initial");
  const std::string kind = in.word("stable_fn");
  if (kind == "constant") {
    return warmed(in, Timeline().hold(in.lr(), stable).then(wsd_decay(in, in.lr(), low, fall)), in.lr(),
                  true);
  }
  const double timescale = in.maybe("stable_timescale").value_or(in.number("warmup_t"));
  if (!(timescale > 0)) in.refuse_call("stable_timescale is missing: its default is warmup_t, which is 0");
  const double power = kind == "rsqrt" ? 0.5 : in.number("stable_power");
  const Schedule share = Timeline().hold(1, stable).then(wsd_decay(in, 1, 0, fall));
  if (power == 0.5) {
    const Schedule slow = curve("inverse_sqrt", {in.lr(), timescale, kEndless}).clamped(low);
    const Schedule shaped = slow.times(share);
    const Schedule floor = Timeline().hold(0, stable).then(wsd_decay(in, 0, low, fall));
    return warmed(in, low == 0 ? shaped : shaped.plus(floor), in.lr(), true);
  }
  const double lr = in.lr();
  const double warm = in.number("warmup_t");
  const Schedule rise = warm == 0 ? constant(lr) : linear(in.number("warmup_lr_init"), lr, warm);
  return foreign(in, [=](double t) {
    if (t < warm) return rise(static_cast<Step>(t));
    const double slow = std::max(low, lr * rounded(pow(1 + (t - warm) / timescale, -power)));
    return low + (slow - low) * share(static_cast<Step>(t - warm));
  });
}

}  // namespace

std::vector<Dialect> timm_dialects() {
  constexpr std::string_view kModule = "timm.scheduler";
  const PeerArgument t_initial = whole("t_initial", 1);
  const PeerArgument lr_min = rate("lr_min", "0.0");
  const PeerArgument warm = whole("warmup_t", 0, "0");
  const PeerArgument warm_init = rate("warmup_lr_init", "0.0");
  const PeerArgument k_decay = number("k_decay", range::above_up_to(0, 1000), "1.0");
  const std::vector<PeerArgument> noise = {any("noise_range_t", "None", "None"), ignored("noise_pct", "0.67"),
                                           ignored("noise_std", "1.0"), ignored("noise_seed", "42")};
  const std::vector<PeerArgument> cycle = {number("cycle_mul", range::closed(1e-3, 1e6), "1.0"),
                                           number("cycle_decay", range::above_up_to(0, 1e6), "1.0"),
                                           whole("cycle_limit", 0, "1")};
  const auto all = [](std::initializer_list<std::vector<PeerArgument>> groups) {
    std::vector<PeerArgument> list;
    for (const auto& group : groups) list.insert(list.end(), group.begin(), group.end());
    return list;
  };
  const auto warmup = [&](std::string_view prefix) {
    return std::vector<PeerArgument>{warm, warm_init, flag("warmup_prefix", prefix),
                                     flag("t_in_epochs", "True")};
  };
  const std::vector<PeerArgument> end = {ignored("initialize", "True"), kLr};
  constexpr std::string_view kCycles =
      "cycles are found without timm's floor of a logarithm, which misses restarts; noise and lr_min > lr "
      "are refused";
  // clang-format off
  return {
      {"timm", "CosineLRScheduler", kModule, all({{kOptimizer, t_initial, lr_min}, cycle, warmup("False"), noise, {k_decay}, end}), cosine_lr,
       "lr_min + (lr cycle_decay^i - lr_min) (1 + cos(pi u^k / U^k)) / 2 in cycle i of U = t_initial cycle_mul^i steps, then lr_min; "
       "the warm-up replaces its beginning, or with warmup_prefix stands before it", kCycles, StepUnit::epoch},
      {"timm", "PolyLRScheduler", kModule,
       all({{kOptimizer, t_initial, number("power", range::above_up_to(0, 1000), "0.5"), lr_min}, cycle, warmup("False"), noise, {k_decay}, end}), poly_lr,
       "lr_min + (lr cycle_decay^i - lr_min) (1 - u^k / U^k)^power in cycle i, then lr_min", kCycles, StepUnit::epoch},
      {"timm", "TanhLRScheduler", kModule,
       all({{kOptimizer, t_initial, number("lb", range::closed(-100, 100), "-7.0"), number("ub", range::closed(-100, 100), "3.0"), lr_min}, cycle,
            warmup("False"), noise, end}), tanh_lr,
       "lr_min + (lr cycle_decay^i - lr_min) (1 - tanh(lb (1 - u/U) + ub u/U)) / 2 in cycle i, then lr_min", kCycles, StepUnit::epoch},
      {"timm", "StepLRScheduler", kModule,
       all({{kOptimizer, length("decay_t", range::closed(kShortest, 0x1p53)), number("decay_rate", range::not_negative, "1.0")}, warmup("True"), noise, end}), step_lr,
       "lr decay_rate^floor(t / decay_t)", "noise is refused", StepUnit::epoch},
      {"timm", "MultiStepLRScheduler", kModule,
       all({{kOptimizer, numbers("decay_t"), number("decay_rate", range::not_negative, "1.0")}, warmup("True"), noise, end}), multi_step_lr,
       "lr decay_rate^(milestones that are <= t + 1)", "noise and milestones out of order are refused", StepUnit::epoch},
      {"timm", "WSDLRScheduler", kModule,
       all({{kOptimizer, t_initial, whole("decay_t", 1), lr_min, word("stable_fn", "constant|rsqrt|power", "'constant'"),
             number("stable_timescale", range::positive, "None"), number("stable_power", range::positive, "0.5"),
             word("decay_fn", "linear|1-sqrt|cosine|power|exp", "'1-sqrt'"), number("decay_power", range::positive, "0.5"),
             number("decay_ratio", range::open(0, 1), "0.1"), warm, warm_init, flag("t_in_epochs", "True")}, noise, end}), wsd_lr,
       "lr_min + (max(lr stable(t), lr_min) - lr_min) decay((t - t_initial + decay_t) / decay_t), behind the warm-up",
       "stable_power other than 1/2 has no native form; noise is refused", StepUnit::epoch},
      {"timm", "PlateauLRScheduler", kModule,
       {kOptimizer, ignored("decay_rate", "0.1"), ignored("patience_t", "10"), ignored("threshold", "1e-4"), ignored("cooldown_t", "0"),
        ignored("warmup_t", "0"), ignored("warmup_lr_init", "0.0"), ignored("lr_min", "0.0"), ignored("mode", "'max'"), ignored("lr", "0")},
       refuse_controller, "-", "refused: it depends on losses, see `calando train --plateau`", StepUnit::epoch},
  };
  // clang-format on
}

}  // namespace calando::schedule
