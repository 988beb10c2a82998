// SPDX-License-Identifier: MIT
// Curves: what a single segment of a schedule can look like. All of them stand in one table, curves.cc.
#pragma once

#include <array>
#include <limits>
#include <string_view>
#include <vector>

#include "calando/fields.h"
#include "src/schedule/double_double.h"

namespace calando::schedule {

/// An argument of a curve or a shape.
struct Parameter {
  enum class Kind { rate, length, number, flag };

  std::string_view name;
  Kind kind = Kind::number;
  Interval range = range::any;
  double otherwise = std::numeric_limits<double>::quiet_NaN();  // NaN: it has to be given
  std::string_view meaning;

  bool required() const { return otherwise != otherwise; }
};

/// Values of a curve's parameters, in the order of the table.
using Parameters = std::array<double, 6>;

struct Curve;

/// A curve with its parameters. A length of its own is kEndless where the curve goes on for ever.
struct Segment {
  const Curve* curve = nullptr;
  Parameters parameters{};
  double length = 0;

  // Derived once from the parameters.
  double slack = 0;  // relative rounding of its lengths
  Factor inverse_length{};
  Factor difference{};     // to - from
  DoubleDouble derived{};  // what Curve::prepare made
  DoubleDouble derived_too{};

  double from() const { return parameters[0]; }
  double to() const { return parameters[1]; }
};

struct Curve {
  std::string_view name;
  std::vector<Parameter> parameters;
  DoubleDouble (*value)(const Segment&, DoubleDouble t);  // for 0 <= t < length
  void (*prepare)(Segment&);                              // null: nothing to derive
  std::string_view formula;                               // u = t / length
  std::string_view source;

  /// Whether its last value is a parameter, `to`, and not what the formula gives.
  bool has_target() const { return parameters.size() > 1 && parameters[1].name == "to"; }
};

const std::vector<Curve>& curves();
const Curve* find_curve(std::string_view name);  // null: none of that name

// The parameters that most curves and shapes share.
inline constexpr double kRequired = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kShortest = 1e-6;  // steps; shorter lengths are slips
inline constexpr Parameter kFrom{"from", Parameter::Kind::rate, range::not_negative, kRequired,
                                 "first value"};
inline constexpr Parameter kTo{"to", Parameter::Kind::rate, range::not_negative, kRequired, "last value"};
inline constexpr Parameter kLength{"length", Parameter::Kind::length, range::closed(kShortest, 0x1p63),
                                   kRequired, "steps"};

}  // namespace calando::schedule
