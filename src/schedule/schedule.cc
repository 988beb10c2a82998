// SPDX-License-Identifier: MIT
// How schedules are made: every parameter checked, everything that does not depend on the step derived once.
#include "calando/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "calando/error.h"
#include "src/schedule/node.h"
#include "src/spec/fields.h"
#include "src/spec/number.h"

namespace calando::schedule {
namespace {

/// Doubles of more than 40 bits were rounded from something, 33.3 or 100/3, and so were the joints they lead to.
/// Others are what they say.
double rounding_of(double time) {
  constexpr std::uint64_t kLast12 = (std::uint64_t{1} << 12) - 1;
  const bool rounded_time = std::isfinite(time) && (std::bit_cast<std::uint64_t>(time) & kLast12) != 0;
  return rounded_time ? 0x1p-51 : 0;
}

/// The end of `times` cycles.
DoubleDouble repeated_length(const Repeat& repeat) {
  const DoubleDouble length = repeat.part.node().length;
  if (!std::isfinite(repeat.times)) return kEndless;
  if (repeat.stretch == 1) return length * DoubleDouble(repeat.times);
  if (repeat.stretch > 1 && std::log2(repeat.stretch) * repeat.times > 900)
    return kEndless;  // nobody gets there
  const DoubleDouble scale = whole_power(repeat.stretch, static_cast<std::int64_t>(repeat.times));
  return length * ((scale - DoubleDouble(1)) / (DoubleDouble(repeat.stretch) - DoubleDouble(1)));
}

DoubleDouble longer(const Schedule& a, const Schedule& b) {
  return a.length() >= b.length() ? a.node().length : b.node().length;
}

DoubleDouble end_of(const Schedule& schedule) { return schedule.node().end; }

/// Fills in what a node derives from its form: length, last value, slack, depth.
struct Derive {
  Schedule::Node& node;

  void above(const Schedule& part) const {
    node.depth = std::max(node.depth, part.node().depth + 1);
    node.slack = std::max(node.slack, part.node().slack);
  }

  void operator()(Segment& segment) const {
    node.length = segment.length;
    for (std::size_t i = 0; i < segment.curve->parameters.size(); ++i) {
      if (segment.curve->parameters[i].kind != Parameter::Kind::length) continue;
      segment.slack = std::max(segment.slack, rounding_of(segment.parameters[i]));
    }
    node.slack = segment.slack;
    if (std::isfinite(segment.length))
      segment.inverse_length = Factor(DoubleDouble(1) / DoubleDouble(segment.length));
    if (segment.curve->prepare != nullptr) segment.curve->prepare(segment);
    if (segment.curve->has_target()) {
      segment.difference = Factor(two_sum(segment.to(), -segment.from()));
      node.end = segment.to();
    } else if (std::isfinite(segment.length)) {
      node.end = segment.curve->value(segment, segment.length);
    }
  }

  void operator()(Chain& chain) const {
    DoubleDouble start;
    for (const Schedule& part : chain.parts) {
      chain.starts.push_back(start);
      chain.keys.push_back(start.high);
      above(part);
      start = std::isfinite(part.length()) ? start + part.node().length : DoubleDouble(kEndless);
    }
    node.length = start;
    node.end = end_of(chain.parts.back());
  }

  void operator()(Repeat& repeat) const {
    node.length = repeated_length(repeat);
    above(repeat.part);
    node.slack = std::max(node.slack, rounding_of(repeat.stretch));
    if (!std::isfinite(repeat.times)) return;
    node.end = end_of(repeat.part) * whole_power(repeat.shrink, static_cast<std::int64_t>(repeat.times) - 1);
  }

  void operator()(Scaled& scaled) const {
    above(scaled.part);
    node.length = scaled.part.node().length;
    node.end = end_of(scaled.part) * DoubleDouble(scaled.factor);
  }

  void operator()(Product& product) const {
    above(product.a);
    above(product.b);
    node.length = longer(product.a, product.b);
    node.end = end_of(product.a) * end_of(product.b);
  }

  void operator()(Sum& sum) const {
    above(sum.a);
    above(sum.b);
    node.length = longer(sum.a, sum.b);
    node.end = end_of(sum.a) + end_of(sum.b);
  }

  void operator()(Clamped& clamped) const {
    above(clamped.part);
    node.length = clamped.part.node().length;
    const double end = rounded(end_of(clamped.part));
    node.end = end >= clamped.low && end <= clamped.high
                   ? end_of(clamped.part)
                   : DoubleDouble(std::clamp(end, clamped.low, clamped.high));
  }

  void operator()(Window& window) const {
    above(window.part);
    node.slack = std::max({node.slack, rounding_of(window.start), rounding_of(window.length)});
    node.length = window.length;
    if (!std::isfinite(window.length) && std::isfinite(window.part.length())) {
      const DoubleDouble left = window.part.node().length - DoubleDouble(window.start);
      node.length = left.high > 0 ? left : DoubleDouble(0);
    }
    if (std::isfinite(node.length.high)) {
      node.end = value_at(window.part.node(), DoubleDouble(window.start) + node.length, node.slack);
    }
  }

  void operator()(Stairs& stairs) const {
    above(stairs.part);
    node.slack = std::max(node.slack, rounding_of(stairs.steps));
    const DoubleDouble length = stairs.part.node().length;
    node.end = end_of(stairs.part);
    node.length = length;
    if (!std::isfinite(length.high)) return;
    const DoubleDouble steps = stairs.steps;
    const DoubleDouble count = whole_periods(length, stairs.steps, node.slack);
    node.length = count * steps;
    if (!reaches(node.length, length - length * DoubleDouble(node.slack)))
      node.length = (count + DoubleDouble(1)) * steps;
  }

