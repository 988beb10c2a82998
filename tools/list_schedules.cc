// SPDX-License-Identifier: MIT
#include "tools/list_schedules.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "src/schedule/curve.h"
#include "src/schedule/dialect.h"
#include "src/schedule/shapes.h"

namespace calando::tools {
namespace {

struct ListEntry {
  std::string form;  // as it is written, with its arguments and their defaults
  std::string formula;
  std::string source;
};

/// "from, to, length, power=1"
std::string arguments_of(const std::vector<schedule::Parameter>& parameters) {
  std::string text;
  for (const schedule::Parameter& parameter : parameters) {
    text += text.empty() ? "" : ", ";
    text += parameter.name;
    if (parameter.required()) continue;
    const bool flag = parameter.kind == schedule::Parameter::Kind::flag;
    text += flag ? (parameter.otherwise != 0 ? "=True" : "=False") : fmt::format("={}", parameter.otherwise);
  }
  return text;
}

std::string arguments_of(const schedule::Dialect& dialect) {
  std::string text;
  for (const schedule::PeerArgument& argument : dialect.arguments) {
    if (argument.kind == schedule::PeerArgument::Kind::ignored ||
        argument.kind == schedule::PeerArgument::Kind::start)
      continue;
    if (argument.kind == schedule::PeerArgument::Kind::optimizer) continue;
    text += text.empty() ? "" : ", ";
    text += argument.name;
    if (!argument.otherwise.empty()) text += fmt::format("={}", argument.otherwise);
  }
  return text;
}

std::string unit_of(StepUnit unit) {
  return unit == StepUnit::epoch ? "epoch" : unit == StepUnit::sample ? "sample" : "update";
}

std::vector<ListEntry> schedule_entries() {
  std::vector<ListEntry> entries;
  for (const schedule::Curve& curve : schedule::curves()) {
    entries.push_back({fmt::format("{}({})", curve.name, arguments_of(curve.parameters)),
                       std::string(curve.formula), std::string(curve.source)});
  }
  for (const auto* table : {&schedule::shapes(), &schedule::combinators()}) {
    for (const schedule::Shape& shape : *table) {
      entries.push_back({fmt::format("{}({})", shape.name, shape.arguments), std::string(shape.formula),
                         std::string(shape.source)});
    }
  }
  for (const schedule::Dialect& dialect : schedule::dialects()) {
    std::string source(dialect.module);
    if (dialect.per != StepUnit::update) source += fmt::format("; one t is one {}", unit_of(dialect.per));
    if (!dialect.departs.empty()) source += fmt::format("; departs: {}", dialect.departs);
    entries.push_back({fmt::format("{}.{}({})", dialect.peer, dialect.name, arguments_of(dialect)),
                       std::string(dialect.formula), source});
  }
  return entries;
}

}  // namespace

void list_schedules(bool json, Output& out) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const ListEntry& entry : schedule_entries()) {
    if (json) {
      all.push_back({{"form", entry.form}, {"formula", entry.formula}, {"source", entry.source}});
    } else {
      out.text(entry.form).text("\t").text(entry.formula).text("\t").text(entry.source).text("\n");
    }
  }
  if (json) out.text(all.dump(1)).text("\n");
}

}  // namespace calando::tools
