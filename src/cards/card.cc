// SPDX-License-Identifier: MIT
#include "src/cards/card.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "calando/error.h"
#include "src/spec/nearest.h"
#include "src/spec/number.h"

namespace calando::cards {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> parted(std::string_view text, std::string_view mark) {
  std::vector<std::string_view> parts;
  for (std::size_t at = text.find(mark); at != std::string_view::npos; at = text.find(mark)) {
    parts.push_back(trimmed(text.substr(0, at)));
    text.remove_prefix(at + mark.size());
  }
  parts.push_back(trimmed(text));
  return parts;
}

class CardReader {
 public:
  CardReader(std::string_view id, std::string_view text) : rest_(text) { card_.id = id; }

  Card read() {
    while (!next_line()) {
    }
    card_.text = std::string(rest_);
    require(!card_.name.empty(), "name");
    require(!card_.area.empty(), "area");
    require(!card_.formulas.empty(), "formula");
    require(!card_.sources.empty(), "source");
    require(!card_.result.empty(), "result");
    require(!card_.command.empty(), "command");
    return std::move(card_);
  }

 private:
  /// True at the line that ends the head.
  bool next_line() {
    ++line_;
    if (rest_.empty()) refuse("the head does not end: expected a line ---");
    const std::size_t end = rest_.find('\n');
    const std::string_view line = trimmed(rest_.substr(0, end));
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (line == "---") return true;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) refuse(fmt::format("\"{}\", expected field: value", line));
    take(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    return false;
  }

  void take(std::string_view field, std::string_view value) {
    if (value.empty()) refuse(fmt::format("{} is empty", field));
    if (field == "name") return once(card_.name, field, value);
    if (field == "area") return take_area(value);
    if (field == "example") return once(card_.example, field, value);
    if (field == "result") return once(card_.result, field, value);
    if (field == "command") return once(card_.command, field, value);
    if (field == "formula") return card_.formulas.emplace_back(value), void();
    if (field == "picture") return card_.pictures.emplace_back(value), void();
    if (field == "code") return card_.code.emplace_back(value), void();
    if (field == "source") return take_source(value);
    if (field == "related") return take_related(value);
    if (field == "parameter") return take_parameter(value);
    static const std::vector<std::string> kFields = {"name",    "area",      "formula", "source",
                                                     "related", "parameter", "example", "result",
                                                     "picture", "command",   "code"};
    refuse(fmt::format("no field \"{}\"{}", field, spec::did_you_mean(field, kFields)));
  }

  void once(std::string& field, std::string_view name, std::string_view value) {
    if (!field.empty()) refuse(fmt::format("{} stands twice", name));
    field = std::string(value);
  }

  void take_area(std::string_view value) {
    if (std::find(std::begin(kAreas), std::end(kAreas), value) == std::end(kAreas)) {
      refuse(fmt::format("area \"{}\", expected {}", value, fmt::join(kAreas, ", ")));
    }
    once(card_.area, "area", value);
  }

  void take_source(std::string_view value) {
    const auto parts = parted(value, " | ");
    card_.sources.push_back(
        {std::string(parts[0]), parts.size() > 1 ? std::string(parts[1]) : std::string()});
  }

  void take_related(std::string_view value) {
    for (const std::string_view id : parted(value, ",")) card_.related.emplace_back(id);
  }

  void take_parameter(std::string_view value) {
    const auto parts = parted(value, "|");
    const auto head = parted(parts[0], "=");
    if (parts.size() != 3 || head.size() != 2)
      refuse("expected parameter: name = value | low to high | meaning");
    const auto range = parted(parts[1], " to ");
    if (range.size() != 2) refuse(fmt::format("range \"{}\", expected low to high", parts[1]));
    const auto high = parted(range[1], ",");
    Parameter parameter{.name = std::string(head[0]),
                        .value = number(head[1]),
                        .low = number(range[0]),
                        .high = 0,
                        .high_name = {},
                        .whole = high.size() > 1 && high[1] == "whole",
                        .meaning = std::string(parts[2])};
    take_high(high[0], parameter);
    if (parameter.value < parameter.low || parameter.value > parameter.high)
      refuse("the value lies outside of its range");
    card_.parameters.push_back(std::move(parameter));
  }

  /// The upper end of a range: a number, or the name of a parameter further up.
  void take_high(std::string_view text, Parameter& parameter) const {
    const auto other = std::find_if(card_.parameters.begin(), card_.parameters.end(),
                                    [&](const auto& p) { return p.name == text; });
    if (other != card_.parameters.end()) parameter.high_name = other->name;
    parameter.high = other != card_.parameters.end() ? other->value : number(text);
  }

  double number(std::string_view text) const {
    const auto value = spec::to_number(text);
    if (!value || !std::isfinite(*value)) refuse(fmt::format("\"{}\" is not a number", text));
    return *value;
  }

  void require(bool there, std::string_view field) const {
    if (!there) refuse(fmt::format("{} is missing", field));
  }
  [[noreturn]] void refuse(const std::string& why) const {
    throw DataError::at_line(card_.id + ".md", line_, why);
  }

  Card card_;
  std::string_view rest_;
  std::size_t line_ = 0;
};

std::string range_text(const Parameter& parameter) {
  const std::string high = parameter.high_name.empty() ? spec::to_text(parameter.high) : parameter.high_name;
  return fmt::format("{} from {} to {}", parameter.whole ? "a whole number" : "a number",
                     spec::to_text(parameter.low), high);
}

std::string an_example(const Card& card) {
  return card.parameters.empty() ? "t=50"
                                 : card.parameters[0].name + "=" + spec::to_text(card.parameters[0].value);
}

void check_range(const Card& card, const Parameter& parameter, double value, const Names& values) {
  const double high = parameter.high_name.empty() ? parameter.high : values.at(parameter.high_name);
  const bool fits =
      value >= parameter.low && value <= high && (!parameter.whole || value == std::floor(value));
  if (fits) return;
  throw UsageError(fmt::format("{}: {} = {}, expected {}", card.id, parameter.name, spec::to_text(value),
                               range_text(parameter)));
}

void change(const Card& card, const std::string& word, Names& values) {
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos)
    throw UsageError(fmt::format("\"{}\": expected name=value, such as {}", word, an_example(card)));
  const std::string name = word.substr(0, equals);
  if (!values.contains(name)) {
    std::vector<std::string> known;
    for (const Parameter& parameter : card.parameters) known.push_back(parameter.name);
    throw UsageError(
        fmt::format("{} has no \"{}\"{} (it has {})", card.id, name, spec::did_you_mean(name, known),
                    known.empty() ? "no numbers to change" : fmt::format("{}", fmt::join(known, ", "))));
  }
  const auto value = spec::to_number(word.substr(equals + 1));
  if (!value)
    throw UsageError(fmt::format("{}: {} = {}, expected a number", card.id, name, word.substr(equals + 1)));
  values[name] = *value;
}

}  // namespace

Card read_card(std::string_view id, std::string_view text) { return CardReader(id, text).read(); }

Names default_values(const Card& card) {
  Names values;
  for (const Parameter& parameter : card.parameters) values[parameter.name] = parameter.value;
  return values;
}

Names changed_values(const Card& card, const std::vector<std::string>& words) {
  Names values = default_values(card);
  for (const std::string& word : words) change(card, word, values);
  for (const Parameter& parameter : card.parameters)
    check_range(card, parameter, values.at(parameter.name), values);
  return values;
}

}  // namespace calando::cards
