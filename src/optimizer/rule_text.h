// SPDX-License-Identifier: MIT
// Rules as texts.
#pragma once

#include <string>
#include <vector>

#include "calando/optimizer.h"
#include "src/optimizer/groups.h"
#include "src/spec/arguments.h"

namespace calando::optimizer {

/// The names of the list, in its order.
std::vector<std::string> rule_names();

/// Calls f(rule) with a default one of each rule of the list.
template <class F>
void for_each_rule(F&& f) {
#define CALANDO_CALL(Rule) f(Rule{});  // NOLINT(bugprone-macro-parentheses): a type
  CALANDO_FOR_EACH_RULE(CALANDO_CALL)
  CALANDO_FOR_EACH_TENSOR_RULE(CALANDO_CALL)
  CALANDO_FOR_EACH_SEARCHING_RULE(CALANDO_CALL)
#undef CALANDO_CALL
}

/// The same of each wrapper.
template <class F>
void for_each_wrapper(F&& f) {
#define CALANDO_CALL(Wrapper) f(Wrapper{});  // NOLINT(bugprone-macro-parentheses): a type
  CALANDO_FOR_EACH_WRAPPER(CALANDO_CALL)
#undef CALANDO_CALL
}

/// Takes the options that a call gives; numbers in the rule, schedules beside it.
void read_options(spec::Arguments& args, RuleOptions& options, const RunLength& run);

}  // namespace calando::optimizer
