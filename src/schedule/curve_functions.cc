// SPDX-License-Identifier: MIT
// The curves as functions of C++, by their names in the table.
#include "calando/schedule.h"
#include "src/schedule/node.h"

namespace calando {
namespace {

Schedule segment(std::string_view curve, const schedule::Parameters& parameters) {
  return schedule::make_segment(*schedule::find_curve(curve), parameters);
}

}  // namespace

Schedule constant(double value, double length) { return segment("constant", {value, length}); }
Schedule linear(double from, double to, double length) { return segment("linear", {from, to, length}); }
Schedule cosine(double from, double to, double length) { return segment("cosine", {from, to, length, 1, 1}); }
Schedule polynomial(double from, double to, double length, double power) {
  return segment("polynomial", {from, to, length, power, 1});
}
Schedule exponential(double from, double to, double length) {
  return segment("exponential", {from, to, length});
}
Schedule one_minus_sqrt(double from, double to, double length) {
  return segment("one_minus_sqrt", {from, to, length});
}
Schedule decay(double from, double factor, double steps) {
  return segment("decay", {from, factor, steps, 0, kEndless});
}
Schedule inverse_sqrt(double from, double timescale) {
  return segment("inverse_sqrt", {from, timescale, kEndless});
}

}  // namespace calando
