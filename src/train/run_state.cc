// SPDX-License-Identifier: MIT
#include "src/train/run_state.h"

#include <fmt/format.h>

#include <concepts>
#include <nlohmann/json.hpp>

#include "calando/error.h"
#include "src/spec/number.h"

namespace calando::training {
namespace {

struct Write {
  nlohmann::ordered_json& json;

  void operator()(const char* name, double value) const { json[name] = spec::to_text(value); }
  template <std::integral T>
  void operator()(const char* name, T value) const {
    json[name] = value;
  }
};

struct Read {
  const nlohmann::json& json;
  const std::string& file;

  void operator()(const char* name, double& value) const {
    const auto number = spec::to_number(json.at(name).get<std::string>());
    if (!number)
      throw DataError::in_file(file, fmt::format("{}: {} is not a number", name, json.at(name).dump()));
    value = *number;
  }
  template <std::integral T>
  void operator()(const char* name, T& value) const {
    value = json.at(name).get<T>();
  }
};

}  // namespace

std::string to_json(const RunState& state) {
  nlohmann::ordered_json json;
  RunState::fields(state, Write{json});
  return json.dump();
}

RunState run_state_from_json(const std::string& file, const std::string& text) {
  try {
    RunState state;
    const auto json = nlohmann::json::parse(text);
    RunState::fields(state, Read{json, file});
    return state;
  } catch (const nlohmann::json::exception& error) {
    throw DataError::in_file(file, fmt::format("not the state of a run: {}", error.what()));
  }
}

}  // namespace calando::training
