// SPDX-License-Identifier: MIT
// Shapes of schedules. A new one is a function and a line in the table.
#include "src/schedule/shapes.h"

#include <algorithm>

#include "src/schedule/node.h"
#include "src/schedule/read.h"

namespace calando::schedule {
namespace {

Schedule build_step(Reader& in) {
  const double from = in.take(kFrom);
  const double factor = in.number("factor", range::positive);
  const double steps = in.length("steps");
  return make_segment(*find_curve("decay"), {from, factor, steps, 1, kEndless});
}

}  // namespace

const std::vector<Shape>& shapes() {
  static const std::vector<Shape> table = {
      {"step", "from, factor, steps", build_step, "decay(from, factor, steps, staircase=true)", "-"},
  };
  return table;
}

const Shape* find_shape(std::string_view name) {
  const auto& table = shapes();
  const auto found =
      std::find_if(table.begin(), table.end(), [name](const Shape& shape) { return shape.name == name; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace calando::schedule
