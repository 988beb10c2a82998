// SPDX-License-Identifier: MIT
#include "src/optimizer/rule_text.h"

#include <fmt/format.h>

#include "calando/error.h"
#include "src/optimizer/dialect.h"
#include "src/schedule/read.h"
#include "src/spec/fields.h"
#include "src/spec/nearest.h"

namespace calando::optimizer {
namespace {

constexpr std::string_view kWhat = "optimizer";

RuleOptions make_rule(const spec::Call& call) {
  std::optional<RuleOptions> found;
  for_each_rule([&](auto rule) {
    if (rule.kName == call.path) found.emplace(rule);
  });
  if (found) return *found;
  std::vector<std::string> names = rule_names();
  for (std::string& name : peer_rule_names()) names.push_back(std::move(name));
  throw UsageError(fmt::format("optimizer, column 1: \"{}\" is not an optimizer{} (calando list optimizers)",
                               call.path, spec::did_you_mean(call.path, names)));
}

}  // namespace

std::vector<std::string> rule_names() {
  std::vector<std::string> names;
  for_each_rule([&](auto rule) { names.emplace_back(rule.kName); });
  return names;
}

void read_options(spec::Arguments& args, RuleOptions& options, const RunLength& run) {
  const spec::TakeOther take = [&](std::string_view name, const spec::Value& value, const Interval&) {
    options.scheduled.emplace_back(std::string(name), schedule::read_schedule(value, run, kWhat));
    return true;
  };
  std::visit([&](auto& rule) { spec::read_fields(args, rule, take); }, options.rule);
}

}  // namespace calando::optimizer

namespace calando {

RuleOptions parse_rule(std::string_view text, const RunLength& run) {
  const spec::Call call = spec::parse_call(text, optimizer::kWhat);
  spec::Arguments args(call, 1, optimizer::kWhat);
  if (const optimizer::PeerRule* peer = optimizer::find_peer_rule(call.path)) {
    optimizer::PeerCall in{args, run};
    RuleOptions options = peer->read(in);
    args.finish();
    return options;
  }
  RuleOptions options = optimizer::make_rule(call);
  if (const spec::Value* rate = args.take_named("lr")) {
    options.rate = schedule::read_schedule(*rate, run, optimizer::kWhat);
  }
  optimizer::read_options(args, options, run);
  args.finish();
  return options;
}

std::string to_string(const RuleOptions& options) {
  spec::Call call = std::visit(
      [](const auto& rule) { return spec::fields_to_call(std::remove_cvref_t<decltype(rule)>::kName, rule); },
      options.rule);
  const auto add = [&](std::string name, const Schedule& schedule) {
    std::erase_if(call.arguments, [&](const spec::Argument& a) { return a.name == name; });
    call.arguments.push_back({std::move(name), spec::parse(to_string(schedule), optimizer::kWhat)});
  };
  for (const auto& [name, schedule] : options.scheduled) add(name, schedule);
  if (options.rate) add("lr", *options.rate);
  call.parentheses = !call.arguments.empty();
  return spec::to_string(spec::Value{std::move(call)});
}

}  // namespace calando
