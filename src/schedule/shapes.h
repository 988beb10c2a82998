// SPDX-License-Identifier: MIT
// Shapes: names for expressions of curves that people ask for often (shapes.cc), and the combinators that make one
// schedule of others (combinators.cc). Each kind stands in one table.
#pragma once

#include <string_view>
#include <vector>

#include "calando/schedule.h"

namespace calando::schedule {

class Reader;

struct Shape {
  std::string_view name;
  std::string_view arguments;
  Schedule (*build)(Reader& in);
  std::string_view formula;  // the expression it stands for
  std::string_view source;
};

const std::vector<Shape>& shapes();
const std::vector<Shape>& combinators();
const Shape* find_shape(std::string_view name);  // of both; null: none of that name

}  // namespace calando::schedule
