// SPDX-License-Identifier: MIT
// An expression worked out as on paper.
#include <fmt/format.h>

#include <algorithm>

#include "src/cards/expression.h"
#include "src/cards/expression_node.h"
#include "src/spec/number.h"

namespace calando::cards {
namespace {

using Node = Expression::Node;
using Kind = Node::Kind;

/// How tightly an operation binds: a part that binds less tightly stands in parentheses.
int tightness(const Node& node) {
  switch (node.kind) {
    case Kind::sum:
    case Kind::difference:
      return 1;
    case Kind::product:
    case Kind::quotient:
      return 2;
    case Kind::negative:
      return 3;
    case Kind::power:
      return 4;
    case Kind::number:
      return node.number < 0 ? 3 : 5;
    default:
      return 5;
  }
}

std::string set(const Node& node);

std::string set_within(const Node& node, int least) {
  const std::string text = set(node);
  return tightness(node) < least ? "(" + text + ")" : text;
}

std::string number_text(double value) {
  std::string text = shown(value);
  if (text.front() == '-') text = "−" + text.substr(1);
  return text;
}

std::string joined(const Node& node) {
  std::string out;
  for (const NodePointer& part : node.parts) out += (out.empty() ? "" : ", ") + set(*part);
  return out;
}

std::string set_call(const Node& node) {
  const NumberFunction* function = number_function(node.text);
  if (function == nullptr || node.parts.size() != 1) return node.text + "(" + joined(node) + ")";
  const bool bare = function->name == "sqrt" && tightness(*node.parts[0]) == 5;
  if (bare) return "√" + set(*node.parts[0]);
  const int least = function->name == "cospi" ? 2 : 0;
  return std::string(function->before) + set_within(*node.parts[0], least) + std::string(function->after);
}

std::string set_name(const std::string& name) {
  static constexpr std::pair<std::string_view, std::string_view> kLetters[] = {
      {"pi", "π"},     {"gamma", "γ"},   {"alpha", "α"},  {"beta", "β"},  {"beta1", "β₁"},
      {"beta2", "β₂"}, {"epsilon", "ε"}, {"lambda", "λ"}, {"mu", "μ"},    {"theta", "θ"},
      {"sigma", "σ"},  {"tau", "τ"},     {"rho", "ρ"},    {"delta", "δ"},
  };
  for (const auto& [word, letter] : kLetters) {
    if (name == word) return std::string(letter);
  }
  return name;
}

std::string set(const Node& node) {
  const auto part = [&node](std::size_t i, int least) {
    const std::string text = set_within(*node.parts[i], least);
    return i > 0 && text.starts_with("−") ? "(" + text + ")" : text;  // no two signs side by side
  };
  switch (node.kind) {
    case Kind::number:
      return number_text(node.number);
    case Kind::text:
      return "\"" + node.text + "\"";
    case Kind::list:
      return "[" + joined(node) + "]";
    case Kind::name:
      return set_name(node.text);
    case Kind::negative:
      return "−" + part(0, 3);
    case Kind::sum:
      return part(0, 1) + " + " + part(1, 2);
    case Kind::difference:
      return part(0, 1) + " − " + part(1, 2);
    case Kind::product:
      return part(0, 2) + " · " + part(1, 3);
    case Kind::quotient:
      return part(0, 2) + " / " + part(1, 3);
    case Kind::power:
      return part(0, 5) + "^" + part(1, 5);
    default:
      return set_call(node);
  }
}

bool is_value(const Node& node) {
  if (node.kind == Kind::list) {
    return std::all_of(node.parts.begin(), node.parts.end(),
                       [](const auto& part) { return is_value(*part); });
  }
  return node.kind == Kind::number || node.kind == Kind::text;
}

int depth(const Node& node) {
  if (is_value(node)) return 0;
  int deepest = 0;
  for (const NodePointer& part : node.parts) deepest = std::max(deepest, depth(*part));
  return deepest + 1;
}

NodePointer number_node(double value) {
  return std::make_shared<Node>(Node{.kind = Kind::number, .number = value, .text = {}, .parts = {}});
}

NodePointer named_replaced(const NodePointer& node, const Names& names, const CallLibrary& library) {
  if (node->kind == Kind::name) {
    const bool constant = !names.contains(node->text);
    return constant ? node : number_node(Expression(node).value(names, library));
  }
  auto copy = std::make_shared<Node>(*node);
  if (node->kind == Kind::text) copy->text = filled_in(node->text, names);
  for (NodePointer& part : copy->parts) part = named_replaced(part, names, library);
  return copy;
}

/// Does the operations that lie `level` below the root, the innermost ones.
NodePointer reduced(const NodePointer& node, int level, const CallLibrary& library) {
  if (is_value(*node)) return node;
  if (level == 1) return node->kind == Kind::list ? node : number_node(Expression(node).value({}, library));
  auto copy = std::make_shared<Node>(*node);
  for (NodePointer& part : copy->parts) part = reduced(part, level - 1, library);
  return copy;
}

}  // namespace

std::string Expression::typeset() const { return set(*root_); }

std::vector<std::string> Expression::steps(const Names& names, const CallLibrary& library) const {
  NodePointer node = named_replaced(root_, names, library);
  std::vector<std::string> lines = {set(*node)};
  for (int level = depth(*node); level > 0; --level) {
    node = reduced(node, level, library);
    std::string line = set(*node);
    if (line != lines.back()) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace calando::cards
