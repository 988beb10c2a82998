// SPDX-License-Identifier: MIT
#include "src/train/recorded_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "calando/error.h"
#include "src/spec/number.h"

namespace calando::training {
namespace {

std::string name_of(StepUnit unit) {
  switch (unit) {
    case StepUnit::update:
      return "update";
    case StepUnit::epoch:
      return "epoch";
    case StepUnit::sample:
      return "sample";
  }
  return "";
}

std::string quoted(const std::string& value) { return value.empty() ? "left out" : "\"" + value + "\""; }

}  // namespace

RecordedOptions recorded(const TrainOptions& options) {
  const DataOptions& data = options.data;
  return {
      {"--target", data.target},
      {"--task", data.task},
      {"--validation", data.validation},
      {"--test", data.test},
      {"--header", data.header},
      {"--categorical", fmt::format("{}", fmt::join(data.categorical, ","))},
      {"--numeric", fmt::format("{}", fmt::join(data.numeric, ","))},
      {"--ignore", fmt::format("{}", fmt::join(data.ignore, ","))},
      {"--missing", data.missing},
      {"--missing-word", fmt::format("{}", fmt::join(data.missing_words, ","))},
      {"--model", options.model},
      {"--optimizer", options.optimizer},
      {"--schedule", options.schedule},
      {"--schedule-per", options.schedule_per ? name_of(*options.schedule_per) : ""},
      {"--plateau", options.plateau},
      {"--group", fmt::format("{}", fmt::join(options.groups, "; "))},
      {"--states", options.states},
      {"--epochs", std::to_string(options.epochs)},
      {"--steps", std::to_string(options.steps)},
      {"--batch", std::to_string(options.batch)},
      {"--accumulate", std::to_string(options.accumulate)},
      {"--clip", spec::to_text(options.clip)},
      {"--average", spec::to_text(options.average)},
      {"--patience", std::to_string(options.patience)},
      {"--class-weight", fmt::format("{}", fmt::join(options.class_weights, ","))},
      {"--seed", std::to_string(options.seed)},
      {"--log-every", std::to_string(options.log_every)},
  };
}

std::string to_json(const RecordedOptions& options, const std::string& command) {
  nlohmann::ordered_json json;
  json["command"] = command;
  for (const auto& [name, value] : options) json["options"][name] = value;
  return json.dump(1) + "\n";
}

RecordedOptions recorded_from_json(const std::string& file, const std::string& text) {
  try {
    const auto json = nlohmann::ordered_json::parse(text);
    RecordedOptions options;
    for (const auto& [name, value] : json.at("options").items())
      options.emplace_back(name, value.get<std::string>());
    return options;
  } catch (const nlohmann::json::exception& error) {
    throw DataError::in_file(file, fmt::format("not the options of a run: {}", error.what()));
  }
}

void require_same(const RecordedOptions& before, const RecordedOptions& now, const std::string& folder) {
  for (const auto& entry : now) {
    const auto& [name, value] = entry;
    const auto found = std::find_if(before.begin(), before.end(),
                                    [&](const auto& pair) { return pair.first == entry.first; });
    const std::string then = found == before.end() ? "" : found->second;
    if (then == value) continue;
    throw UsageError(fmt::format(
        "--resume {}: {} is {} now and was {} when the run began; its command is in {}/options.json", folder,
        name, quoted(value), quoted(then), folder));
  }
}

}  // namespace calando::training
