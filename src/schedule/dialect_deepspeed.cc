// SPDX-License-Identifier: MIT
// deepspeed.runtime.lr_schedules (DeepSpeed 0.19). t is the number of calls of step(): DeepSpeed's own counter is t - 1.
#include <algorithm>
#include <cmath>

#include "src/schedule/dialect.h"
#include "src/schedule/dialect_parts.h"

namespace calando::schedule {
namespace {

using namespace argument;  // NOLINT(google-build-using-namespace): the words of tables

double warmup_steps(const PeerCall& in) { return std::max(2.0, in.number("warmup_num_steps")); }

/// From `low` to `high` along ln(n + 1) / ln W or n / W.
Schedule warmup(const PeerCall& in, double low, double high) {
  const double steps = warmup_steps(in);
  if (in.word("warmup_type") == "linear") return linear(low, high, steps);
  return curve("logarithmic", {low, high, steps - 1});
}

double top(const PeerCall& in) {
  const std::optional<double> given = in.maybe("warmup_max_lr");
  if (!given && !in.maybe("lr"))
    in.refuse_call("warmup_max_lr is missing, or lr, the rate that the optimizer was made with");
  return given ? *given : in.lr();
}

Schedule warmup_lr(const PeerCall& in) {
  const double low = in.number("warmup_min_lr");
  return Timeline().hold(low, 1).then(warmup(in, low, top(in)));
}

Schedule warmup_decay_lr(const PeerCall& in) {
  const double low = in.number("warmup_min_lr");
  const double high = top(in);
  const double steps = in.number("total_num_steps") - warmup_steps(in);
  return Timeline()
      .hold(low, 1)
      .add(warmup(in, low, high), warmup_steps(in))
      .then(steps > 0 ? linear(high, low, steps) : constant(low));
}

/// The first two updates have a rate of 0 where warmup_min_ratio is 0; the cosine starts one step in.
Schedule warmup_cosine_lr(const PeerCall& in) {
  const double lr = in.lr();
  const double low = lr * in.number("cos_min_ratio");
  const double steps = std::max(1.0, in.number("total_num_steps") - warmup_steps(in));
  const Schedule fall = steps > 1 ? cosine(lr, low, steps).window(1) : constant(low);
  return Timeline()
      .hold(0, 1)
      .add(warmup(in, lr * in.number("warmup_min_ratio"), lr), warmup_steps(in))
      .then(fall);
}

Schedule stairs_between(double from, double to, double length, double count) {
  if (count == 0) return linear(from, to, length);
  return linear(from, to, length).stairs(length / count);
}

Schedule one_cycle(const PeerCall& in) {
  const double low = in.number("cycle_min_lr");
  const double high = in.number("cycle_max_lr");
  const double up = in.number("cycle_first_step_size");
  const double down = in.maybe("cycle_second_step_size").value_or(up);
  const double first = in.number("cycle_first_stair_count");
  const double second = in.maybe("cycle_second_stair_count").value_or(first);
  Timeline timeline;
  timeline.add(stairs_between(low, high, up, first), up);
  if (down > 0 && second == 0) timeline.add(linear(high, low, down), down);
  if (down > 0 && second > 0) {
    // Coming down, a stair is what the floor of the way that is left says: its lower end belongs to the next one.
    const double stair = down / second;
    timeline.hold(high, std::min(down, 1.0));
    for (double k = 1; k <= second; ++k) {
      const double value = low + (high - low) * (second - k) / second;
      const double from = std::floor((k - 1) * stair) + 1;
      const double to = k == second ? down : std::floor(k * stair) + 1;
      timeline.hold(value, to - from);
    }
  }
  const double interval = in.number("decay_step_size");
  const double rate = in.number("decay_lr_rate");
  const bool decays = interval > 0 && rate > 0;
  return timeline.then(decays ? curve("inverse_time", {low, rate, interval, 0, kEndless}) : constant(low));
}

Schedule range_test(const PeerCall& in) {
  return curve("growth", {in.number("lr_range_test_min_lr"), in.number("lr_range_test_step_rate"),
                          in.number("lr_range_test_step_size"),
                          in.flag("lr_range_test_staircase") ? 1.0 : 0.0, kEndless});
}

}  // namespace

std::vector<Dialect> deepspeed_dialects() {
  constexpr std::string_view kModule = "deepspeed.runtime.lr_schedules";
  constexpr PeerArgument kLast{
      "last_batch_iteration", Kind::start, {}, "-1", "none: a schedule has no position"};
  const PeerArgument low = rate("warmup_min_lr", "0.0");
  const PeerArgument high = rate("warmup_max_lr", "0.001");
  const PeerArgument high_or_lr = rate("warmup_max_lr", "None");
  const PeerArgument warm = whole("warmup_num_steps", 1, "1000");
  const PeerArgument type = word("warmup_type", "log|linear", "'log'");
  const PeerArgument total = whole("total_num_steps", 0);
  const auto stairs = [](std::string_view name, std::string_view otherwise) {
    return PeerArgument{name, Kind::whole, range::closed(0, 1e5), otherwise, "a number of stairs"};
  };
  // clang-format off
  return {
      {"deepspeed", "WarmupLR", kModule, {kOptimizer, low, high_or_lr, warm, type, kLast, kMaybeLr}, warmup_lr,
       "min, then min + (max - min) ln(n + 1) / ln W, or n / W, up to max; n = t - 1, W = max(2, warmup_num_steps)",
       "a warmup_type of neither name is refused, where DeepSpeed warns and takes log"},
      {"deepspeed", "WarmupDecayLR", kModule, {kOptimizer, total, low, high, warm, type, kLast, kMaybeLr}, warmup_decay_lr,
       "WarmupLR, then a line to min at n = total_num_steps", "as WarmupLR"},
      {"deepspeed", "WarmupCosineLR", kModule,
       {kOptimizer, total, number("warmup_min_ratio", range::not_negative, "0.0"), warm, number("cos_min_ratio", range::closed(0, 1), "0.0001"), type, kLast, kLr},
       warmup_cosine_lr, "0, then lr times the warm-up, then lr (r + (1 - r) (1 + cos(pi min(1, (n - W + 1) / (N - W)))) / 2), r = cos_min_ratio",
       "as WarmupLR; cos_min_ratio > 1 is refused"},
      {"deepspeed", "OneCycle", kModule,
       {kOptimizer, rate("cycle_min_lr"), rate("cycle_max_lr"), number("decay_lr_rate", range::not_negative, "0.0"), whole("cycle_first_step_size", 1, "2000"),
        whole("cycle_second_step_size", 0, "None"), stairs("cycle_first_stair_count", "0"), stairs("cycle_second_stair_count", "None"),
        number("decay_step_size", range::not_negative, "0"), ignored("cycle_momentum", "True"), ignored("cycle_min_mom", "0.8"), ignored("cycle_max_mom", "0.9"),
        ignored("decay_mom_rate", "0.0"), kLast}, one_cycle,
       "a line up, a line down, or stairs, then min / (1 + decay_lr_rate (t - L) / decay_step_size) behind the cycle's L steps", ""},
      {"deepspeed", "LRRangeTest", kModule,
       {kOptimizer, rate("lr_range_test_min_lr", "0.001"), whole("lr_range_test_step_size", 1, "2000"), number("lr_range_test_step_rate", range::not_negative, "1.0"),
        flag("lr_range_test_staircase"), kLast}, range_test, "min (1 + rate t / step_size), whole periods where staircase", ""},
  };
  // clang-format on
}

}  // namespace calando::schedule
