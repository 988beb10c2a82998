// SPDX-License-Identifier: MIT
// calando list [schedules]: what there is, from the registries.
#include <fmt/format.h>

#include <algorithm>

#include "calando/error.h"
#include "src/spec/nearest.h"
#include "tools/command.h"
#include "tools/list_schedules.h"
#include "tools/output.h"

namespace calando::tools {
namespace {

struct Kind {
  std::string name;
  void (*list)(bool as_json, Output&);
};

/// The registries. Another one is a function and a line here.
const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {{"schedules", list_schedules}};
  return all;
}

int run(const std::string& wanted, const Common& common) {
  Output out;
  if (wanted.empty()) {
    for (const Kind& kind : kinds()) out.text(kind.name).text("\n");
    out.finish();
    return kDone;
  }
  const auto found =
      std::find_if(kinds().begin(), kinds().end(), [&](const Kind& kind) { return kind.name == wanted; });
  if (found == kinds().end()) {
    std::vector<std::string> names;
    for (const Kind& kind : kinds()) names.push_back(kind.name);
    throw UsageError(fmt::format("list: \"{}\" is not a list, expected {}{}", wanted, fmt::join(names, " or "),
                                 spec::did_you_mean(wanted, names)));
  }
  found->list(common.json, out);
  out.finish();
  return kDone;
}

}  // namespace

Command list_command() {
  return {.name = "list",
          .summary = "Say what there is: schedules with arguments, formulas and sources.",
          .examples = "calando list schedules\n"
                      "calando list schedules --json\n",
          .computes = false,
          .declare = [](CLI::App& app) -> Run {
            auto wanted = std::make_shared<std::string>();
            app.add_option("WHAT", *wanted, "schedules; without it: what can be listed");
            return [wanted](const Common& common) { return run(*wanted, common); };
          }};
}

}  // namespace calando::tools
