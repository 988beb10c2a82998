// SPDX-License-Identifier: MIT
// torch.optim.lr_scheduler and torch.optim.swa_utils (PyTorch 2.15). t is the number of calls of step().
#include "src/schedule/dialect_torch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/schedule/dialect_parts.h"
#include "src/schedule/math.h"

namespace calando::schedule {
namespace {

using namespace argument;  // NOLINT(google-build-using-namespace): the words of tables

Schedule step(const PeerCall& in) { return decay(in.lr(), in.number("gamma"), in.number("step_size"), true); }

Schedule multi_step(const PeerCall& in) {
  std::vector<double> milestones = torch_milestones(in);
  std::vector<double> values{in.lr()};
  for (std::size_t i = 0; i < milestones.size(); ++i)
    values.push_back(times_power(in.lr(), in.number("gamma"), static_cast<std::int64_t>(i) + 1));
  return piecewise_constant(milestones, values);
}

Schedule constant_factor(const PeerCall& in) {
  const double factor = in.number("factor");
  const double total = in.number("total_iters");
  if (total == 0) return constant(in.lr() * factor);  // e = 0 is past it, and it is never met again
  if (factor == 0) in.refuse("factor", "above 0: PyTorch divides by it at total_iters");
  return Timeline().hold(in.lr() * factor, total).then(in.lr());
}

Schedule linear_factor(const PeerCall& in) {
  const double total = in.number("total_iters");
  const double start = in.lr() * in.number("start_factor");
  return total == 0 ? constant(start) : linear(start, in.lr() * in.number("end_factor"), total);
}

Schedule exponential(const PeerCall& in) { return decay(in.lr(), in.number("gamma")); }

Schedule polynomial_factor(const PeerCall& in) {
  const double total = in.number("total_iters");
  return total == 0 ? constant(in.lr()) : polynomial(in.lr(), 0, total, in.number("power"));
}

Schedule cosine_annealing(const PeerCall& in) {
  return cosine_wave(in.lr(), floor_below(in, "eta_min", in.lr()), in.number("T_max"));
}

Schedule warm_restarts(const PeerCall& in) {
  const double low = floor_below(in, "eta_min", in.lr());
  return cosine(in.lr(), low, in.number("T_0")).repeat(kEndless, in.number("T_mult"));
}

/// Where in its cycles CyclicLR is, as its doubles have it: up is x / ratio, down (x - 1) / (ratio - 1).
DoubleDouble cyclic_time(double t, double up, double down) {
  const double total = up + down;
  const double cycle = std::floor(1 + t / total);
  const double x = 1 + t / total - cycle;
  const double ratio = up / total;
  const DoubleDouble start = DoubleDouble(up + std::max(down, kShortest)) * DoubleDouble(cycle - 1);
  if (x <= ratio) return start + DoubleDouble(up) * DoubleDouble(x / ratio);
  return start + DoubleDouble(up) +
         DoubleDouble(down) * (DoubleDouble(1) - DoubleDouble((x - 1) / (ratio - 1)));
}

Schedule cyclic_expression(const PeerCall& in, double up, double down) {
  const double base = in.number("base_lr");
  const double top = in.number("max_lr");
  if (top < base) in.refuse("max_lr", fmt::format("at least base_lr, {}", base));
  if (in.given("scale_fn")) in.refuse("scale_fn", "None: no text can carry a function of Python");
  const auto cycle = [&](double low, double high) {
    return Timeline()
        .add(linear(low, high, up), up)
        .add(linear(high, low, std::max(down, kShortest)), down)
        .done();
  };
  if (in.word("mode") == "triangular") return cycle(base, top).repeat();
  const bool halved = in.word("mode") == "triangular2";
  const Schedule height = cycle(0, top - base).repeat(kEndless, 1, halved ? 0.5 : 1);
  if (halved) return constant(base).plus(height);
  const double gamma = in.number("gamma");
  return gamma == 1 ? cycle(base, top).repeat() : constant(base).plus(height.times(decay(1, gamma)));
}

Schedule cyclic(const PeerCall& in) {
  const double up = in.number("step_size_up");
  const double down = in.maybe("step_size_down").value_or(up);
  return clocked(in, cyclic_expression(in, up, down), [=](double t) { return cyclic_time(t, up, down); });
}

Schedule swa(const PeerCall& in) {
  const double length = in.number("anneal_epochs");
  if (length == 0) return constant(in.number("swa_lr"));
  return in.word("anneal_strategy") == "cos" ? cosine(in.lr(), in.number("swa_lr"), length)
                                             : linear(in.lr(), in.number("swa_lr"), length);
}

/// OneCycleLR as PyTorch has it: a phase owns the steps up to its end, and the last one is followed beyond its end.
Schedule one_cycle(const PeerCall& in) {
  const TorchOneCycle cycle = torch_one_cycle(in);
  const double last = cycle.total - 1;
  Timeline timeline;
  double done = 0;
  double start = 0;
  for (const TorchOneCycle::Phase& phase : cycle.phases) {
    const bool final = &phase == &cycle.phases.back();
    const double end = final ? last : std::min(phase.end, last);
    if (end > done && phase.end > start) {
      const Schedule whole = cycle.cosine ? cosine(phase.from, phase.to, phase.end - start)
                                          : linear(phase.from, phase.to, phase.end - start);
      timeline.add(done == start ? whole : whole.window(done - start), end - done);
      done = end;
    }
    start = phase.end;
  }
  const double at_last = cycle.at(last);
  const double beyond = cycle.at(cycle.total);
  if (!std::isfinite(beyond)) return timeline.then(constant(at_last, 1));  // there PyTorch divides by 0
  if (beyond >= 0) return timeline.hold(at_last, 1).then(constant(beyond));
  return foreign(
      in, [cycle](double t) { return cycle.at(t); }, cycle.total);
}

Schedule refuse_lambda(const PeerCall& in) {
  in.refuse_call(
      "takes a function of Python, which no text can carry: write the schedule with curves (calando list "
      "schedules), "
      "or, in C++, give the optimizer any callable of a step");
}

}  // namespace

std::vector<double> torch_milestones(const PeerCall& in) {
  std::vector<double> milestones = in.numbers("milestones");
  for (const double milestone : milestones) {
    if (!(milestone >= 0 && milestone <= 0x1p53 && milestone == std::trunc(milestone)))
      in.refuse("milestones", "a list of whole numbers of 0 or more");
  }
  std::sort(milestones.begin(), milestones.end());
  return milestones;
}

double TorchOneCycle::at(double t) const {
  double start = 0;
  for (const Phase& phase : phases) {
    if (t <= phase.end || &phase == &phases.back()) {
      const double share = (t - start) / (phase.end - start);
      if (!std::isfinite(share)) return share;
      if (cosine) return phase.to + (phase.from - phase.to) / 2 * (cospi(share) + 1);
      return (phase.to - phase.from) * share + phase.from;
    }
    start = phase.end;
  }
  return 0;
}

TorchOneCycle torch_one_cycle(const PeerCall& in) {
  TorchOneCycle cycle;
  const std::optional<double> total = in.maybe("total_steps");
  const std::optional<double> epochs = in.maybe("epochs");
  const std::optional<double> each = in.maybe("steps_per_epoch");
  if (!total && !(epochs && each)) in.refuse_call("total_steps is missing, or epochs and steps_per_epoch");
  cycle.total = total ? *total : *epochs * *each;
  cycle.cosine = in.word("anneal_strategy") == "cos";
  const double top = in.number("max_lr");
  const double initial = top / in.number("div_factor");
  const double least = initial / in.number("final_div_factor");
  const double share = in.number("pct_start");
  const double rise = share * cycle.total - 1;
  if (in.flag("three_phase")) {
    cycle.phases = {
        {rise, initial, top}, {2 * share * cycle.total - 2, top, initial}, {cycle.total - 1, initial, least}};
  } else {
    cycle.phases = {{rise, initial, top}, {cycle.total - 1, top, least}};
  }
  if (!std::isfinite(cycle.at(0)))
    in.refuse_call("its first phase has no length, pct_start x total_steps = 1: there PyTorch divides by 0");
  return cycle;
}

std::vector<Dialect> torch_dialects() {
  constexpr std::string_view kModule = "torch.optim.lr_scheduler";
  constexpr PeerArgument kVerbose = ignored("verbose", "False");
  const PeerArgument gamma = number("gamma", range::not_negative, "0.1");
  const PeerArgument lambda = any("lr_lambda", "a function of Python");
  const auto factor = [](std::string_view name, Interval range, std::string_view otherwise) {
    return number(name, range, otherwise);
  };
  // clang-format off
  return {
      {"torch", "StepLR", kModule,
       {kOptimizer, whole("step_size", 1), gamma, kLastEpoch, kVerbose, kLr}, step,
       "lr gamma^floor(t / step_size)", ""},
      {"torch", "MultiStepLR", kModule,
       {kOptimizer, numbers("milestones"), gamma, kLastEpoch, kVerbose, kLr}, multi_step,
       "lr gamma^(milestones that are <= t; one given twice counts twice)", ""},
      {"torch", "ConstantLR", kModule,
       {kOptimizer, factor("factor", range::closed(0, 1), "0.3333333333333333"), whole("total_iters", 0, "5"), kLastEpoch, kVerbose, kLr},
       constant_factor, "lr factor for t < total_iters, then lr", "factor = 0 is refused: PyTorch divides by it"},
      {"torch", "LinearLR", kModule,
       {kOptimizer, factor("start_factor", range::above_up_to(0, 1), "0.3333333333333333"),
        factor("end_factor", range::closed(0, 1), "1.0"), whole("total_iters", 0, "5"), kLastEpoch, kVerbose, kLr},
       linear_factor, "lr (start_factor + (end_factor - start_factor) min(t, total_iters) / total_iters)", ""},
      {"torch", "ExponentialLR", kModule,
       {kOptimizer, number("gamma", range::not_negative), kLastEpoch, kVerbose, kLr}, exponential, "lr gamma^t", ""},
      {"torch", "PolynomialLR", kModule,
       {kOptimizer, whole("total_iters", 0, "5"), number("power", range::closed(0, 1000), "1.0"), kLastEpoch, kVerbose, kLr},
       polynomial_factor, "lr (1 - min(t, total_iters) / total_iters)^power", ""},
      {"torch", "CosineAnnealingLR", kModule,
       {kOptimizer, length("T_max", range::closed(kShortest, 0x1p53)), rate("eta_min", "0.0"), kLastEpoch, kVerbose, kLr},
       cosine_annealing, "eta_min + (lr - eta_min) (1 + cos(pi t / T_max)) / 2; rises again behind T_max",
       "eta_min > lr is refused"},
      {"torch", "CosineAnnealingWarmRestarts", kModule,
       {kOptimizer, whole("T_0", 1), whole("T_mult", 1, "1"), rate("eta_min", "0.0"), kLastEpoch, kVerbose, kLr},
       warm_restarts, "eta_min + (lr - eta_min) (1 + cos(pi u / U)) / 2, cycles of U = T_0 T_mult^i steps",
       "eta_min > lr is refused; cycles are found without the integer logarithm of step(epoch)"},
      {"torch", "CyclicLR", kModule,
       {kOptimizer, rate("base_lr"), rate("max_lr"), length("step_size_up", range::closed(kShortest, 0x1p53), "2000"),
        length("step_size_down", range::closed(0, 0x1p53), "None"), word("mode", "triangular|triangular2|exp_range", "triangular"),
        number("gamma", range::not_negative, "1.0"), any("scale_fn", "None: a function of Python is none that a text can carry", "None"), ignored("scale_mode", "'cycle'"),
        ignored("cycle_momentum", "True"), ignored("base_momentum", "0.8"), ignored("max_momentum", "0.9"), kLastEpoch, kVerbose},
       cyclic, "base_lr + (max_lr - base_lr) h(t) k: up in step_size_up, down in step_size_down; k = 1, 2^-cycle, gamma^t",
       "max_lr < base_lr is refused"},
      {"torch", "OneCycleLR", kModule,
       {kOptimizer, rate("max_lr"), whole("total_steps", 1, "None"), whole("epochs", 1, "None"), whole("steps_per_epoch", 1, "None"),
        number("pct_start", range::closed(0, 1), "0.3"), word("anneal_strategy", "cos|linear", "cos"),
        ignored("cycle_momentum", "True"), ignored("base_momentum", "0.85"), ignored("max_momentum", "0.95"),
        number("div_factor", range::positive, "25.0"), number("final_div_factor", range::positive, "1e4"),
        flag("three_phase"), kLastEpoch, kVerbose},
       one_cycle, "max_lr / div_factor to max_lr at pct_start total_steps - 1, to that / final_div_factor at total_steps - 1",
       "step total_steps is PyTorch's, beyond the end of the cycle; behind it PyTorch raises, and this value is held"},
      {"torch", "SWALR", "torch.optim.swa_utils",
       {kOptimizer, rate("swa_lr"), whole("anneal_epochs", 0, "10"), word("anneal_strategy", "cos|linear", "cos"), kLastEpoch, kLr},
       swa, "lr to swa_lr in anneal_epochs, along a cosine or a line", "", StepUnit::epoch},
      {"torch", "SequentialLR", kModule,
       {kOptimizer, any("schedulers", "a list of torch's schedulers"), numbers("milestones"), kLastEpoch, kVerbose, kLr},
       torch_sequential, "schedulers[k] from milestones[k - 1] on, its own t counting from there",
       "behind a step at which PyTorch raises, the value is held"},
      {"torch", "ChainedScheduler", kModule,
       {any("schedulers", "a list of torch's schedulers"), kOptimizer, kLr}, torch_chained,
       "each scheduler's step on the rate that the one before it left; the product where all of them multiply",
       "stepped, O(t), where a member adds a floor or sets the rate"},
      {"torch", "LambdaLR", kModule, {kOptimizer, lambda, kLastEpoch, kVerbose, ignored("lr", "0")}, refuse_lambda,
       "lr lr_lambda(t)", "refused: it takes a function of Python"},
      {"torch", "MultiplicativeLR", kModule, {kOptimizer, lambda, kLastEpoch, kVerbose, ignored("lr", "0")}, refuse_lambda,
       "lr(t - 1) lr_lambda(t)", "refused: it takes a function of Python"},
      {"torch", "ReduceLROnPlateau", kModule,
       {kOptimizer, ignored("mode", "'min'"), ignored("factor", "0.1"), ignored("patience", "10"), ignored("threshold", "1e-4"),
        ignored("threshold_mode", "'rel'"), ignored("cooldown", "0"), ignored("min_lr", "0"), ignored("eps", "1e-8"),
        ignored("verbose", "False"), ignored("lr", "0")},
       refuse_controller, "-", "refused: it depends on losses, see `calando train --plateau`"},
  };
  // clang-format on
}

}  // namespace calando::schedule
