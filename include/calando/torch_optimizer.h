// SPDX-License-Identifier: MIT
// Optimizers that step libtorch's tensors in place, drop-in torch::optim::Optimizers; needs libtorch 1.13 or newer.
//
//   calando::torch::AdamW adamw(model->parameters(), torch::optim::AdamWOptions(1e-3).weight_decay(0.1));
//   calando::torch::Rule lion(model->parameters(), "lion(weight_decay=0.1)", 1e-4);
//   loss.backward();
//   adamw.step();
//   calando::torch::Rule sam(model->parameters(), "sam(momentum, rho=0.05)", 0.1);
//   sam.step([&] { sam.zero_grad(); auto loss = ...; loss.backward(); return loss; });
#pragma once

#include <torch/optim/adagrad.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/lbfgs.h>
#include <torch/optim/optimizer.h>
#include <torch/optim/rmsprop.h>
#include <torch/optim/sgd.h>
#include <torch/serialize.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "calando/error.h"
#include "calando/optimizer.h"

namespace calando::torch {

/// What all of them share: one calando::Optimizer for each parameter group, with the group's options as they are at the first step; the
/// rate is the group's own at every step.
///
/// Tensors are dense, contiguous and on the CPU, in float, double or BFloat16. A parameter without gradient is left out of the step; the
/// bias corrections count the optimizer's steps, where libtorch counts each parameter's own.
///
/// step(closure) returns the loss before the step. The closure zeroes the gradients, works out the loss and calls backward(); it is called
/// once, and oftener for rules that need gradients at more than one place (lbfgs, sam), whose parameters stand in one group.
///
/// Throws:  UsageError from step(): other tensors, groups added after the first step, lbfgs or sam without a closure or with several groups.
class Stepper : public ::torch::optim::Optimizer {
 public:
  using ::torch::optim::Optimizer::Optimizer;

  ::torch::Tensor step(LossClosure closure = nullptr) override {
    const ::torch::NoGradGuard without_gradients;
    start();
    if (running_.size() == 1 && closure != nullptr) return step_with(closure);
    for (const calando::Optimizer& group : running_) {
      if (group.evaluates())
        throw UsageError("lbfgs and sam need gradients at more than one place: one group, and step(closure)");
    }
    ::torch::Tensor loss;
    if (closure != nullptr) loss = with_gradients(closure);
    for (std::size_t g = 0; g < running_.size(); ++g) {
      bind_gradients(g);
      running_[g].step(param_groups_[g].options().get_lr());
    }
    return loss;
  }

  /// The state of a group, for write_state or write_torch_state; parameters are called by their place: "0", "1", ...
  OptimizerState group_state(std::size_t group) {
    start();
    return running_.at(group).state();
  }
  void restore_group(std::size_t group, const OptimizerState& state) {
    start();
    running_.at(group).restore(state);
  }

  void save(::torch::serialize::OutputArchive& archive) const override {
    archive.write("groups", ::torch::tensor(static_cast<std::int64_t>(running_.size())));
    for (std::size_t g = 0; g < running_.size(); ++g) {
      ::torch::serialize::OutputArchive part(archive.compilation_unit());
      write_state(part, running_[g].state());
      archive.write(std::to_string(g), part);
    }
  }
  void load(::torch::serialize::InputArchive& archive) override {
    ::torch::Tensor groups;
    archive.read("groups", groups);
    if (groups.item<std::int64_t>() == 0) return;  // saved before the first step
    start();
    if (groups.item<std::int64_t>() != static_cast<std::int64_t>(running_.size())) {
      throw UsageError("an archive of " + std::to_string(groups.item<std::int64_t>()) + " groups, expected " +
                       std::to_string(running_.size()));
    }
    for (std::size_t g = 0; g < running_.size(); ++g) {
      ::torch::serialize::InputArchive part;
      archive.read(std::to_string(g), part);
      OptimizerState state = running_[g].state();
      read_state(part, state);
      running_[g].restore(state);
    }
  }

 protected:
  /// The rule that a group's options stand for.
  virtual RuleOptions rule_of(const ::torch::optim::OptimizerOptions& options) const = 0;

 private:
  static ::torch::Tensor with_gradients(const LossClosure& closure) {
    const at::AutoGradMode on(true);
    return closure();
  }

  /// Of the only group.
  ::torch::Tensor step_with(const LossClosure& closure) {
    ::torch::Tensor first;
    running_[0].step(param_groups_[0].options().get_lr(), [&] {
      const ::torch::Tensor loss = with_gradients(closure);
      if (!first.defined()) first = loss.detach().clone();
      bind_gradients(0);
      return loss.item<double>();
    });
    return first;
  }

