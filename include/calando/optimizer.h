// SPDX-License-Identifier: MIT
// Optimizers: an update rule, and its state for named parameters.
//
//   Optimizer adam(Adam{.beta2 = 0.95}, {{"weights", values, gradients}});
//   for (Step t = 0; t < steps; ++t) {
//     fill(gradients);
//     adam.step(lr(t));
//   }
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "calando/rules/list.h"
#include "calando/schedule.h"

namespace calando {

namespace cpu {
class Team;
}

/// A tensor that is trained, in the caller's memory: it stays there for the optimizer's lifetime, and its values are updated in
/// place. Names are unique; they are what a state is saved and restored by.
struct Parameter {
  std::string name;
  std::span<float> values;
  std::span<const float> gradients;    // as long as values, apart from them
};

/// A rule with its options, some of which may follow a schedule. A plain rule converts to it.
struct RuleOptions {
  AnyRule rule;
  std::optional<Schedule> rate;                              // of lr=, where the text has one
  std::vector<std::pair<std::string, Schedule>> scheduled;    // option, schedule; in place of the option's number

  RuleOptions(AnyRule plain) : rule(std::move(plain)) {}    // NOLINT(google-explicit-constructor)
  template <class Rule>
    requires std::constructible_from<AnyRule, Rule>
  RuleOptions(Rule plain) : rule(std::move(plain)) {}    // NOLINT(google-explicit-constructor)
};

/// Reads a rule: adam, adam(beta2=0.95, weight_decay=0.1), adam(lr=cosine(0.1, 0, 100), beta1=linear(0.85, 0.95, 100)).
///
/// Throws:  UsageError with the column.
RuleOptions parse_rule(std::string_view text, const RunLength& run = {});

/// What parse_rule reads back.
std::string to_string(const RuleOptions& options);

/// Parameters whose names fit a pattern (* any characters, ? one) and the options they have of their own.
struct Group {
  std::string pattern;
  std::string options;    // "weight_decay=0, lr_scale=0.1"; lr_scale multiplies the rate
};

struct OptimizerOptions {
  std::vector<Group> groups;          // the first whose pattern fits decides
  double clip = 0;                    // largest global norm of the gradients; 0: none
  std::shared_ptr<cpu::Team> team;    // none: one of the optimizer's own
  int threads = 0;                    // of its own team; 0: all processors. Changes no result
};

/// What a step did.
struct StepReport {
  double gradient_norm = 0;    // global, before clipping; not finite where a gradient is not
  bool clipped = false;
};

/// Named tensors and numbers: everything an optimizer remembers.
struct OptimizerState {
  std::string rule;                                      // "adam"
  Step steps = 0;
  std::map<std::string, double> scalars;                 // "GROUP/NAME"
  std::map<std::string, std::vector<float>> tensors;     // "PARAMETER/STATE"
};

class Optimizer {
 public:
  /// Throws:  UsageError: a name twice, sizes that differ, an option out of its range, a group that fits no parameter.
  Optimizer(const RuleOptions& rule, std::vector<Parameter> parameters, const OptimizerOptions& options = {});
  ~Optimizer();
  Optimizer(Optimizer&&) noexcept;
  Optimizer& operator=(Optimizer&&) noexcept;

  /// One update of all parameters, in one pass (two where gradients are clipped).
  ///
  /// Units:   lr >= 0
  /// Error:   the same bits for any number of threads and any order of the parameters
  /// Throws:  UsageError where lr, or an option that follows a schedule, is out of its range. Gradients that are not finite pass
  ///          through to the parameters.
  StepReport step(double lr);

  /// Updates done; the next one uses a schedule's value there.
  Step steps() const noexcept;

  OptimizerState state() const;
  /// Throws:  UsageError naming what does not fit: another rule, a tensor that is missing, unknown or of another size. Then nothing
  ///          is changed.
  void restore(const OptimizerState& state);

  struct Impl;    // src/optimizer/optimizer.cc

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace calando
