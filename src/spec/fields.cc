// SPDX-License-Identifier: MIT
#include "src/spec/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "calando/error.h"
#include "src/spec/nearest.h"
#include "src/spec/number.h"

namespace calando::spec {

std::string expected_text(std::string_view name, const Interval& range) {
  const bool low = std::isfinite(range.low);
  const bool high = std::isfinite(range.high);
  const std::string_view low_equal = range.low_end == Interval::End::closed ? "=" : "";
  const std::string_view high_equal = range.high_end == Interval::End::closed ? "=" : "";
  if (low && high) {
    return fmt::format("{} <{} {} <{} {}", to_text(range.low), low_equal, name, high_equal,
                       to_text(range.high));
  }
  if (low) return fmt::format("{} >{} {}", name, low_equal, to_text(range.low));
  if (high) return fmt::format("{} <{} {}", name, high_equal, to_text(range.high));
  return "a finite number";
}

std::string expected_text(std::string_view name, const Interval& range, double value) {
  const bool one_sided = std::isfinite(range.low) != std::isfinite(range.high);
  return expected_text(name, range) + (one_sided && !std::isfinite(value) ? ", finite" : "");
}

Value number_value(double number) {
  const bool whole = number == std::trunc(number) && std::abs(number) <= 0x1p53;
  return Value{Number{.value = number, .integer = whole}};
}

namespace fields {

std::string one_of(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, " or "));
}

std::size_t read_choice(Arguments& args, std::string_view name, const std::vector<std::string>& names,
                        std::size_t otherwise) {
  const Value* value = args.take(name);
  if (value == nullptr) return otherwise;
  const std::string word = args.as_text(name, *value);
  const auto found = std::find(names.begin(), names.end(), word);
  if (found == names.end()) args.refuse(name, one_of(names) + did_you_mean(word, names));
  return static_cast<std::size_t>(found - names.begin());
}

double read_real(Arguments& args, std::string_view name, const Interval& range, double otherwise,
                 const TakeOther& take_other) {
  const Value* value = args.take(name);
  if (value == nullptr) return otherwise;
  const bool is_number = std::holds_alternative<Number>(value->content);
  if (!is_number && take_other && take_other(name, *value, range)) return otherwise;
  const double number = args.as_number(name, *value);
  if (!range.contains(number)) args.refuse(name, expected_text(name, range, number));
  return number;
}

std::optional<double> read_optional(Arguments& args, std::string_view name, const Interval& range,
                                    std::optional<double> otherwise, const TakeOther& take_other) {
  const Value* value = args.take(name);
  if (value == nullptr) return otherwise;
  if (std::holds_alternative<None>(value->content)) return std::nullopt;
  const bool is_number = std::holds_alternative<Number>(value->content);
  if (!is_number && take_other && take_other(name, *value, range)) return otherwise;
  const double number = args.as_number(name, *value);
  if (!range.contains(number)) args.refuse(name, expected_text(name, range, number) + ", or None");
  return number;
}

std::int64_t read_whole(Arguments& args, std::string_view name, const Interval& range, std::int64_t otherwise,
                        const TakeSteps& take_steps) {
  const Value* value = args.take(name);
  if (value == nullptr) return otherwise;
  const auto* counted = std::get_if<Number>(&value->content);
  if (take_steps && counted != nullptr && counted->unit != Unit::none)
    return static_cast<std::int64_t>(std::round(take_steps(name, *value, range)));
  const std::int64_t number = args.as_integer(name, *value);
  if (!range.contains(static_cast<double>(number))) args.refuse(name, expected_text(name, range));
  return number;
}

void check(std::string_view call, std::string_view name, double value, const Interval& range) {
  if (range.contains(value)) return;
  throw UsageError(
      fmt::format("{}: {} = {}, expected {}", call, name, to_text(value), expected_text(name, range, value)));
}

}  // namespace fields
}  // namespace calando::spec
