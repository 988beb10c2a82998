// SPDX-License-Identifier: MIT
// Rules that look at all tensors of a group at once.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>

#include "src/optimizer/blocks.h"
#include "src/optimizer/each_tensor.h"

namespace calando::optimizer {

/// Work has
///
///   explicit Work(const Rule&)
///   static std::vector<TensorState> states(const Rule&, std::span<const std::size_t> shape)
///   template <class T> void update(const AtStep<Rule>&, std::span<const TensorStep<T>>, cpu::Team&)
///   template <class Visit> void scalars(Visit&&)
template <class Rule, class Work>
class WholeGroup final : public TensorRule {
 public:
  explicit WholeGroup(const Rule& rule) : now_{rule}, work_(rule) {}

  std::vector<TensorState> states(std::span<const std::size_t> shape) const override {
    return Work::states(now_.rule, shape);
  }
  void prepare(const AnyRule& rule, Step t, double lr) override { now_ = {std::get<Rule>(rule), t, lr}; }
  void update(std::span<const TensorStep<float>> tensors, cpu::Team& team) override {
    if (now_.lr > 0) work_.update(now_, tensors, team);
  }
  void update(std::span<const TensorStep<double>> tensors, cpu::Team& team) override {
    if (now_.lr > 0) work_.update(now_, tensors, team);
  }
  void visit_scalars(const std::function<void(std::string_view, double&)>& visit) override {
    work_.scalars(visit);
  }

 private:
  AtStep<Rule> now_;
  Work work_;
};

/// (tensor, i) -> the gradient with a coupled decay in it.
template <class T, class Rule>
auto coupled_gradient(const Rule& rule) {
  const auto coupled = static_cast<T>(rule.decay == Decay::coupled ? rule.weight_decay : 0);
  return [coupled](const TensorStep<T>& at, std::size_t i) {
    return at.gradients[i] * at.scale + coupled * at.values[i];
  };
}

/// The sum of term(tensor, i) over all elements of all tensors.
template <class T, class Term>
double sum_over_tensors(std::span<const TensorStep<T>> tensors, cpu::Team& team, const Term& term) {
  double sum = 0;
  for (const TensorStep<T>& at : tensors)
    sum += sum_over(team, at.values.size(), [&](std::size_t i) { return static_cast<double>(term(at, i)); });
  return sum;
}

/// Calls f(tensor, i) for all elements of all tensors.
template <class T, class F>
void for_elements(std::span<const TensorStep<T>> tensors, cpu::Team& team, const F& f) {
  for (const TensorStep<T>& at : tensors) {
    for_blocks(team, at.values.size(), [&](Block block) {
      for (std::size_t i = block.first; i < block.last; ++i) f(at, i);
    });
  }
}

/// The values before a tensor's first step, in state `kept`; state `started` is 1 from then on.
template <class T>
void keep_start(std::span<const TensorStep<T>> tensors, std::size_t kept, std::size_t started) {
  for (const TensorStep<T>& at : tensors) {
    if (std::exchange(at.states[started][0], T{1}) == 0)
      std::ranges::copy(at.values, at.states[kept].begin());
  }
}

}  // namespace calando::optimizer
