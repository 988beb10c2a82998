// SPDX-License-Identifier: MIT
#include "src/optimizer/groups.h"

#include <fmt/format.h>

#include "calando/error.h"
#include "src/optimizer/rule_text.h"
#include "src/schedule/read.h"
#include "src/spec/fields.h"

namespace calando::optimizer {
namespace {

/// Sets one named number of a visited struct.
struct SetNumber {
  std::string_view wanted;
  double value;

  void operator()(std::string_view name, double& field, const Interval&, std::string_view) const {
    if (name == wanted) field = value;
  }
  // As many arguments as the others, and the names no better match: a pack would win over the first overload.
  template <class T>
  void operator()(std::string_view, const T&, const Interval&, std::string_view) const {}
  template <class T>
  void operator()(std::string_view, const T&, std::string_view) const {}
};

}  // namespace

std::string_view name_of(const AnyRule& rule) {
  return std::visit([](const auto& r) { return std::remove_cvref_t<decltype(r)>::kName; }, rule);
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

AnyRule GroupOptions::rule_at(Step steps) const {
  AnyRule now = rule.rule;
  for (const auto& [name, schedule] : rule.scheduled) set_option(now, name, schedule(steps));
  return now;
}

GroupOptions without_decay(GroupOptions group) {
  std::erase_if(group.rule.scheduled, [](const auto& pair) { return pair.first == "weight_decay"; });
  set_option(group.rule.rule, "weight_decay", 0);
  return group;
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
  GroupOptions own{base, 1, {}};
  spec::Arguments args(call, 1, what);
  if (const spec::Value* scale = args.take_named("lr_scale"))
    own.rate_scale = args.as_number("lr_scale", *scale);
  if (!(own.rate_scale >= 0)) args.refuse("lr_scale", "a number from 0 on");
  if (const spec::Value* rate = args.take_named("lr")) own.rate = schedule::read_schedule(*rate, run, what);
  for (const spec::Argument& argument : call.arguments) {
    std::erase_if(own.rule.scheduled, [&](const auto& pair) { return pair.first == argument.name; });
  }
  read_options(args, own.rule, run);
  args.finish();
  return own;
}

}  // namespace calando::optimizer
