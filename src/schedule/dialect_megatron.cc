// SPDX-License-Identifier: MIT
// megatron.core.optimizer_param_scheduler (Megatron core 0.16). t is num_steps, which Megatron advances by the samples of
// a global batch.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/schedule/dialect.h"
#include "src/schedule/dialect_parts.h"

namespace calando::schedule {
namespace {

using namespace argument;  // NOLINT(google-build-using-namespace): the words of tables

Schedule annealed(const PeerCall& in, double top, double low, double length) {
  const std::string style = in.word("lr_wsd_decay_style");
  if (style.empty())
    in.refuse_call("lr_wsd_decay_style is missing, expected linear, cosine, exponential or minus_sqrt");
  if (style == "linear") return linear(top, low, length);
  if (style == "cosine") return cosine(top, low, length);
  if (style == "exponential") return curve("saturating", {top, low, length, 0.5});
  return curve("one_minus_sqrt", {top, low, length});
}

/// Behind the warm-up, from its last step on; `left` steps to lr_decay_steps.
Schedule behind_warmup(const PeerCall& in, double warm, double left) {
  const double top = in.number("max_lr");
  const double low = in.number("min_lr");
  const std::string style = in.word("lr_decay_style");
  if (style == "constant") return constant(top);
  if (style == "linear") return linear(top, low, left);
  if (style == "cosine") return cosine(top, low, left);
  if (style == "inverse-square-root") {
    const double held = warm == 0 ? 1 : 0;  // sqrt(max(n, 1))
    const Schedule slow =
        Timeline().hold(top, held).then(curve("inverse_sqrt", {top, std::max(warm, 1.0), kEndless}));
    return Timeline().add(slow.clamped(low), left + 1).then(low);
  }
  if (!in.given("wsd_decay_steps")) in.refuse_call("wsd_decay_steps is missing");
  const double length = in.number("wsd_decay_steps");
  const double stable = left - length;  // below 0: the decay began within the warm-up
  if (length == 0) return Timeline().hold(top, left + 1).then(low);
  const Schedule fall = annealed(in, top, low, length);
  if (stable >= 0) return Timeline().hold(top, stable).then(fall);
  return Timeline().hold(top, warm > 0 ? 1 : 0).then(fall.window(-stable + (warm > 0 ? 1 : 0)));
}

Schedule optimizer_param_scheduler(const PeerCall& in) {
  const double top = in.number("max_lr");
  floor_below(in, "min_lr", top);
  floor_below(in, "init_lr", top);
  const double warm = in.number("lr_warmup_steps");
  const double left = in.number("lr_decay_steps") - warm;
  if (!(left > 0)) in.refuse("lr_decay_steps", fmt::format("above lr_warmup_steps, {}", warm));
  const Schedule behind = behind_warmup(in, warm, left);
  return warm == 0 ? behind : linear(in.number("init_lr"), top, warm).then(behind);
}

}  // namespace

std::vector<Dialect> megatron_dialects() {
  // clang-format off
  return {
      {"megatron", "OptimizerParamScheduler", "megatron.core.optimizer_param_scheduler",
       {kOptimizer, rate("init_lr"), rate("max_lr"), rate("min_lr"), whole("lr_warmup_steps", 0), whole("lr_decay_steps", 1),
        word("lr_decay_style", "constant|linear|cosine|inverse-square-root|WSD"), ignored("start_wd", "0.0"), ignored("end_wd", "0.0"),
        ignored("wd_incr_steps", "0"), ignored("wd_incr_style", "'constant'"), ignored("use_checkpoint_opt_param_scheduler", "True"),
        ignored("override_opt_param_scheduler", "False"), whole("wsd_decay_steps", 0, "None"),
        word("lr_wsd_decay_style", "linear|cosine|exponential|minus_sqrt", "None")},
       optimizer_param_scheduler,
       "init + (max - init) n / W for n <= W, then max to min at n = lr_decay_steps in the style given; min behind it",
       "the arguments of the weight decay may be left out", StepUnit::sample},
  };
  // clang-format on
}

}  // namespace calando::schedule
