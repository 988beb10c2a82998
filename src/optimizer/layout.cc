// SPDX-License-Identifier: MIT
#include "src/optimizer/layout.h"

#include <algorithm>

namespace calando::optimizer {
namespace {

/// Elements that are worked on at a time: all arrays of a tile stay in the first-level cache.
constexpr std::size_t kTile = 512;
static_assert(cpu::kLongestPiece % kTile == 0 && kTile % cpu::kBlock8 == 0 && kTile == cpu::kSquareTurn);

/// Below, 8 bits save nothing worth their error.
constexpr std::size_t kLeast8 = 4096;

struct Buffers {
  alignas(64) std::array<float, kTile> values, gradients, held;
  alignas(64) std::array<std::array<float, kTile>, cpu::kMostStates> states;
};

std::byte* at(void* start, std::size_t bytes) { return static_cast<std::byte*>(start) + bytes; }
const std::byte* at(const void* start, std::size_t bytes) {
  return static_cast<const std::byte*>(start) + bytes;
}

/// One tile of a piece: `first` counts from the piece's.
class Tile {
 public:
  Tile(const TilePass& pass, const cpu::Piece& piece, std::size_t first, Buffers& buffers)
      : pass_(pass),
        piece_(piece),
        first_(first),
        count_(std::min(kTile, piece.count - first)),
        buffers_(buffers) {}

  void update() {
    cpu::Piece tile{values(), gradients(), {}, nullptr, 0, static_cast<std::uint32_t>(count_), piece_.tensor,
                    0};
    for (std::size_t s = 0; s < pass_.rule.states(); ++s) tile.states[s] = state(s);
    double squares = 0;  // a tile is a turn of a sum of squares
    double* const wanted = pass_.squares != nullptr ? &squares : nullptr;
    if (pass_.limit > 0) {
      if (wanted != nullptr) cpu::measure_pieces<float>(std::span(&tile, 1), wanted);
      cpu::scale_and_clamp(static_cast<const float*>(tile.gradients), static_cast<float>(pass_.before_limit),
                           static_cast<float>(pass_.limit), buffers_.held.data(), count_);
      tile.gradients = buffers_.held.data();
    }
    pass_.rule.update(cpu::Batch<float>{std::span(&tile, 1), static_cast<float>(pass_.scale), pass_.scales,
                                        pass_.limit > 0 ? nullptr : wanted});
    if (wanted != nullptr) pass_.squares[piece_.slot] += squares;
    store();
  }

 private:
  bool of_bf16_gradients() const { return pass_.layout.gradients == NumberType::bf16; }

  float* values() {
    if (pass_.layout.values == NumberType::f32)
      return reinterpret_cast<float*>(at(piece_.values, 4 * first_));
    if (pass_.layout.bf16 == Bf16Parameters::master)
      return reinterpret_cast<float*>(at(piece_.extra, 4 * first_));
    if (pass_.layout.bf16 == Bf16Parameters::kahan) {
      cpu::join_bf16(bf16_values(), rest(), buffers_.values.data(), count_);
    } else {
      cpu::widen_bf16(bf16_values(), buffers_.values.data(), count_);
    }
    return buffers_.values.data();
  }

  const float* gradients() {
    if (!of_bf16_gradients()) return static_cast<const float*>(piece_.gradients) + first_;
    cpu::widen_bf16(reinterpret_cast<const BFloat16*>(at(piece_.gradients, 2 * first_)),
                    buffers_.gradients.data(), count_);
    return buffers_.gradients.data();
  }

  std::span<float> wide_state(std::size_t s) const { return std::span(buffers_.states[s]).first(count_); }

  void* cells(std::size_t s) const { return at(piece_.states[s], size_of(pass_.layout.cells[s], first_)); }

  float* state(std::size_t s) {
    const Cell cell = pass_.layout.cells[s];
    if (cell == Cell::f32) return static_cast<float*>(cells(s));
    read_cells(cell, cells(s), wide_state(s));
    return wide_state(s).data();
  }

