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

}  // namespace calando
