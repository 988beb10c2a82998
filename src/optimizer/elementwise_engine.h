// SPDX-License-Identifier: MIT
// The engine of elementwise rules: all tensors in one pass over their pieces.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "src/cpu/arena.h"
#include "src/optimizer/elementwise_rule.h"
#include "src/optimizer/engine.h"
#include "src/optimizer/layout.h"

namespace calando::optimizer {

/// A tensor's states: how they are stored, and where.
struct TensorStates {
  Layout layout;
  std::array<std::byte*, cpu::kMostStates> states{};
  std::byte* extra = nullptr;  // as Piece::extra
};

/// Consecutive pieces of one group and one layout.
struct Run {
  std::size_t first;
  std::size_t last;
  std::size_t group;
  const Layout* layout;
};

class ElementwiseEngine final : public Engine {
 public:
  explicit ElementwiseEngine(const Model& model);

  void begin() override;
  void prepare(Step steps, double lr) override;
  void update(const GradientScale& scale, std::span<double> squares) override;
  void measure(std::span<double> squares) override;
  void rebind(std::size_t tensor) override;
  void evaluated(std::size_t tensor, std::span<float> out) const override;
  void evaluated(std::size_t tensor, std::span<double> out) const override;
  void add_state(OptimizerState& state) const override;
  void restore(const OptimizerState& state) override;

 private:
  void place_states();
  void fill_states();
  void lay_out();
  void add_pieces(std::size_t tensor);
  void add_rows(std::size_t tensor);
  void add_piece(std::size_t tensor, std::size_t first, std::size_t count, std::size_t gradient);
  void point(cpu::Piece& piece, std::size_t gradient) const;
  void check_idle_rows(const std::vector<AnyRule>& rules) const;
  void sum_slots(std::span<double> squares) const;
  template <class F>
  void for_each_run(const F& f);
  void update_run(const Run& run, const GradientScale& scale, double* squares) const;
  std::vector<float> floats_of(const TensorStates& own, std::size_t state, std::size_t size) const;

  const Model& model_;
  std::vector<std::unique_ptr<ElementwiseRule>> rules_;  // by group
  cpu::Arena arena_;
  std::vector<TensorStates> states_;  // by tensor
  bool has_rows_ = false;
  NumberTypes types_;
  std::vector<cpu::Piece> pieces_;  // by group, layout and tensor
  std::vector<Run> runs_;
  std::vector<std::size_t> tasks_;          // first run of each, and the end
  std::size_t in_task_ = 0;                 // elements of the last one
  std::vector<std::size_t> first_piece_;    // by tensor
  std::vector<std::size_t> first_slot_;     // by tensor, and the end
  std::vector<double> slots_;               // sums of squares of the pieces, in the order of the tensors
  std::vector<std::uint32_t> name_hashes_;  // by tensor
  std::vector<std::uint32_t> keys_;         // of random rounding, by tensor
  std::vector<float> float_scales_;         // by tensor
};

}  // namespace calando::optimizer