  static NumberType type_of(const ::torch::Tensor& tensor, const std::string& name) {
    if (tensor.device().is_cpu() && !tensor.is_sparse()) {
      if (tensor.scalar_type() == ::torch::kFloat) return NumberType::f32;
      if (tensor.scalar_type() == ::torch::kDouble) return NumberType::f64;
      if (tensor.scalar_type() == ::torch::kBFloat16) return NumberType::bf16;
    }
    throw UsageError("parameter " + name +
                     ": expected a dense tensor on the CPU in float, double or BFloat16");
  }

  static Numbers numbers_of(const ::torch::Tensor& tensor, const std::string& name) {
    if (!tensor.is_contiguous()) throw UsageError("parameter " + name + ": not contiguous");
    return {tensor.data_ptr(), static_cast<std::size_t>(tensor.numel()), type_of(tensor, name)};
  }
  static ConstNumbers view_of(const ::torch::Tensor& tensor, const std::string& name) {
    const Numbers numbers = numbers_of(tensor, name);
    return {numbers.data(), numbers.size(), numbers.type()};
  }

  void start() {
    if (!running_.empty()) {
      if (running_.size() != param_groups_.size())
        throw UsageError("a parameter group was added after the first step");
      return;
    }
    OptimizerOptions shared;
    shared.team = make_team();
    for (auto& group : param_groups_) {
      std::vector<Parameter> parameters;
      for (std::size_t i = 0; i < group.params().size(); ++i) {
        const ::torch::Tensor& tensor = group.params()[i];
        Parameter made;
        made.name = std::to_string(i);
        made.values = numbers_of(tensor, made.name);
        made.gradients = {made.values.data(), made.values.size(),
                          made.values.type()};  // until there are some
        if (tensor.dim() > 0) made.shape.assign(tensor.sizes().begin(), tensor.sizes().end());
        parameters.push_back(std::move(made));
      }
      running_.emplace_back(rule_of(group.options()), std::move(parameters), shared);
    }
    gradients_.resize(running_.size());
  }

  void bind_gradients(std::size_t g) {
    const std::vector<::torch::Tensor>& tensors = param_groups_[g].params();
    gradients_[g].clear();
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      const std::string name = std::to_string(i);
      const ::torch::Tensor& gradient = tensors[i].grad();
      if (!gradient.defined()) {
        running_[g].bind(i, numbers_of(tensors[i], name), {});
        continue;
      }
      type_of(gradient, name);
      gradients_[g].push_back(gradient.contiguous());  // kept for the step
      running_[g].bind(i, numbers_of(tensors[i], name), view_of(gradients_[g].back(), name));
    }
  }

  template <class T>
  static ::torch::Tensor tensor_of(const std::vector<T>& numbers) {
    return ::torch::tensor(numbers, ::torch::TensorOptions().dtype(
                                        std::is_same_v<T, double> ? ::torch::kDouble : ::torch::kFloat));
  }
  static void write_state(::torch::serialize::OutputArchive& archive, const OptimizerState& state) {
    archive.write("steps", ::torch::tensor(static_cast<std::int64_t>(state.steps)));
    for (const auto& [name, value] : state.scalars)
      archive.write("scalar " + name, ::torch::tensor(value, ::torch::kDouble));
    for (const auto& [name, numbers] : state.tensors) archive.write(name, tensor_of(numbers));
    for (const auto& [name, numbers] : state.doubles) archive.write(name, tensor_of(numbers));
  }
  template <class T>
  static void read_numbers(::torch::serialize::InputArchive& archive, const std::string& name,
                           std::vector<T>& numbers) {
    ::torch::Tensor tensor;
    archive.read(name, tensor);
    tensor = tensor.contiguous();
    const T* data = tensor.data_ptr<T>();
    numbers.assign(data, data + tensor.numel());
  }
  /// A tensor that is defined before it is read keeps its type, so each has one of its own.
  template <class T>
  static T read_number(::torch::serialize::InputArchive& archive, const std::string& name) {
    ::torch::Tensor number;
    archive.read(name, number);
    return number.item<T>();
  }
  static void read_state(::torch::serialize::InputArchive& archive, OptimizerState& state) {
    state.steps = read_number<std::int64_t>(archive, "steps");
    for (auto& [name, value] : state.scalars) value = read_number<double>(archive, "scalar " + name);
    for (auto& [name, numbers] : state.tensors) read_numbers(archive, name, numbers);
    for (auto& [name, numbers] : state.doubles) read_numbers(archive, name, numbers);
  }