  void store() {
    const std::uint32_t key = pass_.keys[piece_.tensor];
    for (std::size_t s = 0; s < pass_.rule.states(); ++s) {
      const Cell cell = pass_.layout.cells[s];
      if (cell == Cell::f32) continue;
      write_cells(cell, wide_state(s), cells(s), stream(cpu::key_of_array(key, s + 1)));
    }
    if (pass_.layout.values == NumberType::f32) return;
    switch (pass_.layout.bf16) {
      case Bf16Parameters::master:
        return cpu::narrow_bf16(reinterpret_cast<const float*>(at(piece_.extra, 4 * first_)), bf16_values(),
                                count_);
      case Bf16Parameters::kahan:
        return cpu::split_bf16(buffers_.values.data(), bf16_values(), rest(), count_);
      case Bf16Parameters::stochastic:
        return cpu::narrow_bf16_randomly(buffers_.values.data(), bf16_values(), count_,
                                         stream(cpu::key_of_array(key, 0)));
    }
  }

  cpu::RoundingStream stream(std::uint32_t key) const { return {key, piece_.first + first_}; }
  BFloat16* bf16_values() const { return reinterpret_cast<BFloat16*>(at(piece_.values, 2 * first_)); }
  BFloat16* rest() const { return reinterpret_cast<BFloat16*>(at(piece_.extra, 2 * first_)); }

