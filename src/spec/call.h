// SPDX-License-Identifier: MIT
// The one grammar of calls: name(arg=value, ...), used by schedules, optimizers, models and controllers.
//
//   text       := [path "="] expression             the name that a pasted line assigns to is skipped
//   expression := value ("then" value)*
//   value      := call | number [unit] | string | "True" | "False" | "None" | "true" | "false" | list | tuple
//                 | dictionary | "(" expression ")"
//   dictionary := "{" [value ":" expression ("," value ":" expression)* [","]] "}"
//   call       := path ["(" [argument ("," argument)* [","]] ")"]
//   path       := name ("." name)*
//   argument   := [name "="] expression             by position first, then by name, each name once
//   unit       := "%" | "ep"
//
// A name without parentheses is a bare string and, where a call is wanted, a call without arguments. Numbers may be
// written 10_000, inf and nan. Strings stand in either quote or bare. White space, line breaks and comments from # to the
// end of the line are free. Columns count from 1, over the whole text.
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
  bool integer = false;  // written without a point or an exponent, and exact: not beyond 2^53
  friend bool operator==(const Number&, const Number&) = default;
};

struct None {
  friend bool operator==(const None&, const None&) = default;
};

struct Text {  // a quoted string
  std::string value;
  friend bool operator==(const Text&, const Text&) = default;
};

struct Value;
struct Argument;

struct List {
  std::vector<Value> items;
  bool tuple = false;
  bool dictionary = false;  // each item is a tuple of a key and what it stands for
};

/// A call, or a bare name where `parentheses` is false.
struct Call {
  std::string path;  // dotted: "torch.optim.lr_scheduler.OneCycleLR"
  std::vector<Argument> arguments;
  bool parentheses = false;
};

/// a then b then c
struct Sequence {
  std::vector<Value> parts;
};

struct Value {
  std::variant<None, bool, Number, Text, List, Call, Sequence> content;
  std::size_t column = 1;  // of its first character; no part of equality
};

struct Argument {
  std::string name;  // empty: positional
  Value value;
  std::size_t column = 1;
};

bool operator==(const List& a, const List& b);
bool operator==(const Call& a, const Call& b);
bool operator==(const Sequence& a, const Sequence& b);
bool operator==(const Value& a, const Value& b);
bool operator==(const Argument& a, const Argument& b);

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

/// Throws the UsageError "<what>, column 8: <message>".
[[noreturn]] void refuse_at(std::string_view what, std::size_t column, std::string_view message);

}  // namespace calando::spec