  std::vector<calando::Optimizer> running_;              // by group
  std::vector<std::vector<::torch::Tensor>> gradients_;  // of the last step, by group
};

/// A rule of libtorch, with libtorch's options.
template <class Options, auto kRule>
class Of : public Stepper {
 public:
  explicit Of(std::vector<::torch::optim::OptimizerParamGroup> groups, Options defaults)
      : Stepper(std::move(groups), std::make_unique<Options>(defaults)) {}
  explicit Of(std::vector<::torch::Tensor> parameters, Options defaults)
      : Of({::torch::optim::OptimizerParamGroup(std::move(parameters))}, defaults) {}

 protected:
  RuleOptions rule_of(const ::torch::optim::OptimizerOptions& options) const override {
    return kRule(static_cast<const Options&>(options));
  }
};

namespace rules {

template <class Rule, class Options>
RuleOptions adam(const Options& options) {
  Rule rule;
  rule.beta1 = std::get<0>(options.betas());
  rule.beta2 = std::get<1>(options.betas());
  rule.epsilon = options.eps();
  rule.weight_decay = options.weight_decay();
  rule.amsgrad = options.amsgrad();
  return rule;
}
inline RuleOptions sgd(const ::torch::optim::SGDOptions& options) {
  if (options.momentum() == 0) return Sgd{.weight_decay = options.weight_decay()};
  Momentum rule;
  rule.momentum = options.momentum();
  rule.dampening = options.dampening();
  rule.nesterov = options.nesterov();
  rule.weight_decay = options.weight_decay();
  return rule;
}
inline RuleOptions adagrad(const ::torch::optim::AdagradOptions& options) {
  AdaGrad rule;
  rule.epsilon = options.eps();
  rule.initial_accumulator = options.initial_accumulator_value();
  rule.rate_decay = options.lr_decay();
  rule.weight_decay = options.weight_decay();
  return rule;
}
inline RuleOptions rmsprop(const ::torch::optim::RMSpropOptions& options) {
  RmsProp rule;
  rule.rho = options.alpha();
  rule.epsilon = options.eps();
  rule.centered = options.centered();
  rule.momentum = options.momentum();
  rule.weight_decay = options.weight_decay();
  return rule;
}

/// libtorch's default has no search: its step is lr.
inline RuleOptions lbfgs(const ::torch::optim::LBFGSOptions& options) {
  const auto most = [](std::int64_t number) {
    return static_cast<int>(std::min<std::int64_t>(number, 1000000000));
  };
  Lbfgs rule;
  rule.iterations = most(options.max_iter());
  rule.evaluations = most(options.max_eval().value_or(options.max_iter() * 5 / 4));
  rule.tolerance_gradient = options.tolerance_grad();
  rule.tolerance_change = options.tolerance_change();
  rule.history = most(options.history_size());
  if (!options.line_search_fn().has_value()) {
    rule.line_search = LineSearch::none;
  } else if (*options.line_search_fn() != "strong_wolfe") {
    throw UsageError("line_search_fn = " + *options.line_search_fn() + ", expected strong_wolfe or none");
  }
  return rule;
}

}  // namespace rules

using SGD = Of<::torch::optim::SGDOptions, rules::sgd>;
using Adam = Of<::torch::optim::AdamOptions, rules::adam<calando::Adam, ::torch::optim::AdamOptions>>;
using AdamW = Of<::torch::optim::AdamWOptions, rules::adam<calando::AdamW, ::torch::optim::AdamWOptions>>;
using Adagrad = Of<::torch::optim::AdagradOptions, rules::adagrad>;
using RMSprop = Of<::torch::optim::RMSpropOptions, rules::rmsprop>;
using LBFGS = Of<::torch::optim::LBFGSOptions, rules::lbfgs>;

/// The rate alone: what schedulers change.
struct RateOptions : public ::torch::optim::OptimizerCloneableOptions<RateOptions> {
  explicit RateOptions(double lr = 1e-3) : lr_(lr) {}
  TORCH_ARG(double, lr);

 public:
  double get_lr() const override { return lr(); }
  void set_lr(const double rate) override { lr(rate); }
};

/// Any rule of calando, by its text.
class Rule : public Stepper {
 public:
  Rule(std::vector<::torch::Tensor> parameters, const std::string& rule, double lr)
      : Stepper({::torch::optim::OptimizerParamGroup(std::move(parameters))},
                std::make_unique<RateOptions>(lr)),
        rule_(parse_rule(rule)) {}

 protected:
  RuleOptions rule_of(const ::torch::optim::OptimizerOptions&) const override { return rule_; }

 private:
  RuleOptions rule_;
};

}  // namespace calando::torch
