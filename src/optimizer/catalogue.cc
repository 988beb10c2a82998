// SPDX-License-Identifier: MIT
#include "src/optimizer/catalogue.h"

#include <fmt/format.h>

#include "calando/error.h"
#include "src/optimizer/dialect.h"
#include "src/optimizer/groups.h"
#include "src/optimizer/rule_text.h"

namespace calando::optimizer {
namespace {

/// What a peer's name means with its defaults; some need a rate.
RuleOptions by_default(const std::string& peer) {
  try {
    return parse_rule(peer);
  } catch (const UsageError&) {
    return parse_rule(peer + "(learning_rate=0.1)");
  }
}

template <class Rule>
RuleDescription describe(const Rule& rule) {
  RuleDescription made{std::string(Rule::kName),
                       std::string(Rule::kFormula),
                       std::string(Rule::kSource),
                       {},
                       spec::describe_fields(rule),
                       {},
                       false};
  if constexpr (requires { Rule::kDeparts; }) made.departs = Rule::kDeparts;
  return made;
}

/// A bar would end a cell.
std::string cell(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
    text.insert(at, "\\");
  return text;
}

}  // namespace

std::vector<RuleDescription> describe_rules() {
  std::vector<RuleDescription> rules;
  for_each_rule([&](const auto& rule) { rules.push_back(describe(rule)); });
  for_each_wrapper([&](const auto& wrapper) {
    rules.push_back(describe(wrapper));
    rules.back().wraps = true;
  });
  for (const std::string& peer : peer_rule_names()) {
    const std::string_view name = name_of(by_default(peer).rule);
    for (RuleDescription& rule : rules) {
      if (rule.name == name) rule.peers.push_back(peer);
    }
  }
  return rules;
}

std::string rules_as_markdown() {
  std::string table =
      "| rule | formula | options and their defaults | source | departs | read as this rule "
      "|\n|---|---|---|---|---|---|\n";
  for (const RuleDescription& rule : describe_rules()) {
    std::vector<std::string> options;
    for (const spec::FieldDescription& option : rule.options)
      options.push_back(fmt::format("`{}={}`", option.name, option.value));
    table += fmt::format("| `{}{}` | {} | {} | {} | {} | {} |\n", rule.name, rule.wraps ? "(RULE)" : "",
                         cell(rule.formula), fmt::join(options, " "), rule.source, rule.departs,
                         fmt::join(rule.peers, ", "));
  }
  return table;
}

}  // namespace calando::optimizer
