// SPDX-License-Identifier: MIT
#include "src/train/run_log.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

#include "calando/error.h"
#include "src/io/file.h"

namespace calando::training {
namespace {

using Json = nlohmann::ordered_json;

/// JSON has no NaN and no infinity: null.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json whole_or_real(double value) {
  return value == std::floor(value) && std::abs(value) < 0x1p53 ? Json(static_cast<std::int64_t>(value))
                                                                : Json(value);
}

double read_number(const Json& json, const char* name) {
  const Json& value = json.at(name);
  return value.is_null() ? kNotMeasured : value.get<double>();
}

Json common_part(const StepRecord& record) {
  Json json;
  json["step"] = whole_or_real(record.step);
  json["epoch"] = whole_or_real(record.epoch);
  json["loss"] = number(record.loss);
  json["lr"] = number(record.rate);
  json["grad_norm"] = number(record.gradient_norm);
  json["rows_per_second"] = number(record.rows_per_second);
  return json;
}

void read_line(std::string_view line, LoggedRun& run) {
  const Json json = Json::parse(line);
  const double step = read_number(json, "step");
  if (json.contains("event")) {
    run.events.push_back({step, json.at("event").get<std::string>()});
  } else if (json.contains("metric")) {
    run.epochs.push_back({step, read_number(json, "epoch"), read_number(json, "loss"),
                          read_number(json, "validation_loss"), read_number(json, "metric")});
  } else {
    run.steps.push_back({step, read_number(json, "epoch"), read_number(json, "loss"), read_number(json, "lr"),
                         read_number(json, "grad_norm"), read_number(json, "rows_per_second")});
  }
}

}  // namespace

std::string to_line(const StepRecord& record) { return common_part(record).dump(); }

std::string to_line(const EpochRecord& record, const StepRecord& last) {
  Json json = common_part(last);
  json["step"] = whole_or_real(record.step);
  json["epoch"] = whole_or_real(record.epoch);
  json["loss"] = number(record.train_loss);
  json["metric"] = number(record.metric);
  json["validation_loss"] = number(record.validation_loss);
  return json.dump();
}

std::string to_line(const RunEvent& event) {
  Json json;
  json["step"] = whole_or_real(event.step);
  json["event"] = event.text;
  return json.dump();
}

LoggedRun read_log(const std::string& path) {
  const io::File file = io::read_file(path);
  LoggedRun run;
  std::string_view rest = file.bytes.view;
  for (std::size_t line = 1; !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    try {
      read_line(rest.substr(0, end), run);
    } catch (const nlohmann::json::exception& error) {
      throw DataError::at_line(path, line, error.what());
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return run;
}

}  // namespace calando::training
