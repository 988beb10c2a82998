// SPDX-License-Identifier: MIT
// The text form of schedules: calls of curves and shapes, and the combinators.
#include "src/schedule/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "calando/error.h"
#include "src/schedule/dialect.h"
#include "src/schedule/node.h"
#include "src/schedule/shapes.h"
#include "src/spec/fields.h"
#include "src/spec/nearest.h"

namespace calando::schedule {
namespace {

Schedule read_curve(Reader& in, const Curve& curve) {
  Parameters parameters{};
  for (std::size_t i = 0; i < curve.parameters.size(); ++i) parameters[i] = in.take(curve.parameters[i]);
  return make_segment(curve, parameters);
}

[[noreturn]] void refuse_name(const spec::Call& call, std::size_t column, std::string_view what) {
  std::vector<std::string> names;
  for (const Curve& curve : curves()) names.emplace_back(curve.name);
  for (const Shape& shape : shapes()) names.emplace_back(shape.name);
  for (const Shape& combinator : combinators()) names.emplace_back(combinator.name);
  std::string meant = spec::did_you_mean(call.path, names);
  if (meant.empty()) meant = suggest_dialect(call.path);
  spec::refuse_at(what, column, fmt::format("unknown schedule \"{}\"{}", call.path, meant));
}

Schedule read_named(Reader& in, const spec::Call& call, std::size_t column, std::string_view what) {
  if (const Curve* curve = find_curve(call.path)) return read_curve(in, *curve);
  if (const Shape* shape = find_shape(call.path)) return shape->build(in);
  refuse_name(call, column, what);
}

Schedule read_call(const spec::Call& call, std::size_t column, const RunLength& run, std::string_view what) {
  const bool native = find_curve(call.path) != nullptr || find_shape(call.path) != nullptr;
  const Dialect* dialect = native ? nullptr : find_dialect(call.path);
  if (dialect != nullptr) return read_dialect(*dialect, call, column, {.run = run, .what = what});
  spec::Arguments args(call, column, what);
  Reader in(args, run);
  return in.located([&] {
    Schedule schedule = read_named(in, call, column, what);
    args.finish();
    return schedule;
  });
}

/// Thrown by what has no column of its own.
bool has_column(std::string_view message, std::string_view what) {
  return message.substr(0, what.size()) == what && message.substr(what.size(), 9) == ", column ";
}

}  // namespace

Schedule Reader::located(const std::function<Schedule()>& make) const {
  try {
    return make();
  } catch (const UsageError& error) {
    if (has_column(error.what(), args.what())) throw;
    spec::refuse_at(args.what(), args.call_column(), error.what());
  }
}

double Reader::as_number(std::string_view name, const spec::Value& value, const Interval& range) const {
  const double number = args.as_number(name, value);
  if (!range.contains(number)) args.refuse(name, spec::expected_text(name, range, number));
  return number;
}

double Reader::as_length(std::string_view name, const spec::Value& value, const Interval& range) const {
  const auto* number = std::get_if<spec::Number>(&value.content);
  if (number == nullptr) args.refuse(name, "a number of steps");
  double steps = number->value;
  if (number->unit == spec::Unit::percent) {
    if (!run_.run_steps) args.refuse(name, "steps: a share of a run whose length is not known");
    steps = steps * *run_.run_steps / 100;
  } else if (number->unit == spec::Unit::epochs) {
    if (!run_.epoch_steps) args.refuse(name, "steps: how many an epoch has is not known");
    steps *= *run_.epoch_steps;
  }
  if (!range.contains(steps)) args.refuse(name, spec::expected_text(name, range, steps));
  return steps;
}

double Reader::take(const Parameter& parameter) {
  if (parameter.kind == Parameter::Kind::flag) {
    return args.boolean(parameter.name, parameter.otherwise != 0) ? 1 : 0;
  }
  const spec::Value* value = args.take(parameter.name);
  if (value == nullptr) {
    if (!parameter.required()) return parameter.otherwise;
    args.refuse(parameter.name, spec::expected_text(parameter.name, parameter.range));
  }
  if (parameter.kind == Parameter::Kind::length) {
    const auto* number = std::get_if<spec::Number>(&value->content);
    const bool endless = parameter.otherwise == kEndless && number != nullptr && number->value == kEndless;
    return endless ? kEndless : as_length(parameter.name, *value, parameter.range);
  }
  return as_number(parameter.name, *value, parameter.range);
}

double Reader::number(std::string_view name, const Interval& range) {
  const spec::Value* value = args.take(name);
  if (value == nullptr) args.refuse(name, spec::expected_text(name, range));
  return as_number(name, *value, range);
}

double Reader::number(std::string_view name, const Interval& range, double otherwise) {
  const spec::Value* value = args.take(name);
  return value == nullptr ? otherwise : as_number(name, *value, range);
}

std::optional<double> Reader::maybe_length(std::string_view name, double shortest) {
  const spec::Value* value = args.take(name);
  if (value == nullptr || std::holds_alternative<spec::None>(value->content)) return std::nullopt;
  return as_length(name, *value, range::closed(shortest, 0x1p63));
}

double Reader::length(std::string_view name, double shortest) {
  const std::optional<double> steps = maybe_length(name, shortest);
  if (!steps) args.refuse(name, "a number of steps");
  return *steps;
}

double Reader::length_or(std::string_view name, double otherwise, double shortest) {
  return maybe_length(name, shortest).value_or(otherwise);
}

std::vector<double> Reader::lengths(std::string_view name) {
  const spec::Value* value = args.take(name);
  const auto* list = value == nullptr ? nullptr : std::get_if<spec::List>(&value->content);
  if (list == nullptr) args.refuse(name, "a list of steps, such as [30, 60]");
  std::vector<double> lengths;
  for (const spec::Value& item : list->items) {
    lengths.push_back(as_length(name, item, range::closed(0, 0x1p63)));
    if (lengths.size() > 1 && lengths.back() <= lengths[lengths.size() - 2]) {
      args.refuse(item, fmt::format("{}: {} is not behind the one before it", name, spec::to_string(item)));
    }
  }
  return lengths;
}

Schedule Reader::schedule(std::string_view name) {
  return read_schedule(args.value(name), run_, args.what());
}

std::size_t Reader::word(std::string_view name, const std::vector<std::string>& words,
                         std::string_view otherwise) {
  const std::string word = args.text(name, otherwise);
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) args.refuse(name, spec::fields::one_of(words) + spec::did_you_mean(word, words));
  return static_cast<std::size_t>(found - words.begin());
}

