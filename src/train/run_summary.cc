// SPDX-License-Identifier: MIT
#include "src/train/run_summary.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "calando/error.h"

namespace calando::training {

std::string to_json(const TrainResult& result) {
  nlohmann::ordered_json json;
  json["status"] = result.status == TrainStatus::diverged ? "diverged" : "finished";
  json["metrics"] = nlohmann::ordered_json::object();
  for (const auto& [name, value] : result.metrics) {
    json["metrics"][name] =
        std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
  }
  return json.dump(1) + "\n";
}

TrainResult result_from_json(const std::string& file, const std::string& text) {
  try {
    const auto json = nlohmann::ordered_json::parse(text);
    TrainResult result;
    result.status = json.at("status") == "diverged" ? TrainStatus::diverged : TrainStatus::already_finished;
    for (const auto& [name, value] : json.at("metrics").items()) {
      result.metrics.emplace_back(
          name, value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>());
    }
    return result;
  } catch (const nlohmann::json::exception& error) {
    throw DataError::in_file(file, fmt::format("not the summary of a run: {}", error.what()));
  }
}

}  // namespace calando::training
