// SPDX-License-Identifier: MIT
#include "src/cards/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "calando/error.h"
#include "src/cards/expression_node.h"
#include "src/schedule/math.h"
#include "src/spec/number.h"

namespace calando::cards {
namespace {

using Node = Expression::Node;
using Kind = Node::Kind;

constexpr double kPi = 3.14159265358979323846;
constexpr double kE = 2.71828182845904523536;

constexpr std::array<NumberFunction, 14> kNumberFunctions = {{
    {"sqrt", "√(", ")", [](double x) { return std::sqrt(x); }},
    {"exp", "exp(", ")", [](double x) { return std::exp(x); }},
    {"ln", "ln(", ")", [](double x) { return std::log(x); }},
    {"log2", "log₂(", ")", [](double x) { return std::log2(x); }},
    {"log10", "log₁₀(", ")", [](double x) { return std::log10(x); }},
    {"cos", "cos(", ")", [](double x) { return std::cos(x); }},
    {"sin", "sin(", ")", [](double x) { return std::sin(x); }},
    {"cospi", "cos(π · ", ")", [](double x) { return schedule::cospi(x); }},
    {"tanh", "tanh(", ")", [](double x) { return std::tanh(x); }},
    {"erf", "erf(", ")", [](double x) { return std::erf(x); }},
    {"abs", "|", "|", [](double x) { return std::fabs(x); }},
    {"sign", "sign(", ")", [](double x) { return x > 0   ? 1.0
                                                 : x < 0 ? -1.0
                                                         : 0.0; }},
    {"floor", "⌊", "⌋", [](double x) { return std::floor(x); }},
    {"ceil", "⌈", "⌉", [](double x) { return std::ceil(x); }},
}};

double constant_or(std::string_view name, const Names& names) {
  const auto found = names.find(name);
  if (found != names.end()) return found->second;
  if (name == "pi") return kPi;
  if (name == "e") return kE;
  throw UsageError(fmt::format("\"{}\" has no value", name));
}

double extreme(const std::vector<Value>& parts, bool largest) {
  std::vector<double> all;
  for (const Value& part : parts) {
    if (const auto* list = std::get_if<std::vector<double>>(&part)) {
      all.insert(all.end(), list->begin(), list->end());
    } else if (const auto* number = std::get_if<double>(&part)) {
      all.push_back(*number);
    }
  }
  if (all.empty()) throw UsageError("min and max need numbers");
  return largest ? *std::max_element(all.begin(), all.end()) : *std::min_element(all.begin(), all.end());
}

double call(const Node& node, const std::vector<Value>& parts, const CallLibrary& library) {
  if (node.text == "min" || node.text == "max") return extreme(parts, node.text == "max");
  const NumberFunction* function = number_function(node.text);
  if (function == nullptr) return library(node.text, parts);
  if (parts.size() != 1 || !std::holds_alternative<double>(parts[0])) {
    throw UsageError(fmt::format("{} takes one number", node.text));
  }
  return function->apply(std::get<double>(parts[0]));
}

Value value_of(const Node& node, const Names& names, const CallLibrary& library) {
  switch (node.kind) {
    case Kind::number:
      return node.number;
    case Kind::text:
      return filled_in(node.text, names);
    case Kind::name:
      return constant_or(node.text, names);
    default:
      break;
  }
  std::vector<Value> parts;
  for (const NodePointer& part : node.parts) parts.push_back(value_of(*part, names, library));
  if (node.kind != Kind::list) return apply(node, parts, library);
  std::vector<double> list;
  for (const Value& part : parts) {
    if (!std::holds_alternative<double>(part)) throw UsageError("a list holds numbers");
    list.push_back(std::get<double>(part));
  }
  return list;
}

void collect(const Node& node, std::set<std::string>& names) {
  if (node.kind == Kind::name && node.text != "pi" && node.text != "e") names.insert(node.text);
  if (node.kind == Kind::text) {
    for (std::size_t open = node.text.find('{'); open != std::string::npos;
         open = node.text.find('{', open + 1)) {
      const std::size_t close = node.text.find('}', open);
      if (close != std::string::npos) names.insert(node.text.substr(open + 1, close - open - 1));
    }
  }
  for (const NodePointer& part : node.parts) collect(*part, names);
}

}  // namespace

const NumberFunction* number_function(std::string_view name) {
  const auto* found = std::find_if(kNumberFunctions.begin(), kNumberFunctions.end(),
                                   [&](const auto& f) { return f.name == name; });
  return found == kNumberFunctions.end() ? nullptr : found;
}

double apply(const Node& node, const std::vector<Value>& parts, const CallLibrary& library) {
  if (node.kind == Kind::call) return call(node, parts, library);
  for (const Value& part : parts) {
    if (!std::holds_alternative<double>(part)) throw UsageError("arithmetic needs numbers");
  }
  const double left = std::get<double>(parts[0]);
  const double right = parts.size() > 1 ? std::get<double>(parts[1]) : 0;
  switch (node.kind) {
    case Kind::negative:
      return -left;
    case Kind::sum:
      return left + right;
    case Kind::difference:
      return left - right;
    case Kind::product:
      return left * right;
    case Kind::quotient:
      return left / right;
    default:
      return std::pow(left, right);
  }
}

double Expression::value(const Names& names, const CallLibrary& library) const {
  const Value result = value_of(*root_, names, library);
  if (!std::holds_alternative<double>(result)) throw UsageError("the expression is no number");
  return std::get<double>(result);
}

std::vector<std::string> Expression::names() const {
  std::set<std::string> names;
  collect(*root_, names);
  return {names.begin(), names.end()};
}

LibraryCall as_call(const Expression& expression, const Names& names, const CallLibrary& library) {
  const Node& node = expression.root();
  if (node.kind != Kind::call) throw UsageError("expected a call, such as schedule(\"cosine(0.1, 0, 100)\")");
  LibraryCall call{.name = node.text, .arguments = {}};
  for (const NodePointer& part : node.parts) call.arguments.push_back(value_of(*part, names, library));
  return call;
}

std::string shown(double value) {
  if (value == 0) return "0";
  const double rounded = std::strtod(fmt::format("{:.6g}", value).c_str(), nullptr);
  return spec::to_text(rounded);
}

}  // namespace calando::cards
