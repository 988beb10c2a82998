// SPDX-License-Identifier: MIT
// The text form of a schedule, and equality, which is that of the expressions.
#include <cmath>

#include "calando/schedule.h"
#include "src/schedule/node.h"
#include "src/spec/call.h"
#include "src/spec/fields.h"

namespace calando::schedule {
namespace {

using spec::Argument;
using spec::Call;
using spec::number_value;
using spec::Value;

Value to_value(const Schedule& schedule);

/// A call under construction.
struct Build {
  Call call;

  explicit Build(std::string_view name)
      : call{.path = std::string(name), .arguments = {}, .parentheses = true} {}
  Build& add(Value value) {
    call.arguments.push_back({.name = {}, .value = std::move(value)});
    return *this;
  }
  Build& add(std::string_view name, double value, double otherwise) {
    if (value != otherwise)
      call.arguments.push_back({.name = std::string(name), .value = number_value(value)});
    return *this;
  }
  Value done() const { return Value{call}; }
};

struct ToValue {
  Value operator()(const Segment& segment) const {
    Build build(segment.curve->name);
    for (std::size_t i = 0; i < segment.curve->parameters.size(); ++i) {
      const Parameter& parameter = segment.curve->parameters[i];
      const double value = segment.parameters[i];
      if (parameter.required()) {
        build.add(number_value(value));
      } else if (parameter.kind == Parameter::Kind::flag && value != parameter.otherwise) {
        build.call.arguments.push_back({.name = std::string(parameter.name), .value = Value{value != 0}});
      } else {
        build.add(parameter.name, value, parameter.otherwise);
      }
    }
    return build.done();
  }

  Value operator()(const Chain& chain) const {
    spec::Sequence sequence;
    for (const Schedule& part : chain.parts) sequence.parts.push_back(to_value(part));
    return Value{std::move(sequence)};
  }

  Value operator()(const Repeat& repeat) const {
    Build build("repeat");
    build.add(to_value(repeat.part));
    if (repeat.times != kEndless) build.add(number_value(repeat.times));
    return build.add("stretch", repeat.stretch, 1).add("shrink", repeat.shrink, 1).done();
  }

  Value operator()(const Scaled& scaled) const {
    return Build("scaled").add(to_value(scaled.part)).add(number_value(scaled.factor)).done();
  }
  Value operator()(const Product& product) const {
    return Build("times").add(to_value(product.a)).add(to_value(product.b)).done();
  }
  Value operator()(const Sum& sum) const {
    return Build("plus").add(to_value(sum.a)).add(to_value(sum.b)).done();
  }
  Value operator()(const Clamped& clamped) const {
    Build build("clamped");
    build.add(to_value(clamped.part)).add(number_value(clamped.low));
    if (clamped.high != kEndless) build.add(number_value(clamped.high));
    return build.done();
  }
  Value operator()(const Window& window) const {
    Build build("window");
    build.add(to_value(window.part)).add(number_value(window.start));
    if (window.length != kEndless) build.add(number_value(window.length));
    return build.done();
  }
  Value operator()(const Stairs& stairs) const {
    return Build("stairs").add(to_value(stairs.part)).add(number_value(stairs.steps)).done();
  }
  Value operator()(const Foreign& foreign) const { return Value{foreign.call}; }
};

Value to_value(const Schedule& schedule) { return std::visit(ToValue{}, schedule.node().form); }

struct Equal {
  bool operator()(const Segment& a, const Segment& b) const {
    return a.curve == b.curve && a.parameters == b.parameters;
  }
  bool operator()(const Chain& a, const Chain& b) const { return a.parts == b.parts; }
  bool operator()(const Repeat& a, const Repeat& b) const {
    return a.part == b.part && a.times == b.times && a.stretch == b.stretch && a.shrink == b.shrink;
  }
  bool operator()(const Scaled& a, const Scaled& b) const { return a.part == b.part && a.factor == b.factor; }
  bool operator()(const Product& a, const Product& b) const { return a.a == b.a && a.b == b.b; }
  bool operator()(const Sum& a, const Sum& b) const { return a.a == b.a && a.b == b.b; }
  bool operator()(const Clamped& a, const Clamped& b) const {
    return a.part == b.part && a.low == b.low && a.high == b.high;
  }
  bool operator()(const Window& a, const Window& b) const {
    return a.part == b.part && a.start == b.start && a.length == b.length;
  }
  bool operator()(const Stairs& a, const Stairs& b) const { return a.part == b.part && a.steps == b.steps; }
  bool operator()(const Foreign& a, const Foreign& b) const { return a.call == b.call; }
  template <class A, class B>
  bool operator()(const A&, const B&) const {
    return false;
  }
};

}  // namespace
}  // namespace calando::schedule

namespace calando {

bool operator==(const Schedule& a, const Schedule& b) {
  return a.node_ == b.node_ || std::visit(schedule::Equal{}, a.node_->form, b.node_->form);
}

std::string to_string(const Schedule& schedule) { return spec::to_string(schedule::to_value(schedule)); }

}  // namespace calando
