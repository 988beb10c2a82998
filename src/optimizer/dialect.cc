// SPDX-License-Identifier: MIT
#include "src/optimizer/dialect.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace calando::optimizer {
namespace {

/// The libraries. A new one is a file beside this one and a line here.
std::span<const Library* const> libraries() {
  static const Library* const all[] = {&torch_library(),       &optax_library(),
                                       &keras_library(),       &tensorflow_library(),
                                       &ensmallen_library(),   &schedulefree_library(),
                                       &timm_library(),        &prodigy_library(),
                                       &dadaptation_library(), &pytorch_optimizer_library()};
  return all;
}

bool sets_nothing(const spec::Value& value) {
  if (std::holds_alternative<spec::None>(value.content)) return true;
  if (const bool* flag = std::get_if<bool>(&value.content)) return !*flag;
  const auto* number = std::get_if<spec::Number>(&value.content);
  return number != nullptr && number->value == 0;
}

void refuse_unless_nothing(PeerCall& call, std::string_view name, const spec::Value* value,
                           std::string_view why) {
  if (value == nullptr || sets_nothing(*value)) return;
  call.args.refuse(*value, fmt::format("{} = {} is not offered: {}", name, spec::to_string(*value), why));
}

}  // namespace

const PeerRule* find_peer_rule(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  if (dot == std::string_view::npos) return nullptr;
  for (const Library* library : libraries()) {
    for (const std::string_view prefix : library->paths) {
      if (prefix != path.substr(0, dot)) continue;
      for (const PeerRule& rule : library->rules) {
        if (rule.name == path.substr(dot + 1)) return &rule;
      }
    }
  }
  return nullptr;
}

std::vector<std::string> peer_rule_names(std::string_view like) {
  const std::string_view path = like.substr(0, std::min(like.rfind('.'), like.size()));
  std::vector<std::string> names;
  for (const Library* library : libraries()) {
    const bool said = std::find(library->paths.begin(), library->paths.end(), path) != library->paths.end();
    for (const PeerRule& rule : library->rules)
      names.push_back(fmt::format("{}.{}", said ? path : library->paths.front(), rule.name));
  }
  return names;
}

void take_maximise(PeerCall& call, const spec::Value* value) {
  if (value != nullptr && !std::holds_alternative<spec::None>(value->content))
    call.gradients.maximise = call.args.as_boolean("maximize", *value);
}

void take_clip(PeerCall& call, std::string_view name, const spec::Value* value, double& bound) {
  if (value == nullptr || std::holds_alternative<spec::None>(value->content)) return;
  bound = call.args.as_number(name, *value);
  if (!range::not_negative.contains(bound))
    call.args.refuse(name, spec::expected_text(name, range::not_negative));
}

void take_growth(PeerCall& call, std::string_view name, std::optional<double>& growth) {
  const spec::Value* value = call.args.take(name);
  if (value == nullptr) return;
  const auto* function = std::get_if<spec::Call>(&value->content);  // float("inf")
  if (function != nullptr && function->path == "float" && function->arguments.size() == 1) return;
  const double given = call.args.as_number(name, *value);
  if (!(given >= 1)) call.args.refuse(name, std::string(name) + " >= 1, or inf");
  growth = std::isinf(given) ? std::nullopt : std::optional<double>(given);
}

void ignore(PeerCall& call, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) call.args.take(name);
}

void ignore_named(PeerCall& call, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) call.args.take_named(name);
}

void refuse_set(PeerCall& call, std::string_view name, std::string_view why) {
  refuse_unless_nothing(call, name, call.args.take(name), why);
}

void refuse_set_named(PeerCall& call, std::string_view name, std::string_view why) {
  refuse_unless_nothing(call, name, call.args.take_named(name), why);
}

}  // namespace calando::optimizer
