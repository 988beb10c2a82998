// SPDX-License-Identifier: MIT
// The arithmetic of cards: read, computed, and shown step by step as a person would substitute.
//
//   Expression e = read_expression("0.1 * 0.5 * (1 + cospi(t / T))", "card");
//   e.value({{"t", 50}, {"T", 100}}, library);    // 0.05
//   e.steps({{"t", 50}, {"T", 100}}, library);    // "0.1 · 0.5 · (1 + cos(π · 50 / 100))", ..., "0.05"
//
//   sum     := product (("+" | "-") product)*
//   product := power (("*" | "/") power)*
//   power   := ["-"] atom ["^" power]
//   atom    := number | "text" | name | name "(" sum ("," sum)* ")" | "[" sum ("," sum)* "]" | "(" sum ")"
//
// In a text, {name} stands for the number of that name. cospi(x) is cos(pi x), exact where that is.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace calando::cards {

/// What an expression works with: numbers, texts, and lists of numbers.
using Value = std::variant<double, std::string, std::vector<double>>;

/// The numbers that names stand for.
using Names = std::map<std::string, double, std::less<>>;

/// Calls a function that is no arithmetic: one of the library's.
///
/// Throws:  UsageError where there is none of that name, or its arguments do not fit
using CallLibrary = std::function<double(std::string_view name, const std::vector<Value>& arguments)>;

class Expression {
 public:
  struct Node;
  explicit Expression(std::shared_ptr<const Node> root) : root_(std::move(root)) {}

  /// Throws:  UsageError: a name without a number, a library's call that does not fit
  double value(const Names& names, const CallLibrary& library) const;

  /// The expression with numbers for its names, then with its innermost operations done, and so on to the result. Numbers are
  /// shown to six digits and computed in full.
  std::vector<std::string> steps(const Names& names, const CallLibrary& library) const;

  /// As a formula is set in a line of text: · for *, − for -, π for pi, √ for sqrt.
  std::string typeset() const;

  /// The names that have to be given.
  std::vector<std::string> names() const;

  const Node& root() const { return *root_; }

 private:
  std::shared_ptr<const Node> root_;
};

/// A call as it is written, its arguments as values: how cards name pictures and computations.
struct LibraryCall {
  std::string name;
  std::vector<Value> arguments;
};

/// Throws:  UsageError, "<what>, column 8: ..."
Expression read_expression(std::string_view text, std::string_view what);

/// The arguments of an expression that is one call.
///
/// Throws:  UsageError where it is none
LibraryCall as_call(const Expression& expression, const Names& names, const CallLibrary& library);

/// Each {name} of a text replaced by its number.
///
/// Throws:  UsageError for a name without a number
std::string filled_in(std::string_view text, const Names& names);

/// A number for people: at most six digits, no needless zeros.
std::string shown(double value);

}  // namespace calando::cards
