// SPDX-License-Identifier: MIT
// The options of the parameters' groups, and what they are at a step.
#pragma once

#include <string_view>
#include <vector>

#include "calando/optimizer.h"

namespace calando::optimizer {

/// A rule's options for a group of parameters.
struct GroupOptions {
  RuleOptions rule;
  double rate_scale = 1;
  std::optional<Schedule> rate;  // in place of the step's

  /// The rule with the values that its schedules have after `steps` updates.
  ///
  /// Throws:  UsageError where one is out of the option's range.
  AnyRule rule_at(Step steps) const;
  double rate_at(Step steps, double lr) const { return (rate ? (*rate)(steps) : lr) * rate_scale; }
};

/// The options of a group on top of the rule's own: "weight_decay=0, lr_scale=0.1".
GroupOptions parse_group(const RuleOptions& base, const Group& group, const RunLength& run = {});

/// Whether a name fits a pattern of *, ? and plain characters.
bool fits(std::string_view pattern, std::string_view name) noexcept;

/// "PATTERN: option=value, ..." taken apart.
///
/// Throws:  UsageError where there is no colon.
Group split_group(std::string_view text);

/// The same options without weight decay.
GroupOptions without_decay(GroupOptions group);

/// A rule's options with one of them set by name.
///
/// Throws:  UsageError where the value is out of the option's range.
void set_option(AnyRule& rule, std::string_view name, double value);

/// The rule's name, as in its text form.
std::string_view name_of(const AnyRule& rule);

}  // namespace calando::optimizer