Schedule read_schedule(const spec::Value& value, const RunLength& run, std::string_view what) {
  if (const auto* sequence = std::get_if<spec::Sequence>(&value.content)) {
    std::vector<Schedule> parts;
    for (const spec::Value& part : sequence->parts) {
      parts.push_back(read_schedule(part, run, what));
      const bool last = &part == &sequence->parts.back();
      if (!last && !std::isfinite(parts.back().length())) {
        spec::refuse_at(what, part.column,
                        fmt::format("\"{}\" has no end: nothing can come behind it", spec::to_string(part)));
      }
    }
    return chain(parts);
  }
  if (const auto* number = std::get_if<spec::Number>(&value.content)) {
    if (number->unit == spec::Unit::none && range::not_negative.contains(number->value)) return number->value;
    spec::refuse_at(what, value.column,
                    fmt::format("{}, expected a rate of 0 or more", spec::to_string(value)));
  }
  if (const auto* call = std::get_if<spec::Call>(&value.content))
    return read_call(*call, value.column, run, what);
  spec::refuse_at(what, value.column, fmt::format("{}, expected a schedule", spec::to_string(value)));
}

}  // namespace calando::schedule

namespace calando {

Schedule parse_schedule(std::string_view text, const RunLength& run) {
  return schedule::read_schedule(spec::parse(text, "schedule"), run, "schedule");
}

}  // namespace calando
