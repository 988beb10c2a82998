// SPDX-License-Identifier: MIT
// The engine of elementwise rules: all tensors in one pass over their pieces.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "src/cpu/arena.h"
#include "src/optimizer/elementwise_rule.h"
#include "src/optimizer/engine.h"

namespace calando::optimizer {

/// Where the states of a tensor lie in the arena.
struct TensorStates {
  std::array<std::byte*, cpu::kMostStates> states{};
};

/// Consecutive pieces of one group and one type of numbers.
struct Run {
  std::size_t first;
  std::size_t last;
  std::size_t group;
  NumberType type;
};

class ElementwiseEngine final : public Engine {
 public:
  explicit ElementwiseEngine(const Model& model);

  void prepare(Step steps, double lr) override;
  void update(const GradientScale& scale, std::span<double> squares) override;
  void measure(std::span<double> squares) override;
  void rebind(std::size_t tensor) override;
  void evaluated(std::size_t tensor, std::span<float> out) const override;
  void evaluated(std::size_t tensor, std::span<double> out) const override;
  void add_state(OptimizerState& state) const override;
  void restore(const OptimizerState& state) override;

 private:
  void make_states();
  void lay_out();
  void sum_slots(std::span<double> squares) const;
  template <class F>
  void for_each_run(const F& f);
  void update_run(const Run& run, const GradientScale& scale, bool measured);

  const Model& model_;
  std::vector<std::unique_ptr<ElementwiseRule>> rules_;  // by group
  cpu::Arena arena_;
  std::vector<TensorStates> states_;  // by tensor
  std::vector<cpu::Piece> pieces_;    // by group, type and tensor
  std::vector<Run> runs_;
  std::vector<std::size_t> tasks_;        // first run of each, and the end
  std::vector<std::size_t> first_piece_;  // by tensor
  std::vector<std::size_t> first_slot_;   // by tensor, and the end
  std::vector<double> slots_;             // sums of squares of the pieces, in the order of the tensors
  std::vector<float> float_scales_;       // by tensor
};

}  // namespace calando::optimizer
