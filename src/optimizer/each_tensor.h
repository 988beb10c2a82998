// SPDX-License-Identifier: MIT
// Rules of whole tensors that look at one tensor at a time.
#pragma once

#include <memory>
#include <variant>
#include <vector>

#include "src/optimizer/tensor_rule.h"

namespace calando::optimizer {

/// A rule at one step.
template <class Rule>
struct AtStep {
  Rule rule;
  Step t = 0;
  double lr = 0;
};

/// Work has
///
///   static std::vector<TensorState> states(const Rule&, std::span<const std::size_t> shape)
///   template <class T> static void update(const AtStep<Rule>&, const TensorStep<T>&, cpu::Team&)
template <class Rule, class Work>
class EachTensor final : public TensorRule {
 public:
  explicit EachTensor(const Rule& rule) : now_{rule} {}

  std::vector<TensorState> states(std::span<const std::size_t> shape) const override {
    return Work::states(now_.rule, shape);
  }
  void prepare(const AnyRule& rule, Step t, double lr) override { now_ = {std::get<Rule>(rule), t, lr}; }
  void update(std::span<const TensorStep<float>> tensors, cpu::Team& team) override { each(tensors, team); }
  void update(std::span<const TensorStep<double>> tensors, cpu::Team& team) override { each(tensors, team); }

 private:
  template <class T>
  void each(std::span<const TensorStep<T>> tensors, cpu::Team& team) const {
    for (const TensorStep<T>& tensor : tensors) Work::update(now_, tensor, team);
  }

  AtStep<Rule> now_;
};

/// A state as long as the values.
inline TensorState like_values(std::string name, std::span<const std::size_t> shape) {
  return {std::move(name), {shape.begin(), shape.end()}};
}

}  // namespace calando::optimizer
