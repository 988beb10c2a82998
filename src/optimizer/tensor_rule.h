// SPDX-License-Identifier: MIT
// Rules that see whole tensors: norms, rows and columns, matrices.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "src/cpu/threads.h"
#include "src/optimizer/engine.h"

namespace calando::optimizer {

/// A state of a tensor, in the type of its values and of any shape; saved as "PARAMETER/NAME".
struct TensorState {
  std::string name;
  std::vector<std::size_t> shape;
  double initial = 0;
};

/// A tensor at a step; T is float or double. Gradients are to be multiplied by `scale` first.
template <class T>
struct TensorStep {
  std::string_view name;
  std::span<const std::size_t> shape;  // of the values, row-major, at least one axis
  std::span<T> values;
  std::span<const T> gradients;
  T scale = 1;
  std::span<const std::span<T>> states;  // in the order of states(shape)
};

/// Such a rule, for one group of parameters.
class TensorRule {
 public:
  virtual ~TensorRule() = default;

  /// What it keeps for a tensor of a shape.
  virtual std::vector<TensorState> states(std::span<const std::size_t> shape) const = 0;

  /// The options of the step to come; t is 1 at the first.
  virtual void prepare(const AnyRule& rule, Step t, double lr) = 0;

  /// One update of all tensors of the group that are of this type and have gradients, in order of name. Denormals are zero on the
  /// calling thread; tasks on the team set cpu::NoDenormals themselves.
  ///
  /// Error:   the same bits for any size of the team
  virtual void update(std::span<const TensorStep<float>> tensors, cpu::Team& team) = 0;
  virtual void update(std::span<const TensorStep<double>> tensors, cpu::Team& team) = 0;

  /// Named numbers that it keeps for the group, saved with its state.
  virtual void visit_scalars(const std::function<void(std::string_view name, double& value)>& /*visit*/) {}

  /// Puts the weights to evaluate with in place of the trained ones, where they are others.
  virtual void evaluated(std::span<float> /*values*/, std::span<const std::span<float>> /*states*/) const {}
  virtual void evaluated(std::span<double> /*values*/, std::span<const std::span<double>> /*states*/) const {}
};

/// The rule at work, for a rule of CALANDO_FOR_EACH_TENSOR_RULE: each one's file in src/optimizer/ specializes this.
template <class Rule>
std::unique_ptr<TensorRule> make_tensor_rule(const Rule& rule);
#define CALANDO_DECLARE(Rule) \
  template <>                 \
  std::unique_ptr<TensorRule> make_tensor_rule(const Rule& rule);
CALANDO_FOR_EACH_TENSOR_RULE(CALANDO_DECLARE)
#undef CALANDO_DECLARE

}  // namespace calando::optimizer
