// SPDX-License-Identifier: MIT
// What stands around a rule, at work.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "calando/wrappers.h"
#include "src/optimizer/engine.h"

namespace calando::optimizer {

/// What a step's parts look like from around it.
struct StepAround {
  const Model& model;
  Step steps = 0;  // done before this one
  double lr = 0;
  const GradientScale& scale;
};

/// Hooks of a step, each called once: look, then before and after the rule's update.
class Wrapping {
 public:
  virtual ~Wrapping() = default;

  /// Whether it needs look(): step(lr, evaluate).
  virtual bool evaluates() const { return false; }
  /// With the gradients at the parameters: may evaluate elsewhere, and leaves the parameters as they were.
  virtual void look(const Evaluate&) {}

  virtual void before(const StepAround&) {}
  virtual void after(const StepAround&) {}

  /// The weights to evaluate with; false where they are those of what is inside.
  virtual bool averages() const { return false; }
  virtual bool evaluated(std::size_t /*tensor*/, std::span<float> /*out*/) const { return false; }
  virtual bool evaluated(std::size_t /*tensor*/, std::span<double> /*out*/) const { return false; }

  virtual void add_state(OptimizerState&) const {}
  virtual void restore(const OptimizerState&) {}
};

/// The work of a wrapper; the model outlives it. Each one's file specializes this.
///
/// Throws:  UsageError: an option out of its range, a parameter that it does not take
template <class Wrapper>
std::unique_ptr<Wrapping> make_wrapping(const Wrapper& wrapper, const Model& model);
#define CALANDO_DECLARE(Wrapper) \
  template <>                    \
  std::unique_ptr<Wrapping> make_wrapping(const Wrapper& wrapper, const Model& model);
CALANDO_FOR_EACH_WRAPPER(CALANDO_DECLARE)
#undef CALANDO_DECLARE

/// Those of a rule, the innermost first.
///
/// Throws:  also where a kind stands there twice
std::vector<std::unique_ptr<Wrapping>> make_wrappings(const std::vector<AnyWrapper>& wrappers,
                                                      const Model& model);

}  // namespace calando::optimizer
