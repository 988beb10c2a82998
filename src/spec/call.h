// SPDX-License-Identifier: MIT
// The one grammar of calls: name(arg=value, ...), used by schedules, optimizers, models and controllers.
//
//   expression := value ("then" value)*
//   value      := call | number [unit] | string | "True" | "False" | "None" | "true" | "false" | list | tuple
//   call       := name ("." name)* ["(" [argument ("," argument)* [","]] ")"]
//   argument   := [name "="] expression
//   unit       := "%" | "ep"
//
// A name without parentheses is a bare string and, where a call is wanted, a call without arguments.
// Strings stand in either quote or bare. White space and line breaks are free. Columns count from 1.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace calando::spec {

enum class Unit { none, percent, epochs };

struct Number {
  double value = 0;
  Unit unit = Unit::none;
  bool integer = false;    // written without a point or an exponent, and it fits in int64
  friend bool operator==(const Number&, const Number&) = default;
};

struct None {
  friend bool operator==(const None&, const None&) = default;
};

struct Value;

struct List {
  std::vector<Value> items;
  bool tuple = false;
};

struct Argument;

/// A call, or a bare name where `parentheses` is false.
struct Call {
  std::string path;    // dotted: "torch.optim.lr_scheduler.OneCycleLR"
  std::vector<Argument> arguments;
  bool parentheses = false;
};

/// a then b then c
struct Sequence {
  std::vector<Value> parts;
};

struct Text {    // a quoted string
  std::string value;
  friend bool operator==(const Text&, const Text&) = default;
};

struct Value {
  std::variant<None, bool, Number, Text, List, Call, Sequence> content;
  std::size_t column = 1;    // of its first character
};

struct Argument {
  std::string name;    // empty: positional
  Value value;
  std::size_t column = 1;
};

/// Reads a whole text as one expression.
///
/// Throws:  UsageError, "<what>, column 8: ...", with the column of the first character that does not fit. Depth is
///          limited (200), so that no text overflows the stack.
Value parse(std::string_view text, std::string_view what);

/// The text of a value, in the form that parse() reads back to an equal one.
std::string to_string(const Value& value);

/// Reads a whole text as one call; a bare name is a call without arguments.
/// Throws:  UsageError as parse(), and where the text is not a call.
Call parse_call(std::string_view text, std::string_view what);

}  // namespace calando::spec
