// SPDX-License-Identifier: MIT
// What applies a rule to all tensors: the elementwise engine, or the one for rules that see whole tensors.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "calando/optimizer.h"
#include "src/optimizer/groups.h"

namespace calando::optimizer {

/// A parameter as the engines know it.
struct Tensor {
  Parameter parameter;    // with its shape filled in
  std::size_t group = 0;  // of RunningGroups
  std::size_t given = 0;  // its place among the constructor's arguments
  bool idle = false;      // has no gradients for now
};

/// What multiplies the gradients of a step: the direction, clipping and the loss scale together.
struct GradientScale {
  double all = 1;
  std::vector<double> by_tensor;  // in place of it, where not empty
  // Of the absolute gradients, multiplied by before_limit first and by `all` after it; 0: none.
  double limit = 0;
  double before_limit = 1;

  double of(std::size_t tensor) const { return by_tensor.empty() ? all : by_tensor[tensor]; }
};

/// What the engines share. Tensors are in order of name, so that sums over them do not depend on the caller's order.
struct Model {
  std::vector<Tensor> tensors;
  std::vector<GroupOptions> groups;
  OptimizerOptions options;
  std::shared_ptr<cpu::Team> team;
};

class Engine {
 public:
  virtual ~Engine() = default;

  /// Before anything else of a step: looks at gradients of rows. Throws before it changes anything.
  virtual void begin() {}
  /// Works out what the step after `steps` others needs, at this rate. Throws before it changes anything.
  virtual void prepare(Step steps, double lr) = 0;
  /// One update of all tensors that are not idle. `squares`: also the sums of the squares of their gradients before they are scaled,
  /// by tensor.
  virtual void update(const GradientScale& scale, std::span<double> squares) = 0;
  /// Whether a step after prepare() is search() in place of measure() and update(): the rule evaluates the loss by itself.
  virtual bool searches() const { return false; }
  virtual StepReport search(const Evaluate&) { return {}; }
  /// These sums alone.
  virtual void measure(std::span<double> squares) = 0;

  /// After a tensor's memory has changed.
  virtual void rebind(std::size_t tensor) = 0;

  virtual void evaluated(std::size_t tensor, std::span<float> out) const = 0;
  virtual void evaluated(std::size_t tensor, std::span<double> out) const = 0;

  virtual void add_state(OptimizerState& state) const = 0;
  /// `state` has the names and sizes of what add_state gives.
  virtual void restore(const OptimizerState& state) = 0;
};

/// The engine for the model's rule; the model outlives it.
std::unique_ptr<Engine> make_engine(const Model& model);

}  // namespace calando::optimizer
