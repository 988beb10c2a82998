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

std::string_view name_of(const AnyRule& rule) {
  return std::visit([](const auto& r) { return std::remove_cvref_t<decltype(r)>::kName; }, rule);
}

/// Takes the options that the call gives; numbers in the rule, schedules beside it.
void read_options(spec::Arguments& args, RuleOptions& options, const RunLength& run) {
  const spec::TakeOther take = [&](std::string_view name, const spec::Value& value, const Interval&) {
    options.scheduled.emplace_back(std::string(name), schedule::read_schedule(value, run, kWhat));
    return true;
  };
  std::visit([&](auto& rule) { spec::read_fields(args, rule, take); }, options.rule);
}

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

/// Sets one named number of a visited struct.
struct SetNumber {
  std::string_view wanted;
  double value;

  void operator()(std::string_view name, double& field, const Interval&, std::string_view) const {
    if (name == wanted) field = value;
  }
  template <class... Others>
  void operator()(Others&&...) const {}
};

}  // namespace

std::vector<std::string> rule_names() {
  std::vector<std::string> names;
  for_each_rule([&](auto rule) { names.emplace_back(rule.kName); });
  return names;
}

void set_option(AnyRule& rule, std::string_view name, double value) {
  std::visit(
      [&](auto& r) {
        using Rule = std::remove_cvref_t<decltype(r)>;
        Rule::fields(r, SetNumber{name, value});
        spec::check_fields(Rule::kName, r);
      },
      rule);
}

bool fits(std::string_view pattern, std::string_view name) noexcept {
  std::size_t p = 0, n = 0, star = std::string_view::npos, retry = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p, ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

Group split_group(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    throw UsageError(fmt::format("group \"{}\": expected 'PATTERN: option=value, ...'", text));
  }
  const std::size_t first = text.find_first_not_of(' ', colon + 1);
  return {std::string(text.substr(0, colon)),
          std::string(first == std::string_view::npos ? "" : text.substr(first))};
}

GroupOptions parse_group(const RuleOptions& base, const Group& group, const RunLength& run) {
  const std::string what = fmt::format("group \"{}\"", group.pattern);
  const spec::Call call = spec::parse_call(fmt::format("{}({})", name_of(base.rule), group.options), what);
  GroupOptions own{base};
  spec::Arguments args(call, 1, what);
  own.rate_scale = args.take_named("lr_scale") == nullptr ? 1.0 : args.number("lr_scale");
  if (!(own.rate_scale >= 0))
    args.refuse("lr_scale", fmt::format("{} is not a number from 0 on", own.rate_scale));
  for (const spec::Argument& argument : call.arguments) {
    std::erase_if(own.rule.scheduled, [&](const auto& pair) { return pair.first == argument.name; });
  }
  read_options(args, own.rule, run);
  args.finish();
  return own;
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
