// SPDX-License-Identifier: MIT
// What the visitor of calando/fields.h is good for: options read from a call, printed as one, checked and described.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "calando/fields.h"
#include "src/spec/arguments.h"
#include "src/spec/call.h"

namespace calando::spec {

/// Offered the value of a number's argument that is no number: a schedule, say. True where it takes it; the field keeps
/// what it has.
using TakeOther = std::function<bool(std::string_view name, const Value& value, const Interval& range)>;

/// How many steps a number with a unit is, "75%" or "2ep". Steps are whole numbers of 64 bits.
using TakeSteps = std::function<double(std::string_view name, const Value& value, const Interval& range)>;

/// The options of a struct, from the arguments of a call by name or position; those not given keep what they have.
///
/// Throws:  UsageError, "optimizer, column 12: adam: beta1 = 1.5, expected 0 <= beta1 < 1"
template <class Options>
void read_fields(Arguments& args, Options& options, const TakeOther& take_other = {},
                 const TakeSteps& take_steps = {});

/// Throws UsageError, "adam: beta1 = 1.5, expected 0 <= beta1 < 1", where a number lies outside of its range. For options that were
/// not read from a text.
template <class Options>
void check_fields(std::string_view name, const Options& options);

/// The call that read_fields() reads back to equal options: those that differ from the default ones, by name.
template <class Options>
Call fields_to_call(std::string_view name, const Options& options, const Options& otherwise = Options{});

/// The same as a text: "adam(beta2=0.95)", or "adam".
template <class Options>
std::string print_fields(std::string_view name, const Options& options, const Options& otherwise = Options{});

struct FieldDescription {
  std::string name;
  std::string value;     // the default
  std::string expected;  // "0 <= beta1 < 1", "true or false", "coupled or decoupled"
  std::string meaning;
};

/// For --help, `list` and the documentation.
template <class Options>
std::vector<FieldDescription> describe_fields(const Options& options = Options{});

/// "0 <= beta1 < 1", "eps > 0", "a finite number".
std::string expected_text(std::string_view name, const Interval& range);

/// The same to one who gave `value`: "eps > 0, finite" where it is infinite and the range would not say so.
std::string expected_text(std::string_view name, const Interval& range, double value);

/// A number as a value of the grammar; whole ones print without a point.
Value number_value(double number);

// How it is done.

namespace fields {

template <class T>
concept Real = std::floating_point<T>;
template <class T>
concept Whole = std::integral<T> && !std::same_as<T, bool>;
template <class T>
concept Choice = std::is_enum_v<T>;

template <Choice E>
std::vector<std::string> choices(E value) {
  std::vector<std::string> names;
  for (const std::string_view name : enum_names(value)) names.emplace_back(name);
  return names;
}

std::size_t read_choice(Arguments& args, std::string_view name, const std::vector<std::string>& names,
                        std::size_t otherwise);
double read_real(Arguments& args, std::string_view name, const Interval& range, double otherwise,
                 const TakeOther& take_other);
std::optional<double> read_optional(Arguments& args, std::string_view name, const Interval& range,
                                    std::optional<double> otherwise, const TakeOther& take_other);
/// `range` is narrowed to what the type holds.
std::int64_t read_whole(Arguments& args, std::string_view name, const Interval& range, std::int64_t otherwise,
                        const TakeSteps& take_steps = {});
void check(std::string_view call, std::string_view name, double value, const Interval& range);
std::string one_of(const std::vector<std::string>& names);

template <Whole T>
constexpr Interval within_type(Interval range) {
  using Limits = std::numeric_limits<T>;
  if (range.low < static_cast<double>(Limits::min())) {
    range.low = static_cast<double>(Limits::min());
    range.low_end = Interval::End::closed;
  }
  if (range.high > static_cast<double>(Limits::max()) && sizeof(T) < sizeof(std::int64_t)) {
    range.high = static_cast<double>(Limits::max());
    range.high_end = Interval::End::closed;
  }
  return range;
}

struct Read {
  Arguments& args;
  const TakeOther& take_other;
  const TakeSteps& take_steps;

