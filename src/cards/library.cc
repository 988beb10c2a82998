// SPDX-License-Identifier: MIT
#include "src/cards/library.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "calando/error.h"
#include "src/spec/nearest.h"
#include "src/spec/number.h"

namespace calando::cards {
namespace {

template <class Entry>
const Entry& entry_of(const std::vector<Entry>& list, std::string_view name, std::string_view kind) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const Entry& entry) { return entry.name == name; });
  if (found != list.end()) return *found;
  std::vector<std::string> known;
  for (const Entry& entry : list) known.emplace_back(entry.name);
  throw UsageError(fmt::format("no {} \"{}\"{}", kind, name, spec::did_you_mean(name, known)));
}

template <class Entry>
void append(std::vector<Entry>& all, std::span<const Entry> some) {
  all.insert(all.end(), some.begin(), some.end());
}

}  // namespace

const Value& Given::next(std::string_view kind) {
  if (at_ >= values_.size())
    throw UsageError(fmt::format("{}: argument {} is missing, expected {}", name_, at_ + 1, kind));
  return values_[at_++];
}

double Given::number() {
  const Value& value = next("a number");
  if (const auto* number = std::get_if<double>(&value)) return *number;
  throw UsageError(fmt::format("{}: argument {}, expected a number", name_, at_));
}

std::int64_t Given::whole() {
  const double value = number();
  if (!(value == std::floor(value) && std::fabs(value) < 0x1p53)) {
    throw UsageError(
        fmt::format("{}: argument {} = {}, expected a whole number", name_, at_, spec::to_text(value)));
  }
  return static_cast<std::int64_t>(value);
}

const std::string& Given::text() {
  const Value& value = next("a text");
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  throw UsageError(fmt::format("{}: argument {}, expected a text in quotes", name_, at_));
}

const std::vector<double>& Given::list() {
  const Value& value = next("a list");
  if (const auto* list = std::get_if<std::vector<double>>(&value)) return *list;
  throw UsageError(fmt::format("{}: argument {}, expected a list [a, b, ...]", name_, at_));
}

void Given::finish() const {
  if (more()) throw UsageError(fmt::format("{}: {} arguments, expected {}", name_, values_.size(), at_));
}

std::vector<Computation> all_computations() {
  std::vector<Computation> all;
  append(all, schedule_computations());
  append(all, optimizer_computations());
  append(all, similarity_computations());
  append(all, bellman_computations());
  append(all, learning_computations());
  append(all, training_computations());
  append(all, run_computations());
  return all;
}

std::vector<Picture> all_pictures() {
  std::vector<Picture> all;
  append(all, schedule_pictures());
  append(all, curve_pictures());
  append(all, optimizer_pictures());
  append(all, similarity_pictures());
  append(all, bellman_pictures());
  append(all, learning_pictures());
  return all;
}

double call_library(std::string_view name, const std::vector<Value>& arguments) {
  static const std::vector<Computation> kAll = all_computations();
  Given given(name, arguments);
  const double value = entry_of(kAll, name, "computation").compute(given);
  given.finish();
  return value;
}

plot::Figure draw_call(std::string_view name, const std::vector<Value>& arguments) {
  static const std::vector<Picture> kAll = all_pictures();
  Given given(name, arguments);
  plot::Figure figure = entry_of(kAll, name, "picture").draw(given);
  given.finish();
  return figure;
}

plot::Figure draw_picture(std::string_view line, const Names& names) {
  const LibraryCall call = as_call(read_expression(line, "picture"), names, call_library);
  return draw_call(call.name, call.arguments);
}

}  // namespace calando::cards
