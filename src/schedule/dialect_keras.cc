// SPDX-License-Identifier: MIT
// keras.optimizers.schedules (Keras 3.15). t is optimizer.iterations; Keras computes in single precision.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/schedule/dialect.h"
#include "src/schedule/dialect_parts.h"
#include "src/schedule/math.h"

namespace calando::schedule {
namespace {

using namespace argument;  // NOLINT(google-build-using-namespace): the words of tables

double initial(const PeerCall& in) { return in.number("initial_learning_rate"); }

Schedule exponential_decay(const PeerCall& in) {
  return decay(initial(in), in.number("decay_rate"), in.number("decay_steps"), in.flag("staircase"));
}

/// Keras still gives the old value at a boundary, and cuts it to a whole step.
Schedule piecewise_constant_decay(const PeerCall& in) {
  const std::vector<double>& boundaries = in.numbers("boundaries");
  const std::vector<double>& values = in.numbers("values");
  if (boundaries.empty() || values.size() != boundaries.size() + 1) {
    in.refuse("values", fmt::format("{}, one more than the boundaries, of which there is at least one",
                                    boundaries.size() + 1));
  }
  std::vector<double> bounds;
  for (const double boundary : boundaries) {
    if (!bounds.empty() && boundary < bounds.back() - 1) in.refuse("boundaries", "steps in ascending order");
    bounds.push_back(std::trunc(boundary) + 1);
  }
  for (const double value : values) {
    if (!range::not_negative.contains(value)) in.refuse("values", "rates of 0 or more");
  }
  return piecewise_constant(bounds, values);
}

Schedule polynomial_decay(const PeerCall& in) {
  const double from = initial(in);
  const double to = in.number("end_learning_rate");
  const double steps = in.number("decay_steps");
  const double power = in.number("power");
  if (!in.flag("cycle")) return polynomial(from, to, steps, power);
  return foreign(in, [=](double t) {
    const double cycle = t == 0 ? 1 : std::ceil(t / steps);
    return (from - to) * (power == 0 ? 1 : rounded(pow(std::max(0.0, 1 - t / (steps * cycle)), power))) + to;
  });
}

Schedule inverse_time_decay(const PeerCall& in) {
  return curve("inverse_time", {initial(in), in.number("decay_rate"), in.number("decay_steps"),
                                in.flag("staircase") ? 1.0 : 0.0, kEndless});
}

Schedule cosine_decay(const PeerCall& in) {
  const double steps = in.number("decay_steps");
  const std::optional<double> target = in.maybe("warmup_target");
  const double peak = target.value_or(initial(in));
  const double warm = target ? in.number("warmup_steps") : 0;
  Timeline timeline;
  if (warm > 0) timeline.add(linear(initial(in), peak, warm), warm);
  return timeline.then(cosine(peak, in.number("alpha") * peak, steps));
}

Schedule cosine_decay_restarts(const PeerCall& in) {
  const double peak = initial(in);
  const double low = peak * in.number("alpha");
  const double steps = in.number("first_decay_steps");
  const double stretch = in.number("t_mul");
  const double shrink = in.number("m_mul");
  if (shrink == 1) return cosine(peak, low, steps).repeat(kEndless, stretch);
  if (shrink == 0) return cosine(peak, low, steps).then(low);
  // Beyond 2^900 no double follows.
  const double times = shrink < 1 ? kEndless : std::floor(900 / std::log2(shrink));
  const Schedule cycles = cosine(peak - low, 0, steps).repeat(times, stretch, shrink);
  return low == 0 ? cycles : constant(low).plus(cycles);
}

}  // namespace

std::vector<Dialect> keras_dialects() {
  constexpr std::string_view kModule = "keras.optimizers.schedules";
  const PeerArgument first = rate("initial_learning_rate");
  const PeerArgument steps = length("decay_steps", range::closed(kShortest, 0x1p53));
  const PeerArgument alpha = number("alpha", range::closed(0, 1), "0.0");
  const PeerArgument name = ignored("name", "None");
  // clang-format off
  return {
      {"keras", "ExponentialDecay", kModule, {first, steps, number("decay_rate", range::not_negative), flag("staircase"), name}, exponential_decay,
       "initial_learning_rate decay_rate^(t / decay_steps), whole periods where staircase", ""},
      {"keras", "PiecewiseConstantDecay", kModule, {numbers("boundaries"), numbers("values"), name}, piecewise_constant_decay,
       "values[k], k the number of boundaries that are < t", "boundaries have to ascend"},
      {"keras", "PolynomialDecay", kModule,
       {first, steps, rate("end_learning_rate", "0.0001"), number("power", range::closed(0, 1000), "1.0"), flag("cycle"), name}, polynomial_decay,
       "(initial - end) (1 - min(t, D) / D)^power + end; with cycle D is decay_steps ceil(t / decay_steps)", "cycle=True has no native form"},
      {"keras", "InverseTimeDecay", kModule, {first, steps, number("decay_rate", range::not_negative), flag("staircase"), name}, inverse_time_decay,
       "initial_learning_rate / (1 + decay_rate t / decay_steps), whole periods where staircase", ""},
      {"keras", "CosineDecay", kModule,
       {first, steps, alpha, name, rate("warmup_target", "None"), whole("warmup_steps", 0, "0")}, cosine_decay,
       "a line to warmup_target in warmup_steps, then a cosine to alpha warmup_target in decay_steps, which exclude the warm-up", "alpha > 1 is refused"},
      {"keras", "CosineDecayRestarts", kModule,
       {first, length("first_decay_steps", range::closed(kShortest, 0x1p53)), number("t_mul", range::closed(1, 1e6), "2.0"),
        number("m_mul", range::closed(0, 1e6), "1.0"), alpha, name}, cosine_decay_restarts,
       "initial_learning_rate ((1 - alpha) m_mul^i (1 + cos(pi f)) / 2 + alpha), cycle i of first_decay_steps t_mul^i steps",
       "cycles are found without Keras' logarithm in single precision, which misses restarts; t_mul < 1 is refused"},
      {"keras", "ReduceLROnPlateau", "keras.callbacks",
       {ignored("monitor", "None"), ignored("factor", "0.1"), ignored("patience", "10"), ignored("verbose", "0"), ignored("mode", "None"),
        ignored("min_delta", "0.0001"), ignored("cooldown", "0"), ignored("min_lr", "0.0")},
       refuse_controller, "-", "refused: it depends on losses, see `calando train --plateau`"},
  };
  // clang-format on
}

}  // namespace calando::schedule
