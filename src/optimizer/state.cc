// SPDX-License-Identifier: MIT
// The state of an optimizer, out and in.
#include <fmt/format.h>

#include "calando/error.h"
#include "src/optimizer/running.h"

namespace calando::optimizer {
namespace {

template <class Map>
void check_names(const Map& own, const Map& other) {
  for (const auto& [name, values] : own) {
    const auto found = other.find(name);
    if (found == other.end())
      throw UsageError(fmt::format("optimizer state: tensor \"{}\" is missing", name));
    if (found->second.size() != values.size()) {
      throw UsageError(fmt::format("optimizer state: tensor \"{}\" has {} values, expected {}", name,
                                   found->second.size(), values.size()));
    }
  }
  for (const auto& [name, values] : other) {
    if (!own.contains(name))
      throw UsageError(fmt::format("optimizer state: no tensor \"{}\" is expected", name));
  }
}

void check_fits(const OptimizerState& own, const OptimizerState& state) {
  if (state.rule != own.rule) {
    throw UsageError(
        fmt::format("optimizer state: it is of rule \"{}\", expected \"{}\"", state.rule, own.rule));
  }
  if (state.steps < 0)
    throw UsageError(fmt::format("optimizer state: {} steps, expected 0 or more", state.steps));
  check_names(own.tensors, state.tensors);
  check_names(own.doubles, state.doubles);
  for (const auto& [name, value] : own.scalars) {
    if (!state.scalars.contains(name))
      throw UsageError(fmt::format("optimizer state: number \"{}\" is missing", name));
  }
  for (const auto& [name, value] : state.scalars) {
    if (!own.scalars.contains(name))
      throw UsageError(fmt::format("optimizer state: no number \"{}\" is expected", name));
  }
}

}  // namespace

OptimizerState Running::state() const {
  OptimizerState state;
  state.rule = name_of(model.groups.front().rule.rule);
  state.steps = steps;
  engine->add_state(state);
  for (const auto& around : wrappings) around->add_state(state);
  return state;
}

void Running::restore(const OptimizerState& given) {
  check_fits(state(), given);
  engine->restore(given);
  for (const auto& around : wrappings) around->restore(given);
  steps = given.steps;
}

}  // namespace calando::optimizer
