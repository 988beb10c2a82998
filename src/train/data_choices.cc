// SPDX-License-Identifier: MIT
#include "src/train/data_choices.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "calando/error.h"
#include "src/spec/nearest.h"
#include "src/spec/number.h"

namespace calando::training {
namespace {

/// The position of a word among those an option knows.
std::size_t choice(const char* option, const std::string& word, const std::vector<std::string>& words) {
  const auto found = std::find(words.begin(), words.end(), word);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  throw UsageError(fmt::format("{} {}: expected {}{}", option, word, fmt::join(words, ", "),
                               spec::did_you_mean(word, words)));
}

void choose_validation(const std::string& text, DataChoices& choices) {
  if (text.empty()) return;
  const auto share = spec::to_number(text);
  if (!share) {
    choices.validation_file = text;
    return;
  }
  if (!(*share >= 0 && *share < 1)) {
    throw UsageError(
        fmt::format("--validation {}: expected a share of the rows from 0 to below 1, or a file", text));
  }
  choices.validation_share = *share;
}

}  // namespace

DataChoices choices_of(const DataOptions& options) {
  DataChoices choices;
  if (!options.task.empty()) {
    choices.task = choice("--task", options.task, {"classification", "regression"}) == 0
                       ? Task::classification
                       : Task::regression;
  }
  if (!options.header.empty()) choices.header = choice("--header", options.header, {"yes", "no"}) == 0;
  choices.missing = static_cast<Missing>(choice("--missing", options.missing, {"impute", "drop", "refuse"}));
  choose_validation(options.validation, choices);
  return choices;
}

DataPath data_path(const std::string& text) {
  std::error_code ignored;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || std::filesystem::exists(text, ignored)) return {text, ""};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace calando::training
