// SPDX-License-Identifier: MIT
// What a tensor's numbers are stored in, and the pass that works on them as floats, a tile at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>

#include "calando/optimizer.h"
#include "src/cpu/map.h"
#include "src/cpu/narrow.h"
#include "src/optimizer/elementwise_rule.h"

namespace calando::optimizer {

/// What a state is stored in.
enum class Cell : std::uint8_t { f32, f64, bf16, signed8, unsigned8 };

/// Bytes of an array of such cells.
std::size_t size_of(Cell cell, std::size_t count) noexcept;
std::size_t size_of(NumberType type) noexcept;

/// How the pieces of a tensor are stored; tensors of one layout and group are updated alike.
struct Layout {
  NumberType values = NumberType::f32;
  NumberType gradients = NumberType::f32;
  Bf16Parameters bf16 = Bf16Parameters::master;  // of values in bf16
  std::array<Cell, cpu::kMostStates> cells{};

  friend bool operator==(const Layout&, const Layout&) = default;
  /// By fields; not <=>, which arrays lack in the standard library of small targets.
  friend bool operator<(const Layout& a, const Layout& b) {
    return std::tie(a.values, a.gradients, a.bf16, a.cells) <
           std::tie(b.values, b.gradients, b.bf16, b.cells);
  }

  /// Whether the rule works on the arrays as they are.
  bool direct() const noexcept;
  /// Whether values, gradients and what states may be in few bits are bfloat16, rounded at random.
  bool all_bf16() const noexcept;
  /// Whether values and gradients are floats, and states in 8 bits.
  bool floats_with_bits8() const noexcept;
  bool has(Cell cell) const noexcept;
  /// What Piece::extra points to; none where there is nothing.
  std::size_t size_of_extra(std::size_t count) const noexcept;
};

Layout make_layout(const Parameter& parameter, const ElementwiseRule& rule, const OptimizerOptions& options);

/// What a pass needs to know beside the pieces.
struct TilePass {
  const ElementwiseRule& rule;
  const Layout& layout;
  double scale = 1;
  const float* scales = nullptr;  // by tensor, in its place
  double limit = 0;         // of the absolute gradients once they are divided by the loss scale; 0: none
  double before_limit = 1;  // what they are multiplied by first where there is a limit
  std::span<const std::uint32_t> keys;  // of random rounding, by tensor
  double* squares = nullptr;
};

/// Pieces of any other layout: numbers in few bits become floats in the first-level cache, the rule works on them, and back. In the same
/// pass over memory.
void update_tiles(const TilePass& pass, std::span<const cpu::Piece> pieces) noexcept;

/// The sums of squares of gradients in bfloat16.
void measure_tiles(std::span<const cpu::Piece> pieces, double* squares) noexcept;

/// States between storage, from the start of a block of 8 bits on, and floats. Double ones are not for here.
void read_cells(Cell cell, const void* from, std::span<float> to) noexcept;
void write_cells(Cell cell, std::span<const float> from, void* to, cpu::RoundingStream stream) noexcept;

}  // namespace calando::optimizer