  const TilePass& pass_;
  const cpu::Piece& piece_;
  std::size_t first_;
  std::size_t count_;
  Buffers& buffers_;
};

/// Gradients in double that are held within a limit; nothing else of double parameters is stored in another way.
void update_doubles(const TilePass& pass, std::span<const cpu::Piece> pieces) {
  if (pass.squares != nullptr) cpu::measure_pieces<double>(pieces, pass.squares);
  std::array<double, kTile> held;
  for (const cpu::Piece& piece : pieces) {
    if (piece.gradients == nullptr) continue;
    for (std::size_t first = 0; first < piece.count; first += kTile) {
      cpu::Piece tile = piece;
      tile.count = static_cast<std::uint32_t>(std::min<std::size_t>(kTile, piece.count - first));
      cpu::scale_and_clamp(static_cast<const double*>(piece.gradients) + first, pass.before_limit, pass.limit,
                           held.data(), tile.count);
      tile.values = at(piece.values, 8 * first);
      tile.gradients = held.data();
      for (std::size_t s = 0; s < pass.rule.states(); ++s) tile.states[s] = at(piece.states[s], 8 * first);
      pass.rule.update(cpu::Batch<double>{std::span(&tile, 1), pass.scale, nullptr, nullptr});
    }
  }
}

Cell cell_of(StateKind kind, const Parameter& parameter, StateStorage storage) {
  if (parameter.values.type() == NumberType::f64) return Cell::f64;
  if (kind == StateKind::exact || storage == StateStorage::f32) return Cell::f32;
  if (storage == StateStorage::bf16) return Cell::bf16;
  // Rows start anywhere in a block.
  if (parameter.values.size() < kLeast8 || parameter.rows != nullptr) return Cell::f32;
  return kind == StateKind::square ? Cell::unsigned8 : Cell::signed8;
}

}  // namespace

std::size_t size_of(NumberType type) noexcept {
  return type == NumberType::f64 ? 8 : type == NumberType::f32 ? 4 : 2;
}

std::size_t size_of(Cell cell, std::size_t count) noexcept {
  switch (cell) {
    case Cell::f64:
      return 8 * count;
    case Cell::f32:
      return 4 * count;
    case Cell::bf16:
      return 2 * count;
    case Cell::signed8:
    case Cell::unsigned8:
      break;
  }
  return (count + cpu::kBlock8 - 1) / cpu::kBlock8 * sizeof(cpu::Block8);
}

bool Layout::direct() const noexcept {
  const Cell own = values == NumberType::f64 ? Cell::f64 : Cell::f32;
  return values != NumberType::bf16 && gradients == values &&
         std::ranges::all_of(cells, [&](Cell cell) { return cell == own; });
}

bool Layout::has(Cell cell) const noexcept {
  return std::find(cells.begin(), cells.end(), cell) != cells.end();
}

bool Layout::all_bf16() const noexcept {
  return values == NumberType::bf16 && bf16 == Bf16Parameters::stochastic && gradients == NumberType::bf16 &&
         !has(Cell::signed8) && !has(Cell::unsigned8);
}

bool Layout::floats_with_bits8() const noexcept {
  return values == NumberType::f32 && gradients == NumberType::f32 &&
         (has(Cell::signed8) || has(Cell::unsigned8));
}

std::size_t Layout::size_of_extra(std::size_t count) const noexcept {
  if (values != NumberType::bf16 || bf16 == Bf16Parameters::stochastic) return 0;
  return bf16 == Bf16Parameters::master ? 4 * count : 2 * count;
}

Layout make_layout(const Parameter& parameter, const ElementwiseRule& rule, const OptimizerOptions& options) {
  Layout layout;
  layout.values = parameter.values.type();
  layout.gradients =
      parameter.rows != nullptr ? parameter.rows->gradients.type() : parameter.gradients.type();
  if (layout.values == NumberType::bf16) layout.bf16 = options.bf16;
  layout.cells.fill(layout.values == NumberType::f64 ? Cell::f64 : Cell::f32);
  for (std::size_t s = 0; s < rule.states(); ++s)
    layout.cells[s] = cell_of(rule.kind(s), parameter, options.states);
  return layout;
}

void update_tiles(const TilePass& pass, std::span<const cpu::Piece> pieces) noexcept {
  if (pass.layout.values == NumberType::f64) return update_doubles(pass, pieces);
  Buffers buffers;
  for (const cpu::Piece& piece : pieces) {
    if (piece.gradients == nullptr) continue;
    if (pass.squares != nullptr) pass.squares[piece.slot] = 0;
    for (std::size_t first = 0; first < piece.count; first += kTile)
      Tile(pass, piece, first, buffers).update();
  }
}

void measure_tiles(std::span<const cpu::Piece> pieces, double* squares) noexcept {
  std::array<float, kTile> wide;
  for (const cpu::Piece& piece : pieces) {
    if (piece.gradients == nullptr) continue;
    squares[piece.slot] = 0;
    for (std::size_t first = 0; first < piece.count; first += kTile) {
      const std::size_t count = std::min<std::size_t>(kTile, piece.count - first);
      cpu::widen_bf16(static_cast<const BFloat16*>(piece.gradients) + first, wide.data(), count);
      double sum = 0;
      const cpu::Piece tile{nullptr, wide.data(), {}, nullptr, 0, static_cast<std::uint32_t>(count), 0, 0};
      cpu::measure_pieces<float>(std::span(&tile, 1), &sum);
      squares[piece.slot] += sum;
    }
  }
}

void read_cells(Cell cell, const void* from, std::span<float> to) noexcept {
  switch (cell) {
    case Cell::f32:
      std::copy_n(static_cast<const float*>(from), to.size(), to.begin());
      break;
    case Cell::bf16:
      cpu::widen_bf16(static_cast<const BFloat16*>(from), to.data(), to.size());
      break;
    case Cell::signed8:
      cpu::widen_signed8(static_cast<const cpu::Block8*>(from), to.data(), to.size());
      break;
    case Cell::unsigned8:
      cpu::widen_unsigned8(static_cast<const cpu::Block8*>(from), to.data(), to.size());
      break;
    case Cell::f64:
      break;
  }
}

void write_cells(Cell cell, std::span<const float> from, void* to, cpu::RoundingStream stream) noexcept {
  switch (cell) {
    case Cell::f32:
      std::ranges::copy(from, static_cast<float*>(to));
      break;
    case Cell::bf16:
      cpu::narrow_bf16_randomly(from.data(), static_cast<BFloat16*>(to), from.size(), stream);
      break;
    case Cell::signed8:
      cpu::narrow_signed8(from.data(), static_cast<cpu::Block8*>(to), from.size(), stream);
      break;
    case Cell::unsigned8:
      cpu::narrow_unsigned8(from.data(), static_cast<cpu::Block8*>(to), from.size(), stream);
      break;
    case Cell::f64:
      break;
  }
}

}  // namespace calando::optimizer
