// SPDX-License-Identifier: MIT
// The engine of rules that see whole tensors.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "src/optimizer/tensor_rule.h"

namespace calando::optimizer {

class TensorEngine final : public Engine {
 public:
  /// Throws:  UsageError: parameters that this engine does not take (bfloat16, rows of gradients, clipping by value), or states in
  ///          fewer bits.
  explicit TensorEngine(const Model& model);

  void prepare(Step steps, double lr) override;
  void update(const GradientScale& scale, std::span<double> squares) override;
  void measure(std::span<double> squares) override;
  void rebind(std::size_t) override {}
  void evaluated(std::size_t tensor, std::span<float> out) const override;
  void evaluated(std::size_t tensor, std::span<double> out) const override;
  void add_state(OptimizerState& state) const override;
  void restore(const OptimizerState& state) override;

 private:
  /// A tensor's states, in one of the two types.
  struct States {
    std::vector<TensorState> descriptions;
    std::vector<std::vector<float>> floats;
    std::vector<std::vector<double>> doubles;
    std::vector<std::span<float>> float_spans;
    std::vector<std::span<double>> double_spans;
  };

  template <class T>
  void update_group(std::size_t group, const GradientScale& scale);

  const Model& model_;
  std::vector<std::unique_ptr<TensorRule>> rules_;  // by group
  std::vector<States> states_;                      // by tensor
};

}  // namespace calando::optimizer
