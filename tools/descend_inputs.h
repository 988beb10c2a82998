// SPDX-License-Identifier: MIT
// What `calando descend` is given: words, surfaces, recorded gradients.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "calando/optimizer.h"
#include "src/optimizer/descent.h"

namespace calando::tools {

struct DescendOptions {
  std::string function;
  std::string from;
  std::vector<std::string> optimizers;
  std::string schedule;
  Step steps = 100;
  std::optional<optimizer::Precision> precision;
  std::string plot;
  std::string recorded;
  std::string out;
};

/// Throws:  UsageError
optimizer::Precision parse_precision(const std::string& text);

struct RatedRule {
  RuleOptions rule;
  Schedule rate;
};

/// A rule with its own rate, or that of --schedule, or 0.001.
///
/// Throws:  UsageError where both say a rate, naming both
RatedRule rated_rule(const std::string& text, const DescendOptions& options, Step steps);

/// A test function, or logistic(FILE, target=NAME): the last column where none is named.
optimizer::Surface surface_of(const std::string& text);

/// Applies the rule to recorded gradients and writes the parameters.
///
/// Throws:  DataError where the shapes do not fit or an array is not of float32 or float64
int run_on_recorded(const DescendOptions& options);

}  // namespace calando::tools
