// SPDX-License-Identifier: MIT
// What there is, in words: for `calando list optimizers` and the documentation.
#pragma once

#include <string>
#include <vector>

#include "src/spec/fields.h"

namespace calando::optimizer {

struct RuleDescription {
  std::string name;
  std::string formula;
  std::string source;
  std::string departs;  // from the source; empty: not at all
  std::vector<spec::FieldDescription> options;
  std::vector<std::string> peers;  // "torch.AdamW": other libraries' names that are read as this rule
  bool wraps = false;              // it stands around a rule: lookahead(RULE, k=5)
};

/// Every rule of the list, in its order, then what can stand around one.
std::vector<RuleDescription> describe_rules();

/// The same as a table for a page: a row a rule.
std::string rules_as_markdown();

}  // namespace calando::optimizer
