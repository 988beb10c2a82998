// SPDX-License-Identifier: MIT
// fairseq.optim.lr_scheduler, by the registered names (--lr-scheduler NAME). t is what step_update(num_updates) is given.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/schedule/dialect.h"
#include "src/schedule/dialect_parts.h"
#include "src/spec/number.h"

namespace calando::schedule {
namespace {

using namespace argument;  // NOLINT(google-build-using-namespace): the words of tables

/// warmup_init_lr, or `otherwise` where it is below 0.
double warmup_start(const PeerCall& in, double otherwise) {
  const double start = in.number("warmup_init_lr");
  return start < 0 ? otherwise : start;
}

Schedule warmed(const PeerCall& in, double start, const Schedule& behind) {
  const double warm = in.number("warmup_updates");
  return warm == 0 ? behind : linear(start, in.lr(), warm).then(behind);
}

void refuse_epochs(const PeerCall& in) {
  if (in.given("force_anneal")) in.refuse("force_anneal", "None: it counts epochs, and t counts updates");
}

Schedule cosine_schedule(const PeerCall& in) {
  const double low = std::min(in.number("min_lr"), in.lr());
  double period = in.number("lr_period_updates");
  if (period <= 0) {
    if (!in.given("max_update")) in.refuse_call("lr_period_updates is missing, or max_update");
    period = in.number("max_update") - in.number("warmup_updates");
    if (!(period > 0)) in.refuse("max_update", "above warmup_updates");
  }
  const double shrink = in.number("lr_shrink");
  const double times = shrink <= 1 ? kEndless : std::floor(900 / std::log2(shrink));
  return warmed(in, warmup_start(in, low),
                cosine(in.lr(), low, period).repeat(times, in.number("t_mult"), shrink));
}

Schedule fixed(const PeerCall& in) {
  refuse_epochs(in);
  const double warm = in.number("warmup_updates");
  return warm == 0 ? constant(in.lr()) : warm == 1 ? constant(in.lr()) : linear(0, in.lr(), warm).window(1);
}

Schedule inverse_sqrt(const PeerCall& in) {
  return warmed(in, warmup_start(in, 0),
                curve("inverse_sqrt", {in.lr(), in.number("warmup_updates"), kEndless}));
}

Schedule polynomial_decay(const PeerCall& in) {
  refuse_epochs(in);
  const double end = in.number("end_learning_rate");
  const double warm = in.number("warmup_updates");
  const double steps = in.number("total_num_update") - warm;
  const double power = in.number("power");
  if (steps <= 0) return warmed(in, 0, Timeline().hold(in.lr(), warm > 0 ? 1 : 0).then(end));
  if (power == 0) return warmed(in, 0, Timeline().hold(in.lr(), steps).then(end));
  return warmed(in, 0, polynomial(in.lr(), end, steps, power));
}

Schedule tri_stage(const PeerCall& in) {
  double warm = in.number("warmup_steps");
  double hold = in.number("hold_steps");
  double fall = in.number("decay_steps");
  if (in.given("phase_ratio")) {
    const std::vector<double>& ratio = in.numbers("phase_ratio");
    if (ratio.size() != 3 || ratio[0] + ratio[1] + ratio[2] != 1 ||
        *std::min_element(ratio.begin(), ratio.end()) < 0)
      in.refuse("phase_ratio", "three shares that add up to 1");
    if (!in.given("max_update")) in.refuse_call("max_update is missing: phase_ratio is a share of it");
    warm = std::trunc(in.number("max_update") * ratio[0]);
    hold = std::trunc(in.number("max_update") * ratio[1]);
    fall = std::trunc(in.number("max_update") * ratio[2]);
  }
  if (!(fall > 0)) in.refuse_call("decay_steps = 0, expected 1 or more: fairseq divides by it");
  const double lr = in.lr();
  Timeline timeline;
  if (warm > 0) timeline.add(linear(in.number("init_lr_scale") * lr, lr, warm), warm);
  timeline.hold(lr, hold);
  return timeline.then(lr == 0 ? constant(0)
                               : curve("exponential", {lr, in.number("final_lr_scale") * lr, fall}));
}

Schedule triangular_expression(const PeerCall& in, double half) {
  const double low = in.lr();
  const double high = in.number("max_lr");
  if (!(high > low)) in.refuse("max_lr", fmt::format("above lr, {}", low));
  const double shrink = in.number("lr_shrink");
  const double times = shrink <= 1 ? kEndless : std::floor(900 / std::log2(shrink));
  const auto cycle = [&](double base, double peak) {
    return linear(base, peak, half).then(linear(peak, base, half));
  };
  if (shrink == 1 || in.flag("shrink_min")) return cycle(low, high).repeat(times, 1, shrink);
  const Schedule peaks = cycle(0, high).repeat(times, 1, shrink);
  return low == 0 ? peaks : peaks.plus(cycle(low, 0).repeat());
}

/// x = t / S - 2 (c + 1) + 1 runs from -1 to 1 in cycle c; fairseq's doubles lose what t / S is large by.
Schedule triangular(const PeerCall& in) {
  const double half = std::floor(in.number("lr_period_updates") / 2);
  return clocked(in, triangular_expression(in, half), [half](double t) {
    const double cycle = std::floor(t / (2 * half));
    const double x = t / half - 2 * (cycle + 1) + 1;
    return DoubleDouble(half) * (DoubleDouble(2 * cycle + 1) + DoubleDouble(x));
  });
}

Schedule step(const PeerCall& in) {
  const double low = in.number("min_lr");
  if (!(in.lr() > low)) in.refuse("min_lr", fmt::format("below lr, {}", in.lr()));
  const Schedule fall = decay(in.lr(), in.number("lr_decay"), in.number("lr_deacy_period"), true);
  return warmed(in, warmup_start(in, low), low == 0 ? fall : fall.clamped(low));
}

/// {1: 0.1, 500: 0.01}: each rate from its update on; before the first, lr, or the rate of update 1 where there is one.
Schedule manual(const PeerCall& in) {
  if (in.given("epoch2lr")) in.refuse("epoch2lr", "None: it counts epochs, and t counts updates");
  const std::map<double, double> rates = read_steps(in, "update2lr");
  std::vector<double> bounds;
  std::vector<double> values{rates.count(1) != 0 ? rates.at(1) : in.lr()};
  for (const auto& [update, lr] : rates) {
    bounds.push_back(update);
    values.push_back(lr);
  }
  return piecewise_constant(bounds, values);
}

}  // namespace

std::vector<Dialect> fairseq_dialects() {
  constexpr std::string_view kModule = "fairseq.optim.lr_scheduler";
  const PeerArgument warm = whole("warmup_updates", 0, "0");
  const PeerArgument start = number("warmup_init_lr", range::at_least(-1), "-1");
  const PeerArgument shrink = number("lr_shrink", range::above_up_to(0, 1e6), "0.1");
  const PeerArgument anneal = whole("force_anneal", 0, "None");
  const PeerArgument max_update = length("max_update", range::closed(1, 0x1p53), "None");
  const PeerArgument lr{"lr", Kind::base_rate, range::not_negative, "",
                        "the optimizer's rate; a list has one"};
  // clang-format off
  return {
      {"fairseq", "cosine", kModule,
       {warm, start, lr, rate("min_lr", "0.0"), number("t_mult", range::closed(1, 1e6), "1.0"),
        PeerArgument{"lr_period_updates", Kind::length, range::closed(-1, 0x1p53), "-1", "steps"}, shrink, max_update}, cosine_schedule,
       "a line to lr, then s^i (min_lr + (lr - min_lr) (1 + cos(pi u / U)) / 2), s = lr_shrink, U = lr_period_updates t_mult^i",
       "cycles are found without fairseq's floor of a logarithm, which misses restarts; t_mult < 1 is refused"},
      {"fairseq", "fixed", kModule, {anneal, shrink, warm, lr}, fixed, "lr min(1, (t + 1) / W), W = warmup_updates",
       "lists of rates and force_anneal count epochs and are refused"},
      {"fairseq", "inverse_sqrt", kModule, {whole("warmup_updates", 1, "4000"), start, lr}, inverse_sqrt, "a line to lr in W steps, then lr sqrt(W / t)",
       "warmup_updates = 0 is refused: fairseq divides by it"},
      {"fairseq", "polynomial_decay", kModule,
       {warm, anneal, rate("end_learning_rate", "0.0"), number("power", range::closed(0, 1000), "1.0"), length("total_num_update", range::closed(1, 0x1p53)), lr},
       polynomial_decay, "lr t / W for t <= W, then end + (lr - end) (1 - (t - W) / (total - W))^power", "force_anneal counts epochs and is refused"},
      {"fairseq", "tri_stage", kModule,
       {whole("warmup_steps", 0, "0"), whole("hold_steps", 0, "0"), whole("decay_steps", 0, "0"), numbers("phase_ratio", "None"),
        number("init_lr_scale", range::not_negative, "0.01"), number("final_lr_scale", range::positive, "0.01"), max_update, lr}, tri_stage,
       "a line from init_lr_scale lr to lr, lr, then lr final_lr_scale^(j / decay_steps)", ""},
      {"fairseq", "triangular", kModule,
       {rate("max_lr"), length("lr_period_updates", range::closed(2, 0x1p53), "5000"), shrink, flag("shrink_min"), lr}, triangular,
       "min + (max s^c - min) max(0, 1 - |t / S - 2 (c + 1) + 1|), S = lr_period_updates // 2, cycle c, s = lr_shrink", ""},
      {"fairseq", "step", kModule,
       {warm, start, lr, rate("min_lr", "0.0"), whole("lr_deacy_period", 1, "25000"), number("lr_decay", range::closed(0, 1), "0.5")}, step,
       "a line to lr, then max(lr lr_decay^((t - W) // lr_deacy_period), min_lr); the spelling is fairseq's", ""},
      {"fairseq", "manual", kModule, {any("epoch2lr", "None", "None"), any("update2lr", "a dictionary such as {1: 0.1}"), lr}, manual,
       "the rate of the last update in update2lr that is <= t", "epoch2lr counts epochs and is refused"},
      {"fairseq", "reduce_lr_on_plateau", kModule,
       {ignored("lr_shrink", "0.1"), ignored("lr_threshold", "1e-4"), ignored("lr_patience", "0"), ignored("warmup_updates", "0"),
        ignored("warmup_init_lr", "-1"), ignored("lr", "0")},
       refuse_controller, "-", "refused: it depends on losses, see `calando train --plateau`"},
  };
  // clang-format on
}

}  // namespace calando::schedule
