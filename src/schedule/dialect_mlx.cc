// SPDX-License-Identifier: MIT
// mlx.optimizers (MLX 0.32). t is the number of updates before this one; MLX computes in single precision.
#include "src/schedule/dialect.h"
#include "src/schedule/dialect_parts.h"

namespace calando::schedule {
namespace {

using namespace argument;  // NOLINT(google-build-using-namespace): the words of tables

Schedule exponential_decay(const PeerCall& in) { return decay(in.number("init"), in.number("decay_rate")); }

Schedule step_decay(const PeerCall& in) {
  return decay(in.number("init"), in.number("decay_rate"), in.number("step_size"), true);
}

Schedule cosine_decay(const PeerCall& in) {
  const double init = in.number("init");
  const double steps = in.number("decay_steps");
  if (in.given("minimum")) return cosine(init, 0, steps).clamped(floor_below(in, "minimum", init));
  return cosine(init, floor_below(in, "end", init), steps);
}

Schedule linear_schedule(const PeerCall& in) {
  return linear(in.number("init"), in.number("end"), in.number("steps"));
}

}  // namespace

std::vector<Dialect> mlx_dialects() {
  constexpr std::string_view kModule = "mlx.optimizers";
  const PeerArgument init = rate("init");
  const PeerArgument decay_rate = number("decay_rate", range::not_negative);
  const PeerArgument steps = length("decay_steps", range::closed(kShortest, 0x1p53));
  // clang-format off
  return {
      {"mlx", "exponential_decay", kModule, {init, decay_rate}, exponential_decay, "init decay_rate^t", ""},
      {"mlx", "step_decay", kModule, {init, decay_rate, whole("step_size", 1)}, step_decay, "init decay_rate^floor(t / step_size)", ""},
      {"mlx", "cosine_decay", kModule, {init, steps, rate("end", "0.0"), rate("minimum", "None")}, cosine_decay,
       "end + (init - end) (1 + cos(pi min(t, T) / T)) / 2, T = decay_steps; with minimum, of older versions, max(init (1 + cos(...)) / 2, minimum)",
       "end > init is refused"},
      {"mlx", "linear_schedule", kModule, {init, rate("end"), whole("steps", 1)}, linear_schedule, "init + (end - init) min(t, steps) / steps", ""},
      {"mlx", "join_schedules", kModule, {any("schedules", "a list of schedules"), numbers("boundaries")}, join_schedules,
       "schedules[k] at t - boundaries[k - 1] from that boundary on", "boundaries have to ascend"},
  };
  // clang-format on
}

}  // namespace calando::schedule