  void operator()(Foreign& foreign) const {
    node.length = foreign.rule->length();
    if (std::isfinite(node.length.high)) node.end = foreign.rule->at(static_cast<Step>(node.length.high));
  }
};

[[noreturn]] void refuse(std::string_view call, std::string_view name, double value,
                         std::string_view expected) {
  throw UsageError(fmt::format("{}: {} = {}, expected {}", call, name, spec::to_text(value), expected));
}

void require(std::string_view call, std::string_view name, double value, const Interval& range) {
  if (!range.contains(value)) refuse(call, name, value, spec::expected_text(name, range, value));
}

/// How deep an expression may be, so that no evaluation overflows the stack.
constexpr int kDeepest = 200;

void check_repeat(const Repeat& repeat) {
  const double part = repeat.part.length();
  if (!std::isfinite(part)) {
    throw UsageError(
        fmt::format("repeat: \"{}\" has no end, so that nothing comes again", to_string(repeat.part)));
  }
  if (part < kShortest) refuse("repeat", "the schedule's length", part, "1e-06 or more");
  const bool endless = repeat.times == kEndless;
  const bool whole = repeat.times >= 1 && repeat.times <= 0x1p53 && repeat.times == std::trunc(repeat.times);
  if (!endless && !whole) refuse("repeat", "times", repeat.times, "a whole number above 0, or inf");
  require("repeat", "stretch", repeat.stretch, range::closed(1e-3, 1e6));
  require("repeat", "shrink", repeat.shrink, range::above_up_to(0, 1e6));
  if (endless && repeat.stretch < 1)
    refuse("repeat", "stretch", repeat.stretch, "stretch >= 1 where it has no end");
  if (repeat.stretch < 1 && std::log2(repeat.stretch) * (repeat.times - 1) < std::log2(kShortest / part)) {
    refuse("repeat", "times", repeat.times, "cycles of at least 1e-06 steps: with that stretch, fewer");
  }
  const bool grows = repeat.shrink > 1 && (endless || std::log2(repeat.shrink) * repeat.times > 900);
  if (grows) refuse("repeat", "shrink", repeat.shrink, "shrink <= 1 where the times are that many");
}

}  // namespace

Schedule make(Form form) {
  auto node =
      std::make_shared<Schedule::Node>(Schedule::Node{.form = std::move(form), .length = {}, .end = {}});
  std::visit(Derive{*node}, node->form);
  if (node->depth > kDeepest) throw UsageError(fmt::format("a schedule nested more than {} deep", kDeepest));
  return Schedule(std::shared_ptr<const Schedule::Node>(std::move(node)));
}

void check_parameter(std::string_view call, const Parameter& parameter, double value) {
  const bool endless =
      parameter.kind == Parameter::Kind::length && parameter.otherwise == kEndless && value == kEndless;
  if (endless || parameter.range.contains(value)) return;
  refuse(call, parameter.name, value, spec::expected_text(parameter.name, parameter.range, value));
}

Schedule make_segment(const Curve& curve, const Parameters& parameters) {
  Segment segment;
  segment.curve = &curve;
  segment.parameters = parameters;
  for (std::size_t i = 0; i < curve.parameters.size(); ++i) {
    check_parameter(curve.name, curve.parameters[i], parameters[i]);
    if (curve.parameters[i].name == "length") segment.length = parameters[i];
  }
  return make(segment);
}

Schedule chain(const std::vector<Schedule>& parts) {
  Chain chain;
  for (const Schedule& part : parts) {
    if (!chain.parts.empty() && !std::isfinite(chain.parts.back().length())) {
      throw UsageError(
          fmt::format("\"{}\" has no end: nothing can come behind it", to_string(chain.parts.back())));
    }
    if (const Chain* inner = std::get_if<Chain>(&part.node().form)) {
      chain.parts.insert(chain.parts.end(), inner->parts.begin(), inner->parts.end());
    } else {
      chain.parts.push_back(part);
    }
  }
  return chain.parts.size() == 1 ? chain.parts.front() : make(std::move(chain));
}

}  // namespace calando::schedule

namespace calando {

using namespace schedule;  // NOLINT(google-build-using-namespace): the names of its own folder

Schedule::Schedule(double value) : Schedule(constant(value)) {}

Schedule::Schedule(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

double Schedule::length() const { return rounded(node_->length); }

Schedule Schedule::then(const Schedule& next) const { return chain({*this, next}); }

Schedule Schedule::repeat(double times, double stretch, double shrink) const {
  const Repeat repeat{*this, times, stretch, shrink};
  check_repeat(repeat);
  return make(repeat);
}

Schedule Schedule::scaled(double factor) const {
  require("scaled", "factor", factor, range::not_negative);
  return make(Scaled{*this, factor});
}

Schedule Schedule::times(const Schedule& other) const { return make(Product{*this, other}); }

Schedule Schedule::plus(const Schedule& other) const { return make(Sum{*this, other}); }

Schedule Schedule::clamped(double low, double high) const {
  require("clamped", "low", low, range::not_negative);
  if (high != kEndless) require("clamped", "high", high, range::at_least(low));
  return make(Clamped{*this, low, high});
}

Schedule Schedule::window(double start, double length) const {
  require("window", "start", start, range::closed(0, 0x1p63));
  if (length != kEndless) require("window", "length", length, range::closed(kShortest, 0x1p63));
  return make(Window{*this, start, length});
}

Schedule Schedule::stairs(double steps) const {
  require("stairs", "steps", steps, range::closed(kShortest, 0x1p63));
  return make(Stairs{*this, steps});
}

}  // namespace calando
