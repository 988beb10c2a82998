// SPDX-License-Identifier: MIT
// Reading schedules from calls: what curves, combinators, shapes and dialects have in common.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calando/schedule.h"
#include "src/schedule/curve.h"
#include "src/spec/arguments.h"

namespace calando::schedule {

/// A schedule from a value of the grammar.
///
/// Throws:  UsageError with the column.
Schedule read_schedule(const spec::Value& value, const RunLength& run, std::string_view what);

/// The arguments of one call that means a schedule.
class Reader {
 public:
  Reader(spec::Arguments& arguments, const RunLength& run) : args(arguments), run_(run) {}

  /// By the parameter's kind, within its range; flags are 0 or 1.
  double take(const Parameter& parameter);
  /// A number within a range, by position or name.
  double number(std::string_view name, const Interval& range);
  double number(std::string_view name, const Interval& range, double otherwise);
  /// Steps: a number, or one with the unit % or ep; at least `shortest`.
  double length(std::string_view name, double shortest = kShortest);
  double length_or(std::string_view name, double otherwise, double shortest = kShortest);
  std::optional<double> maybe_length(std::string_view name,
                                     double shortest = kShortest);  // None or absent: nothing
  /// A list of steps in ascending order, none twice.
  std::vector<double> lengths(std::string_view name);
  Schedule schedule(std::string_view name);
  /// One of the words, as its index.
  std::size_t word(std::string_view name, const std::vector<std::string>& words, std::string_view otherwise);

  double as_length(std::string_view name, const spec::Value& value, const Interval& range) const;
  double as_number(std::string_view name, const spec::Value& value, const Interval& range) const;
  const RunLength& run() const { return run_; }

  /// Makes a schedule; UsageErrors of the making get the call's column.
  Schedule located(const std::function<Schedule()>& make) const;

  spec::Arguments& args;

 private:
  const RunLength& run_;
};

}  // namespace calando::schedule
