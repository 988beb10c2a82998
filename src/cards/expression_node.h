// SPDX-License-Identifier: MIT
// What an expression is made of.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "src/cards/expression.h"

namespace calando::cards {

struct Expression::Node {
  enum class Kind { number, text, list, name, negative, sum, difference, product, quotient, power, call };

  Kind kind = Kind::number;
  double number = 0;
  std::string text;  // of a text, a name, a call
  std::vector<std::shared_ptr<const Node>> parts;
};

using NodePointer = std::shared_ptr<const Expression::Node>;

/// Functions of one number that expressions know by themselves.
struct NumberFunction {
  std::string_view name;
  std::string_view before;  // how it is set: before its argument,
  std::string_view after;   // and behind it
  double (*apply)(double);
};
/// Null where there is none of that name.
const NumberFunction* number_function(std::string_view name);

/// The result of a node whose parts are values.
double apply(const Expression::Node& node, const std::vector<Value>& parts, const CallLibrary& library);

}  // namespace calando::cards
