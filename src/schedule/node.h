// SPDX-License-Identifier: MIT
// The expression behind a Schedule: immutable nodes, shared.
#pragma once

#include <memory>
#include <variant>
#include <vector>

#include "calando/schedule.h"
#include "src/schedule/curve.h"
#include "src/schedule/double_double.h"
#include "src/spec/call.h"

namespace calando::schedule {

/// Parts one behind the other. Times are kept as 106 bits, so that no sum of real lengths drifts.
struct Chain {
  std::vector<Schedule> parts;
  std::vector<DoubleDouble> starts{};  // of the parts; the first is 0
  std::vector<double> keys{};          // the same rounded, to search in
};

struct Repeat {
  Schedule part;
  double times = kEndless;
  double stretch = 1;
  double shrink = 1;
};

struct Scaled {
  Schedule part;
  double factor = 1;
};

struct Product {
  Schedule a;
  Schedule b;
};

struct Sum {
  Schedule a;
  Schedule b;
};

struct Clamped {
  Schedule part;
  double low = 0;
  double high = 0;
};

/// What the part does from `start` on.
struct Window {
  Schedule part;
  double start = 0;
  double length = kEndless;  // up to the part's end
};

/// The part's values at 0, steps, 2 steps, ..., each held for that long.
struct Stairs {
  Schedule part;
  double steps = 1;
};

/// A rule of a peer that no expression gives: one that is stepped, or takes values below 0.
class ForeignRule {
 public:
  virtual ~ForeignRule() = default;
  /// A pure function of t; safe to call from several threads.
  virtual double at(Step t) const = 0;
  virtual double length() const { return kEndless; }
  /// The expression that it is but for rounding; null: none.
  virtual const Schedule* native() const { return nullptr; }
};

struct Foreign {
  spec::Call call;  // the text form, and what makes two of them equal
  std::shared_ptr<const ForeignRule> rule;
};

using Form = std::variant<Segment, Chain, Repeat, Scaled, Product, Sum, Clamped, Window, Stairs, Foreign>;

/// The value of an expression at t >= 0.
///
/// `slack` is the relative rounding of times that came from above: a joint that near is reached.
DoubleDouble value_at(const Schedule::Node& node, DoubleDouble t, double slack);

/// How many whole `steps` there are up to t; a multiple that is missed by the rounding `slack` counts.
DoubleDouble whole_periods(DoubleDouble t, double steps, double slack);

/// A node with what is derived from its form.
Schedule make(Form form);

/// The parts one behind the other; chains among them become part of this one.
Schedule chain(const std::vector<Schedule>& parts);

/// A segment of a curve. Throws UsageError, "cosine: length = -5, expected ...", where a parameter is out of its range.
Schedule make_segment(const Curve& curve, const Parameters& parameters);

/// Throws UsageError, "cosine: length = -5, expected ...", where a value is out of its parameter's range.
void check_parameter(std::string_view call, const Parameter& parameter, double value);

}  // namespace calando::schedule

namespace calando {

struct Schedule::Node {
  schedule::Form form;
  schedule::DoubleDouble length;  // high is infinite where there is no end
  schedule::DoubleDouble end;     // the value from there on
  double slack = 0;               // relative rounding of its own times
  int depth = 1;
};

}  // namespace calando
