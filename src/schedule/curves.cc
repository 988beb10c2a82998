// SPDX-License-Identifier: MIT
// The curves of schedules. A new one is a function and a line in the table.
#include <algorithm>
#include <cmath>

#include "calando/schedule.h"
#include "src/schedule/curve.h"
#include "src/schedule/math.h"
#include "src/schedule/node.h"

namespace calando::schedule {
namespace {

using Progress = DoubleDouble (*)(const Segment&, DoubleDouble u);

/// from + (to - from) progress(u), never outside of the two.
template <Progress progress>
DoubleDouble blend(const Segment& s, DoubleDouble t) {
  const DoubleDouble change = s.difference * progress(s, s.inverse_length * t);
  const DoubleDouble sum = two_sum(s.from(), change.high);
  const DoubleDouble value = quick_two_sum(sum.high, sum.low + change.low);
  const double low = std::min(s.from(), s.to());
  const double high = std::max(s.from(), s.to());
  if (value.high < low) return low;
  return value.high > high ? DoubleDouble(high) : value;
}

DoubleDouble linear_progress(const Segment&, DoubleDouble u) { return u; }

DoubleDouble cosine_progress(const Segment& s, DoubleDouble u) {
  const double power = s.parameters[3];
  const double k = s.parameters[4];
  const DoubleDouble progress = half_cosine(k == 1 ? u : pow(u, k));
  return power == 1 ? progress : DoubleDouble(1) - pow(DoubleDouble(1) - progress, power);
}

DoubleDouble polynomial_progress(const Segment& s, DoubleDouble u) {
  return DoubleDouble(1) - pow(DoubleDouble(1) - pow(u, s.parameters[4]), s.parameters[3]);
}

DoubleDouble sqrt_progress(const Segment&, DoubleDouble u) { return sqrt(u); }

DoubleDouble rex_progress(const Segment&, DoubleDouble u) {
  return u / (DoubleDouble(2) - u);  // 1 - (1 - u) / (1 - u/2)
}

DoubleDouble logarithmic_progress(const Segment& s, DoubleDouble u) {
  return log(DoubleDouble(1) + u * DoubleDouble(s.length)) * s.derived;
}

void prepare_logarithmic(Segment& s) {
  s.derived = DoubleDouble(1) / log(DoubleDouble(1) + DoubleDouble(s.length));
}

/// (1 - ratio^u) / (1 - ratio)
DoubleDouble saturating_progress(const Segment& s, DoubleDouble u) {
  return (DoubleDouble(1) - exp(u * s.derived)) * s.derived_too;
}

void prepare_saturating(Segment& s) {
  const double ratio = s.parameters[3];
  s.derived = log(ratio);
  s.derived_too = DoubleDouble(1) / (DoubleDouble(1) - DoubleDouble(ratio));
}

DoubleDouble tanh_progress(const Segment& s, DoubleDouble u) {
  const DoubleDouble low = s.parameters[3];
  const DoubleDouble high = s.parameters[4];
  return (tanh(low + (high - low) * u) - s.derived) * s.derived_too;
}

void prepare_tanh(Segment& s) {
  s.derived = tanh(s.parameters[3]);
  s.derived_too = DoubleDouble(1) / (tanh(s.parameters[4]) - s.derived);
}

DoubleDouble constant_value(const Segment& s, DoubleDouble) { return s.from(); }

DoubleDouble exponential_value(const Segment& s, DoubleDouble t) {
  return exp(s.inverse_length * t * s.derived) * DoubleDouble(s.from());
}

void prepare_exponential(Segment& s) { s.derived = log(DoubleDouble(s.to()) / DoubleDouble(s.from())); }

/// t / parameters[2], whole where parameters[3] says staircase.
DoubleDouble periods(const Segment& s, DoubleDouble t) {
  if (s.parameters[3] != 0) return whole_periods(t, s.parameters[2], s.slack);
  return t / DoubleDouble(s.parameters[2]);
}

DoubleDouble decay_value(const Segment& s, DoubleDouble t) {
  const DoubleDouble count = periods(s, t);
  // Few whole powers are exact, or right to the last bit, by multiplication.
  const bool whole = s.parameters[3] != 0 && count.high <= 32;
  const DoubleDouble power =
      whole ? whole_power(s.parameters[1], static_cast<std::int64_t>(count.high)) : exp(count * s.derived);
  return power * DoubleDouble(s.from());
}

void prepare_decay(Segment& s) { s.derived = log(s.parameters[1]); }

DoubleDouble inverse_time_value(const Segment& s, DoubleDouble t) {
  return DoubleDouble(s.from()) / (DoubleDouble(1) + DoubleDouble(s.parameters[1]) * periods(s, t));
}

DoubleDouble growth_value(const Segment& s, DoubleDouble t) {
  return DoubleDouble(s.from()) * (DoubleDouble(1) + DoubleDouble(s.parameters[1]) * periods(s, t));
}

DoubleDouble inverse_sqrt_value(const Segment& s, DoubleDouble t) {
  const DoubleDouble timescale = s.parameters[1];
  return DoubleDouble(s.from()) * sqrt(timescale / (timescale + t));
}

constexpr Parameter number(std::string_view name, Interval range, double otherwise,
                           std::string_view meaning) {
  return {name, Parameter::Kind::number, range, otherwise, meaning};
}
constexpr Parameter positive(Parameter rate) {
  rate.range = range::positive;
  return rate;
}

constexpr Parameter kPower = number("power", range::above_up_to(0, 1000), 1, "exponent of what is left");
constexpr Parameter kWarp =
    number("k", range::above_up_to(0, 1000), 1, "exponent of u: above 1 decays later");
constexpr Parameter kValue{"value", Parameter::Kind::rate, range::not_negative, kRequired, "the value"};
constexpr Parameter kRate = number("rate", range::not_negative, kRequired, "share a period");
constexpr Parameter kPeriod{"steps", Parameter::Kind::length, range::closed(kShortest, 0x1p63), 1,
                            "of a period"};
constexpr Parameter kStaircase{"staircase", Parameter::Kind::flag, range::any, 0, "only after whole periods"};
constexpr Parameter kMaybeEndless{"length", Parameter::Kind::length, range::closed(kShortest, 0x1p63),
                                  kEndless, "steps"};
constexpr Parameter kFactor = number("factor", range::positive, kRequired, "a period's factor");
constexpr Parameter kTimescale{"timescale", Parameter::Kind::length, range::closed(kShortest, 0x1p63),
                               kRequired, "steps after which 1/sqrt(2) is left"};
constexpr Parameter kRatio = number("ratio", range::open(0, 1), 0.5, "the exponential's value at the end");
constexpr Parameter kTanhLow = number("low", range::closed(-100, 100), -7, "tanh's argument at the start");
constexpr Parameter kTanhHigh = number("high", range::closed(-100, 100), 3, "tanh's argument at the end");

}  // namespace

const std::vector<Curve>& curves() {
  // clang-format off
  static const std::vector<Curve> table = {
      {"constant", {kValue, kMaybeEndless}, constant_value, nullptr, "value", "-"},
      {"linear", {kFrom, kTo, kLength}, blend<linear_progress>, nullptr, "from + (to - from) u", "-"},
      {"cosine", {kFrom, kTo, kLength, kPower, kWarp}, blend<cosine_progress>, nullptr,
       "to + (from - to) ((1 + cos(pi u^k)) / 2)^power", "Loshchilov & Hutter 2017, eq. 5; k: Zhang & Li 2020"},
      {"polynomial", {kFrom, kTo, kLength, kPower, kWarp}, blend<polynomial_progress>, nullptr,
       "to + (from - to) (1 - u^k)^power", "Chen et al. 2018 (DeepLab), section 4; k: Zhang & Li 2020"},
      {"one_minus_sqrt", {kFrom, kTo, kLength}, blend<sqrt_progress>, nullptr,
       "to + (from - to) (1 - sqrt(u))", "Haegele et al. 2024, eq. 1"},
      {"exponential", {positive(kFrom), positive(kTo), kLength}, exponential_value, prepare_exponential,
       "from (to / from)^u", "-"},
      {"saturating", {kFrom, kTo, kLength, kRatio}, blend<saturating_progress>, prepare_saturating,
       "from + (to - from) (1 - ratio^u) / (1 - ratio)", "Hu et al. 2024 (MiniCPM), section 4.2"},
      {"logarithmic", {kFrom, kTo, kLength}, blend<logarithmic_progress>, prepare_logarithmic,
       "from + (to - from) log(1 + t) / log(1 + length)", "DeepSpeed, WarmupLR"},
      {"rex", {kFrom, kTo, kLength}, blend<rex_progress>, nullptr,
       "to + (from - to) (1 - u) / (1 - u/2)", "Chen et al. 2022 (REX), section 3"},
      {"tanh", {kFrom, kTo, kLength, kTanhLow, kTanhHigh}, blend<tanh_progress>, prepare_tanh,
       "from + (to - from) (T(u) - T(0)) / (T(1) - T(0)), T(u) = tanh(low (1 - u) + high u)", "Hsueh et al. 2019, eq. 3"},
      {"decay", {kFrom, kFactor, kPeriod, kStaircase, kMaybeEndless}, decay_value, prepare_decay,
       "from factor^(t / steps)", "-"},
      {"inverse_time", {kFrom, kRate, kPeriod, kStaircase, kMaybeEndless}, inverse_time_value, nullptr,
       "from / (1 + rate t / steps)", "Robbins & Monro 1951"},
      {"inverse_sqrt", {kFrom, kTimescale, kMaybeEndless}, inverse_sqrt_value, nullptr,
       "from sqrt(timescale / (timescale + t))", "Vaswani et al. 2017, eq. 3"},
      {"growth", {kFrom, kRate, kPeriod, kStaircase, kMaybeEndless}, growth_value, nullptr,
       "from (1 + rate t / steps)", "Smith 2017 (range test), section 3.3"},
  };
  // clang-format on
  return table;
}

const Curve* find_curve(std::string_view name) {
  const auto& table = curves();
  const auto found =
      std::find_if(table.begin(), table.end(), [name](const Curve& curve) { return curve.name == name; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace calando::schedule