  template <Real T>
  void operator()(std::string_view name, T& field, const Interval& range, std::string_view) const {
    field = static_cast<T>(read_real(args, name, range, static_cast<double>(field), take_other));
  }
  void operator()(std::string_view name, std::optional<double>& field, const Interval& range,
                  std::string_view) const {
    field = read_optional(args, name, range, field, take_other);
  }
  template <Whole T>
  void operator()(std::string_view name, T& field, const Interval& range, std::string_view) const {
    field = static_cast<T>(read_whole(args, name, within_type<T>(range), static_cast<std::int64_t>(field)));
  }
  void operator()(std::string_view name, std::int64_t& field, const Interval& range, std::string_view) const {
    field = read_whole(args, name, range, field, take_steps);
  }
  template <Choice E>
  void operator()(std::string_view name, E& field, std::string_view) const {
    field = static_cast<E>(read_choice(args, name, choices(field), static_cast<std::size_t>(field)));
  }
  void operator()(std::string_view name, bool& field, std::string_view) const {
    field = args.boolean(name, field);
  }
  void operator()(std::string_view name, std::string& field, std::string_view) const {
    field = args.text(name, field);
  }
};

struct Check {
  std::string_view call;

  template <class T>
  void operator()(std::string_view name, const T& field, const Interval& range, std::string_view) const {
    check(call, name, static_cast<double>(field), range);
  }
  void operator()(std::string_view name, const std::optional<double>& field, const Interval& range,
                  std::string_view) const {
    if (field) check(call, name, *field, range);
  }
  template <class T>
  void operator()(std::string_view, const T&, std::string_view) const {}
};

template <class T>
Value value_of(const T& field) {
  if constexpr (Choice<T>) {
    return Value{Call{.path = choices(field)[static_cast<std::size_t>(field)], .arguments = {}}};
  } else if constexpr (std::same_as<T, bool>) {
    return Value{field};
  } else if constexpr (std::same_as<T, std::string>) {
    return Value{Text{field}};
  } else if constexpr (std::same_as<T, std::optional<double>>) {
    return field ? number_value(*field) : Value{None{}};
  } else {
    return number_value(static_cast<double>(field));
  }
}

struct Collect {
  std::vector<Argument>& arguments;

  template <class T>
  void operator()(std::string_view name, const T& field, const Interval&, std::string_view) const {
    arguments.push_back({std::string(name), value_of(field)});
  }
  template <class T>
  void operator()(std::string_view name, const T& field, std::string_view) const {
    arguments.push_back({std::string(name), value_of(field)});
  }
};

struct Describe {
  std::vector<FieldDescription>& out;

  template <class T>
  void operator()(std::string_view name, const T& field, const Interval& range,
                  std::string_view meaning) const {
    out.push_back(
        {std::string(name), to_string(value_of(field)), expected_text(name, range), std::string(meaning)});
  }
  template <class T>
  void operator()(std::string_view name, const T& field, std::string_view meaning) const {
    std::string expected = "a text";
    if constexpr (std::same_as<T, bool>) expected = "true or false";
    if constexpr (Choice<T>) expected = one_of(choices(field));
    out.push_back({std::string(name), to_string(value_of(field)), expected, std::string(meaning)});
  }
};

}  // namespace fields

template <class Options>
void read_fields(Arguments& args, Options& options, const TakeOther& take_other,
                 const TakeSteps& take_steps) {
  Options::fields(options, fields::Read{args, take_other, take_steps});
}

template <class Options>
void check_fields(std::string_view name, const Options& options) {
  Options::fields(options, fields::Check{name});
}

template <class Options>
Call fields_to_call(std::string_view name, const Options& options, const Options& otherwise) {
  std::vector<Argument> all;
  std::vector<Argument> defaults;
  Options::fields(options, fields::Collect{all});
  Options::fields(otherwise, fields::Collect{defaults});
  Call call{.path = std::string(name), .arguments = {}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!(all[i] == defaults[i])) call.arguments.push_back(std::move(all[i]));
  }
  call.parentheses = !call.arguments.empty();
  return call;
}

template <class Options>
std::string print_fields(std::string_view name, const Options& options, const Options& otherwise) {
  return to_string(Value{fields_to_call(name, options, otherwise)});
}

template <class Options>
std::vector<FieldDescription> describe_fields(const Options& options) {
  std::vector<FieldDescription> descriptions;
  Options::fields(options, fields::Describe{descriptions});
  return descriptions;
}

}  // namespace calando::spec
