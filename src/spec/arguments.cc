// SPDX-License-Identifier: MIT
#include "src/spec/arguments.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "calando/error.h"
#include "src/spec/nearest.h"

namespace calando::spec {
namespace {

constexpr std::size_t kNamedOnly = std::numeric_limits<std::size_t>::max();

}  // namespace

Arguments::Arguments(const Call& call, std::size_t column, std::string_view what)
    : call_(call), column_(column), what_(what), taken_(call.arguments.size(), false) {}

/// Positional arguments stand before named ones, so that their index is their position.
const Argument* Arguments::find(std::string_view name, std::size_t position) const {
  for (const Argument& argument : call_.arguments) {
    if (argument.name == name) return &argument;
  }
  if (position >= call_.arguments.size() || !call_.arguments[position].name.empty()) return nullptr;
  return &call_.arguments[position];
}

const Value* Arguments::take_from(std::string_view name, std::size_t position) {
  known_.emplace_back(name);
  positions_.push_back(position);
  const Argument* argument = find(name, position);
  if (argument == nullptr) return nullptr;
  const bool both =
      !argument->name.empty() && position < call_.arguments.size() && call_.arguments[position].name.empty();
  if (both) refuse(argument->value, fmt::format("{} is given twice, by position and by name", name));
  taken_[static_cast<std::size_t>(argument - call_.arguments.data())] = true;
  return &argument->value;
}

const Value* Arguments::take(std::string_view name) { return take_from(name, position_++); }

const Value* Arguments::take_named(std::string_view name) { return take_from(name, kNamedOnly); }

double Arguments::as_number(std::string_view name, const Value& value) const {
  const Number* number = std::get_if<Number>(&value.content);
  if (number == nullptr) refuse(name, "a number");
  if (number->unit != Unit::none) refuse(name, "a number without a unit");
  return number->value;
}

std::int64_t Arguments::as_integer(std::string_view name, const Value& value) const {
  const Number* number = std::get_if<Number>(&value.content);
  const bool whole = number != nullptr && number->unit == Unit::none &&
                     number->value == std::trunc(number->value) && std::abs(number->value) <= 0x1p53;
  if (!whole) refuse(name, "a whole number");
  return static_cast<std::int64_t>(number->value);
}

bool Arguments::as_boolean(std::string_view name, const Value& value) const {
  if (const bool* boolean = std::get_if<bool>(&value.content)) return *boolean;
  refuse(name, "true or false");
}

std::string Arguments::as_text(std::string_view name, const Value& value) const {
  if (const Text* text = std::get_if<Text>(&value.content)) return text->value;
  const Call* call = std::get_if<Call>(&value.content);
  if (call != nullptr && !call->parentheses) return call->path;
  refuse(name, "a word");
}

std::vector<double> Arguments::as_numbers(std::string_view name, const Value& value) const {
  const List* list = std::get_if<List>(&value.content);
  if (list == nullptr) refuse(name, "a list of numbers");
  std::vector<double> numbers;
  for (const Value& item : list->items) numbers.push_back(as_number(name, item));
  return numbers;
}

const Value& Arguments::value(std::string_view name) {
  const Value* value = take(name);
  if (value == nullptr) refuse(name, "one");
  return *value;
}

double Arguments::number(std::string_view name) {
  const Value* value = take(name);
  if (value == nullptr) refuse(name, "a number");
  return as_number(name, *value);
}

double Arguments::number(std::string_view name, double otherwise) {
  const Value* value = take(name);
  return value == nullptr ? otherwise : as_number(name, *value);
}

std::int64_t Arguments::integer(std::string_view name) {
  const Value* value = take(name);
  if (value == nullptr) refuse(name, "a whole number");
  return as_integer(name, *value);
}

std::int64_t Arguments::integer(std::string_view name, std::int64_t otherwise) {
  const Value* value = take(name);
  return value == nullptr ? otherwise : as_integer(name, *value);
}

bool Arguments::boolean(std::string_view name, bool otherwise) {
  const Value* value = take(name);
  return value == nullptr ? otherwise : as_boolean(name, *value);
}

std::string Arguments::text(std::string_view name, std::string_view otherwise) {
  const Value* value = take(name);
  return value == nullptr ? std::string(otherwise) : as_text(name, *value);
}

std::vector<double> Arguments::numbers(std::string_view name) {
  const Value* value = take(name);
  if (value == nullptr) refuse(name, "a list of numbers");
  return as_numbers(name, *value);
}

void Arguments::finish() const {
  for (std::size_t i = 0; i < taken_.size(); ++i) {
    if (taken_[i]) continue;
    const Argument& argument = call_.arguments[i];
    if (argument.name.empty()) {
      refuse_at(what_, argument.column,
                fmt::format("{} takes at most {} arguments by position, this is number {}", call_.path,
                            position_, i + 1));
    }
    std::string advice = did_you_mean(argument.name, known_);
    if (advice.empty() && !known_.empty()) advice = fmt::format("; it takes {}", fmt::join(known_, ", "));
    refuse_at(what_, argument.column,
              fmt::format("{}: unknown argument \"{}\"{}", call_.path, argument.name, advice));
  }
}

void Arguments::refuse(std::string_view name, std::string_view expected) const {
  const auto known = std::find(known_.begin(), known_.end(), name);
  const std::size_t position =
      known == known_.end() ? kNamedOnly : positions_[static_cast<std::size_t>(known - known_.begin())];
  const Argument* argument = find(name, position);
  if (argument == nullptr) refuse(fmt::format("{} is missing, expected {}", name, expected));
  refuse(argument->value, fmt::format("{} = {}, expected {}", name, to_string(argument->value), expected));
}

void Arguments::refuse(const Value& at, std::string_view why) const {
  refuse_at(what_, at.column, fmt::format("{}: {}", call_.path, why));
}

void Arguments::refuse(std::string_view why) const {
  refuse_at(what_, column_, fmt::format("{}: {}", call_.path, why));
}

}  // namespace calando::spec
