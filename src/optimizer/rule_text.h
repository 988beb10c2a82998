// SPDX-License-Identifier: MIT
// Rules and groups as texts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "calando/optimizer.h"

namespace calando::optimizer {

/// The names of the list, in its order.
std::vector<std::string> rule_names();

/// Calls f(rule) with a default one of each rule of the list.
template <class F>
void for_each_rule(F&& f) {
#define CALANDO_CALL(Rule) f(Rule{});
  CALANDO_FOR_EACH_RULE(CALANDO_CALL)
#undef CALANDO_CALL
}

/// Sets an option of a rule by name to the value its schedule has at a step.
///
/// Throws:  UsageError where it is out of the option's range.
void set_option(AnyRule& rule, std::string_view name, double value);

/// The options of a group on top of the rule's own: "weight_decay=0, lr_scale=0.1".
struct GroupOptions {
  RuleOptions rule;
  double rate_scale = 1;
};
GroupOptions parse_group(const RuleOptions& base, const Group& group, const RunLength& run = {});

/// Whether a name fits a pattern of *, ? and plain characters.
bool fits(std::string_view pattern, std::string_view name) noexcept;

/// "PATTERN: option=value, ..." taken apart.
///
/// Throws:  UsageError where there is no colon.
Group split_group(std::string_view text);

}  // namespace calando::optimizer
