// SPDX-License-Identifier: MIT
// calando list [schedules|optimizers|models|solvers]: what there is, from the registries.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "calando/error.h"
#include "calando/solve.h"
#include "src/optimizer/catalogue.h"
#include "src/spec/fields.h"
#include "src/spec/nearest.h"
#include "src/train/model_options.h"
#include "tools/command.h"
#include "tools/list_schedules.h"
#include "tools/output.h"

namespace calando::tools {
namespace {

struct Options {
  std::string kind;
  std::string name;
  bool markdown = false;
};

using optimizer::RuleDescription;

/// All of them, or the one that is named.
std::vector<RuleDescription> chosen_rules(const std::string& name) {
  std::vector<RuleDescription> rules = optimizer::describe_rules();
  if (name.empty()) return rules;
  std::vector<std::string> names;
  for (const RuleDescription& rule : rules) {
    if (rule.name == name) return {rule};
    names.push_back(rule.name);
  }
  throw UsageError(
      fmt::format("list optimizers: \"{}\" is not an optimizer{}", name, spec::did_you_mean(name, names)));
}

std::string rule_text(const RuleDescription& rule) {
  std::string text = fmt::format("{}{}\n  {}\n  source: {}\n", rule.name, rule.wraps ? "(RULE)" : "",
                                 rule.formula, rule.source);
  if (!rule.departs.empty()) text += fmt::format("  departs: {}\n", rule.departs);
  if (!rule.peers.empty()) text += fmt::format("  also read: {}\n", fmt::join(rule.peers, ", "));
  for (const spec::FieldDescription& option : rule.options) {
    text += fmt::format("    {:<28} {} ({})\n", fmt::format("{}={}", option.name, option.value),
                        option.meaning, option.expected);
  }
  return text;
}

nlohmann::ordered_json rule_json(const RuleDescription& rule) {
  nlohmann::ordered_json options = nlohmann::ordered_json::array();
  for (const spec::FieldDescription& option : rule.options) {
    options.push_back({{"name", option.name},
                       {"default", option.value},
                       {"expected", option.expected},
                       {"meaning", option.meaning}});
  }
  return {{"name", rule.name},       {"formula", rule.formula}, {"source", rule.source},
          {"departs", rule.departs}, {"options", options},      {"peers", rule.peers}};
}

void list_optimizers(const Options& options, bool as_json, Output& out) {
  if (options.markdown) {
    out.text(optimizer::rules_as_markdown());
    return;
  }
  const std::vector<RuleDescription> rules = chosen_rules(options.name);
  if (as_json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const RuleDescription& rule : rules) all.push_back(rule_json(rule));
    out.text(all.dump(1)).text("\n");
    return;
  }
  for (const RuleDescription& rule : rules) {
    if (&rule != &rules.front()) out.text("\n");
    out.text(rule_text(rule));
  }
}

void list_all_schedules(const Options&, bool as_json, Output& out) { list_schedules(as_json, out); }

/// The methods of each criterion, the default first.
void list_solvers(const Options&, bool as_json, Output& out) {
  nlohmann::ordered_json all = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < kCriterionNames.size(); ++i) {
    std::vector<std::string> names;
    for (const Method method : methods_of(static_cast<Criterion>(i)))
      names.emplace_back(kMethodNames[static_cast<std::size_t>(method)]);
    if (!as_json) out.text(fmt::format("{:<12}{}\n", kCriterionNames[i], fmt::join(names, " ")));
    all[std::string(kCriterionNames[i])] = std::move(names);
  }
  if (as_json) out.text(all.dump(1)).text("\n");
}

struct ModelNote {
  std::string_view name, meaning;
};
constexpr std::array<ModelNote, 3> kModels = {{
    {"linear", "least squares: a regression's default"},
    {"softmax", "scores that are linear in the inputs: a classification's default"},
    {"mlp(256, 128)", "fully connected layers of these sizes between inputs and outputs"},
}};

void list_models(const Options&, bool as_json, Output& out) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const ModelNote& model : kModels) {
    if (!as_json) out.text(fmt::format("{:<16}{}\n", model.name, model.meaning));
    all.push_back({{"name", model.name}, {"meaning", model.meaning}});
  }
  for (const spec::FieldDescription& option : spec::describe_fields<training::ModelOptions>()) {
    if (!as_json)
      out.text(fmt::format("    {:<28} {} ({})\n", fmt::format("{}={}", option.name, option.value),
                           option.meaning, option.expected));
    all.back()["options"].push_back(
        {{"name", option.name}, {"default", option.value}, {"meaning", option.meaning}});
  }
  if (as_json) out.text(all.dump(1)).text("\n");
}

struct Kind {
  std::string name;
  void (*list)(const Options&, bool as_json, Output&);
};

/// The registries. Another one is a function and a line here.
const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {{"schedules", list_all_schedules},
                                        {"optimizers", list_optimizers},
                                        {"models", list_models},
                                        {"solvers", list_solvers}};
  return all;
}

int run(const Options& options, const Common& common) {
  Output out;
  if (options.kind.empty()) {
    for (const Kind& kind : kinds()) out.text(kind.name).text("\n");
    out.finish();
    return kDone;
  }
  const auto found = std::find_if(kinds().begin(), kinds().end(),
                                  [&](const Kind& kind) { return kind.name == options.kind; });
  if (found == kinds().end()) {
    std::vector<std::string> names;
    for (const Kind& kind : kinds()) names.push_back(kind.name);
    throw UsageError(fmt::format("list: \"{}\" is not a list, expected {}{}", options.kind,
                                 fmt::join(names, " or "), spec::did_you_mean(options.kind, names)));
  }
  found->list(options, common.json, out);
  out.finish();
  return kDone;
}

}  // namespace

Command list_command() {
  return {.name = "list",
          .summary = "Say what there is: schedules, optimizers, models, solvers, with formulas and sources.",
          .examples =
              "calando list schedules\n"
              "calando list optimizers\n"
              "calando list optimizers adamw\n"
              "calando list optimizers --json\n",
          .computes = false,
          .declare = [](CLI::App& app) -> Run {
            auto options = std::make_shared<Options>();
            app.add_option("WHAT", options->kind,
                           "schedules, optimizers, models or solvers; without it: what can be listed");
            app.add_option("NAME", options->name, "of optimizers: only this one");
            app.add_flag("--markdown", options->markdown, "of optimizers: as the table of the documentation");
            return [options](const Common& common) { return run(*options, common); };
          }};
}

}  // namespace calando::tools
