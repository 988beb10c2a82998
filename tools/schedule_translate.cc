// SPDX-License-Identifier: MIT
#include "tools/schedule_translate.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "calando/error.h"
#include "src/schedule/dialect.h"
#include "src/schedule/nearest_call.h"

namespace calando::tools {

void print_native_forms(const std::vector<std::string>& specs, const std::vector<Schedule>& schedules,
                        bool json, Output& out) {
  for (std::size_t i = 0; i < schedules.size(); ++i) {
    if (!has_native_form(schedules[i])) {
      throw UsageError(
          fmt::format("\"{}\" has no native form: it is computed by its peer's own steps", specs[i]));
    }
  }
  if (json) out.text("[");
  for (std::size_t i = 0; i < schedules.size(); ++i) {
    const std::string native = to_string(schedule::native_form(schedules[i]));
    if (!json) {
      out.text(native).text("\n");
      continue;
    }
    out.text(i == 0 ? "" : ",\n ").text(nlohmann::json{{"spec", specs[i]}, {"native", native}}.dump());
  }
  if (json) out.text("]\n");
}

void print_nearest_calls(const std::vector<std::string>& specs, const std::vector<Schedule>& schedules,
                         const std::string& peer, Step count, bool json, Output& out) {
  if (json) out.text("[");
  for (std::size_t i = 0; i < schedules.size(); ++i) {
    const schedule::NearestCall nearest = schedule::nearest_call(schedules[i], peer, count);
    if (!json) {
      out.text(nearest.text)
          .text("\t")
          .number(nearest.difference)
          .text("\t")
          .number(static_cast<long long>(nearest.at))
          .text("\n");
      continue;
    }
    const nlohmann::json entry{{"spec", specs[i]},     {"to", peer},
                               {"call", nearest.text}, {"largest_difference", nearest.difference},
                               {"at", nearest.at},     {"steps", count}};
    out.text(i == 0 ? "" : ",\n ").text(entry.dump());
  }
  if (json) out.text("]\n");
}

}  // namespace calando::tools
