// SPDX-License-Identifier: MIT
// An optimizer at work: its model, its engine, and what a step does around the engine.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "src/optimizer/engine.h"
#include "src/optimizer/wrapping.h"

namespace calando::optimizer {

struct Running {
  Running(const RuleOptions& rule, std::vector<Parameter> parameters, const OptimizerOptions& options);

  StepReport step(double lr, double loss_scale);
  StepReport step(double lr, const Evaluate& evaluate);
  bool evaluates() const;
  bool averages() const;
  void bind(std::size_t index, Numbers values, ConstNumbers gradients);
  template <class T>
  void evaluated(std::size_t index, std::span<T> out) const;
  OptimizerState state() const;
  void restore(const OptimizerState& state);

  Model model;
  std::unique_ptr<Engine> engine;
  std::vector<std::unique_ptr<Wrapping>> wrappings;  // the innermost first
  std::vector<std::size_t> tensor_of;                // by the order of the constructor's arguments
  std::vector<double> squares;                       // of each tensor's gradients
  Step steps = 0;

 private:
  void check_rate(double lr) const;
  StepReport update(double lr, double loss_scale);
  void finish(double lr, const GradientScale& scale);
  std::size_t tensor_at(std::size_t index) const;
  double norm_of(std::size_t tensor) const;
  double norm(double loss_scale) const;
  GradientScale clipping(double loss_scale, StepReport& report) const;
};

/// The tensors of a model, in order of name, each with its group; `groups` gets those without weight decay in addition.
///
/// Throws:  UsageError: names, sizes, types or shapes that do not fit, a group without parameters.
std::vector<Tensor> make_tensors(std::vector<Parameter> parameters, const std::vector<Group>& patterns,
                                 std::vector<GroupOptions>& groups);

/// Whether values and gradients go together in type.
void check_types(const std::string& name, NumberType values, NumberType gradients);

}  // namespace calando::optimizer
