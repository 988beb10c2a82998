// SPDX-License-Identifier: MIT
#include "src/schedule/written_numbers.h"

#include <algorithm>
#include <cmath>

#include "src/schedule/node.h"

namespace calando::schedule {
namespace {

struct Collect {
  WrittenNumbers& found;

  void in(const Schedule& part) const { std::visit(*this, part.node().form); }

  void operator()(const Segment& segment) const {
    for (std::size_t i = 0; i < segment.curve->parameters.size(); ++i) {
      const double value = segment.parameters[i];
      switch (segment.curve->parameters[i].kind) {
        case Parameter::Kind::rate:
          add_once(found.rates, value);
          break;
        case Parameter::Kind::length:
          add_once(found.lengths, value);
          break;
        case Parameter::Kind::number:
          if (value != segment.curve->parameters[i].otherwise) add_once(found.numbers, value);
          break;
        case Parameter::Kind::flag:
          break;
      }
    }
  }
  void operator()(const Chain& chain) const {
    for (const Schedule& part : chain.parts) in(part);
    for (const double start : chain.keys) add_once(found.lengths, start);
  }
  void operator()(const Repeat& repeat) const {
    in(repeat.part);
    add_once(found.lengths, repeat.part.node().length.high);
    for (const double number : {repeat.times, repeat.stretch, repeat.shrink}) {
      if (number != 1) add_once(found.numbers, number);
    }
  }
  void operator()(const Scaled& scaled) const {
    in(scaled.part);
    add_once(found.numbers, scaled.factor);
  }
  void operator()(const Product& product) const {
    in(product.a);
    in(product.b);
  }
  /// Two constants of a floor and a height are also what they add up to.
  void operator()(const Sum& sum) const {
    in(sum.a);
    in(sum.b);
    add_once(found.rates, sum.a(0) + sum.b(0));
  }
  void operator()(const Clamped& clamped) const {
    in(clamped.part);
    add_once(found.rates, clamped.low);
    add_once(found.rates, clamped.high);
  }
  void operator()(const Window& window) const {
    in(window.part);
    add_once(found.lengths, window.start);
    add_once(found.lengths, window.length);
  }
  void operator()(const Stairs& stairs) const {
    in(stairs.part);
    add_once(found.lengths, stairs.steps);
  }
  void operator()(const Foreign&) const {}
};

}  // namespace

void add_once(std::vector<double>& list, double value) {
  if (std::isfinite(value) && std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

WrittenNumbers written_numbers(const Schedule& schedule) {
  WrittenNumbers found;
  Collect{found}.in(schedule);
  return found;
}

}  // namespace calando::schedule
