// SPDX-License-Identifier: MIT
// A schedule's value at a step: one descent through the expression.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "calando/error.h"
#include "src/schedule/node.h"

namespace calando::schedule {
namespace {

/// Whether a start lies at t or before, or behind it by rounding.
bool reached(DoubleDouble t, DoubleDouble start, double slack) {
  return (t.high - start.high) + (t.low - start.low) >= -slack * t.high;
}

/// How many of the ascending numbers are <= t. Steps may come in any order, so that no branch depends on a comparison.
std::size_t count_up_to(const double* keys, std::size_t size, double t) {
  constexpr std::size_t kFew = 16;
  const double* first = keys;
  while (size > kFew) {
    const std::size_t half = size / 2;
    first = first[half] <= t ? first + half : first;
    size -= half;
  }
  std::int64_t count = first - keys;
  for (std::size_t i = 0; i < size; ++i) count += first[i] <= t ? 1 : 0;
  return static_cast<std::size_t>(count);
}

/// The part that owns t: the last whose start is not behind it. The rounded starts find it, or a neighbour.
std::size_t owner(const Chain& chain, DoubleDouble t, double slack) {
  const std::size_t count = chain.keys.size();
  std::size_t k = count_up_to(chain.keys.data() + 1, count - 1, t.high);
  while (k + 1 < count && reached(t, chain.starts[k + 1], slack)) ++k;
  while (k > 0 && !reached(t, chain.starts[k], slack)) --k;
  return k;
}

/// t - start, not below 0.
DoubleDouble elapsed(DoubleDouble t, DoubleDouble start) {
  const DoubleDouble high = two_sum(t.high, -start.high);
  const DoubleDouble time = quick_two_sum(high.high, high.low + (t.low - start.low));
  return time.high < 0 ? DoubleDouble(0) : time;
}

DoubleDouble value_of(const Chain& chain, DoubleDouble t, double slack) {
  const std::size_t k = owner(chain, t, slack);
  return value_at(chain.parts[k].node(), elapsed(t, chain.starts[k]), slack);
}

struct Cycle {
  std::int64_t index = 0;
  DoubleDouble start;
  DoubleDouble scale;  // stretch^index
};

/// Cycles start at L (stretch^i - 1) / (stretch - 1), or at L i.
Cycle cycle_at(const Repeat& repeat, DoubleDouble length, std::int64_t index) {
  if (repeat.stretch == 1) return {index, length * from_step(index), 1};
  const DoubleDouble scale = whole_power(repeat.stretch, index);
  return {index, length * ((scale - DoubleDouble(1)) / (DoubleDouble(repeat.stretch) - DoubleDouble(1))),
          scale};
}

/// The cycle that owns t. The quotient or the logarithm only guesses; what decides is the comparison with the starts.
Cycle find_cycle(const Repeat& repeat, DoubleDouble t, double slack) {
  const DoubleDouble length = repeat.part.node().length;
  const double stretch = repeat.stretch;
  const auto last = static_cast<std::int64_t>(std::min(repeat.times - 1, 0x1p62));
  const DoubleDouble ratio = t / length;
  const double guess = stretch == 1 ? ratio.high : std::log1p(ratio.high * (stretch - 1)) / std::log(stretch);
  // Not std::clamp: a NaN, the logarithm of what rounding put below 0, becomes the last cycle.
  auto index = static_cast<std::int64_t>(guess < 0x1p62 ? std::floor(std::max(guess, 0.0)) : 0x1p62);
  if (stretch == 1)
    index += static_cast<std::int64_t>(std::floor(ratio.low));  // beyond 2^53 the low part counts cycles
  Cycle cycle = cycle_at(repeat, length, std::clamp<std::int64_t>(index, 0, last));
  while (cycle.index > 0 && !reached(t, cycle.start, slack))
    cycle = cycle_at(repeat, length, cycle.index - 1);
  while (cycle.index < last && reached(t, cycle.start + length * cycle.scale, slack))
    cycle = cycle_at(repeat, length, cycle.index + 1);
  return cycle;
}

DoubleDouble value_of(const Repeat& repeat, DoubleDouble t, double slack) {
  const Cycle cycle = find_cycle(repeat, t, slack);
  const DoubleDouble local = elapsed(t, cycle.start);
  const bool same_time = repeat.stretch == 1;
  const DoubleDouble value = value_at(repeat.part.node(), same_time ? local : local / cycle.scale, slack);
  if (repeat.shrink == 1) return value;
  return value * whole_power(repeat.shrink, cycle.index);
}

DoubleDouble value_of(const Scaled& scaled, DoubleDouble t, double slack) {
  return value_at(scaled.part.node(), t, slack) * DoubleDouble(scaled.factor);
}

DoubleDouble value_of(const Product& product, DoubleDouble t, double slack) {
  return value_at(product.a.node(), t, slack) * value_at(product.b.node(), t, slack);
}

DoubleDouble value_of(const Sum& sum, DoubleDouble t, double slack) {
  return value_at(sum.a.node(), t, slack) + value_at(sum.b.node(), t, slack);
}

DoubleDouble value_of(const Clamped& clamped, DoubleDouble t, double slack) {
  const DoubleDouble value = value_at(clamped.part.node(), t, slack);
  if (!reaches(value, clamped.low)) return clamped.low;
  return reaches(value, clamped.high) ? DoubleDouble(clamped.high) : value;
}

DoubleDouble value_of(const Window& window, DoubleDouble t, double slack) {
  return value_at(window.part.node(), t + DoubleDouble(window.start), slack);
}

DoubleDouble value_of(const Stairs& stairs, DoubleDouble t, double slack) {
  const DoubleDouble stair = whole_periods(t, stairs.steps, slack) * DoubleDouble(stairs.steps);
  return value_at(stairs.part.node(), stair, slack);
}

/// Rules of peers know whole steps only.
DoubleDouble value_of(const Foreign& foreign, DoubleDouble t, double slack) {
  const DoubleDouble step = whole_periods(t, 1, slack);
  if (step.high >= 0x1p63) return foreign.rule->at(std::numeric_limits<Step>::max());
  return foreign.rule->at(static_cast<Step>(step.high) + static_cast<Step>(step.low));
}

}  // namespace

DoubleDouble whole_periods(DoubleDouble t, double steps, double slack) {
  const DoubleDouble count = floor(t / DoubleDouble(steps));
  const DoubleDouble next = count + DoubleDouble(1);
  return slack > 0 && reached(t, next * DoubleDouble(steps), slack) ? next : count;
}

DoubleDouble value_at(const Schedule::Node& node, DoubleDouble t, double slack) {
  const double more = std::max(slack, node.slack);
  if (reached(t, node.length, more)) return node.end;
  // Not std::visit: what its lambda captures goes through memory, at three times the cost of a call.
  if (const auto* segment = std::get_if<Segment>(&node.form)) return segment->curve->value(*segment, t);
  if (const auto* chain = std::get_if<Chain>(&node.form)) return value_of(*chain, t, more);
  if (const auto* repeat = std::get_if<Repeat>(&node.form)) return value_of(*repeat, t, more);
  if (const auto* scaled = std::get_if<Scaled>(&node.form)) return value_of(*scaled, t, more);
  if (const auto* product = std::get_if<Product>(&node.form)) return value_of(*product, t, more);
  if (const auto* sum = std::get_if<Sum>(&node.form)) return value_of(*sum, t, more);
  if (const auto* clamped = std::get_if<Clamped>(&node.form)) return value_of(*clamped, t, more);
  if (const auto* window = std::get_if<Window>(&node.form)) return value_of(*window, t, more);
  if (const auto* stairs = std::get_if<Stairs>(&node.form)) return value_of(*stairs, t, more);
  return value_of(std::get<Foreign>(node.form), t, more);
}

}  // namespace calando::schedule

namespace calando {

double Schedule::operator()(Step t) const {
  if (t < 0) throw UsageError(fmt::format("a schedule at step {}, expected 0 or more", t));
  const double value = schedule::rounded(schedule::value_at(*node_, schedule::from_step(t), 0));
  // Nothing is NaN to begin with: it stands for something that grew beyond the range.
  return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
}

}  // namespace calando
