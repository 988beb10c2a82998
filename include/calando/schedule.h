// SPDX-License-Identifier: MIT
// Learning-rate schedules as values.
//
//   Schedule lr = linear(0, 3e-4, 2'000).then(cosine(3e-4, 3e-5, 98'000));
//   lr(0);          // 0
//   lr(2'000);      // 3e-4
//   lr(900'000);    // 3e-5
//
// A schedule has no position: lr(t) is the same number in any order and after any resume. t is the number of updates
// already done, so the first update uses lr(0).
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace calando {

/// A number of updates. Lengths of segments are real numbers; steps are whole.
using Step = std::int64_t;

inline constexpr double kEndless = std::numeric_limits<double>::infinity();

class Schedule {
 public:
  struct Node;  // src/schedule/node.h

  /// A constant for ever.
  Schedule(double value);  // NOLINT(google-explicit-constructor): a rate is a schedule
  explicit Schedule(std::shared_ptr<const Node> node);

  /// The value at step t >= 0; past the end, the last value. Same bits everywhere, no allocation.
  double operator()(Step t) const;

  /// Steps until the end; kEndless where there is none.
  double length() const;

  /// This, then `next`: at the joint `next` speaks. Throws UsageError where this one has no end.
  Schedule then(const Schedule& next) const;
  /// This again and again, `times` whole or kEndless; the i-th time (from 0) stretched in time by stretch^i and
  /// multiplied by shrink^i.
  Schedule repeat(double times = kEndless, double stretch = 1, double shrink = 1) const;
  Schedule scaled(double factor) const;
  Schedule times(const Schedule& other) const;  // the product, as long as the longer one
  Schedule plus(const Schedule& other) const;   // the sum: a floor under a shape that shrinks
  Schedule clamped(double low, double high = kEndless) const;
  /// What this does from step `start` on, for `length` steps: longer than it lasts, it holds its last value.
  Schedule window(double start, double length = kEndless) const;
  /// Its values at 0, `steps`, 2 `steps`, ..., each held for that long.
  Schedule stairs(double steps) const;

  const Node& node() const { return *node_; }
  friend bool operator==(const Schedule& a, const Schedule& b);

 private:
  std::shared_ptr<const Node> node_;
};

Schedule constant(double value, double length = kEndless);
Schedule linear(double from, double to, double length);
/// from + (to - from) (1 - cos(pi t / length)) / 2
///
/// Source:  Loshchilov & Hutter 2017, equation 5.
Schedule cosine(double from, double to, double length);

/// to + (from - to) (1 - t / length)^power
Schedule polynomial(double from, double to, double length, double power = 1);
/// from (to / from)^(t / length), both above 0
Schedule exponential(double from, double to, double length);
/// to + (from - to) (1 - sqrt(t / length))
Schedule one_minus_sqrt(double from, double to, double length);
/// from factor^(t / steps), for ever
Schedule decay(double from, double factor, double steps = 1);
/// from sqrt(timescale / (timescale + t)), for ever
Schedule inverse_sqrt(double from, double timescale);

/// What `%` and `ep` mean in a text: updates in the whole run, updates in an epoch. Unknown ones are refused by name.
struct RunLength {
  std::optional<double> run_steps;
  std::optional<double> epoch_steps;
};

/// Reads the text form: calls of the curves above, `a then b`, repeat(a, times, stretch=, shrink=), scaled(a, factor),
/// times(a, b), clamped(a, low, high); and peers' schedules by the peers' names: torch.StepLR(lr=0.1, step_size=30), or
/// a line of Python such as torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=100).
///
/// Throws:  UsageError with the column.
Schedule parse_schedule(std::string_view text, const RunLength& run = {});

/// What one step of a schedule stands for.
enum class StepUnit { update, epoch, sample };

/// What the text says itself: peers' schedules that count epochs (timm) or samples (Megatron); else an update.
///
/// Throws:  UsageError where the text is no expression.
StepUnit step_unit(std::string_view text);

/// Whether the text form is an expression of curves, and not a peer's call that has none.
bool has_native_form(const Schedule& schedule);

/// The text form, for which parse_schedule(to_string(s)) == s.
std::string to_string(const Schedule& schedule);

}  // namespace calando
