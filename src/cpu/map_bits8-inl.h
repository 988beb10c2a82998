// SPDX-License-Identifier: MIT
// Every rule on states in blocks of 8 bits, for each instruction set: a block is read and updated in one loop, and written in a second one, when
// its largest number is known; between them it is in the first-level cache.
#if defined(CALANDO_MAP_BITS8_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef CALANDO_MAP_BITS8_INL_H
#undef CALANDO_MAP_BITS8_INL_H
#else
#define CALANDO_MAP_BITS8_INL_H
#endif

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "src/cpu/narrow-inl.h"
#include "src/cpu/usual-inl.h"

#ifndef CALANDO_PORTABLE
#include "hwy/highway.h"
HWY_BEFORE_NAMESPACE();
#endif

namespace calando::cpu {
namespace HWY_NAMESPACE {

using WideBlock = std::array<float, kBlock8>;

/// Blocks of a state that stays in float.
struct Exact {
  float* numbers = nullptr;  // of the block at hand

  void start() {}
  void move(void* state, std::size_t first) { numbers = static_cast<float*>(state) + first; }
  bool awkward() const { return false; }
  __attribute__((always_inline)) Bits load(std::size_t, std::size_t) const { return 0; }
  template <int kByte>
  __attribute__((always_inline)) float get(Bits, std::size_t place) const {
    return numbers[place];
  }
  void widen(std::size_t) {}
  void write_group(std::size_t) const {}
  void finish(Bits, std::uint64_t) {}
  void flush() {}
};

/// Blocks in codes. One is written while the next is updated: the codes hide behind roots and divisions.
template <class Kind>
struct Coded {
  float* numbers = nullptr;  // of the block at hand, as floats
  Block8* block = nullptr;
  Kind kind{0};
  // What is to be written.
  const float* written = nullptr;
  Block8* target = nullptr;
  Kind target_kind{0};
  Words words{};

  alignas(64) std::array<WideBlock, 2> wide{};
  Block8 nowhere{};  // takes what there is to write before the first block

  void start() {
    numbers = wide[0].data();
    written = wide[1].data();
    target = &nowhere;
  }
  void move(void* state, std::size_t first) {
    block = static_cast<Block8*>(state) + first / kBlock8;
    kind = Kind(block->scale);
  }
  bool awkward() const { return (block->scale & kAwkward) != 0; }
  __attribute__((always_inline)) Bits load(std::size_t group, std::size_t j) const { return codes_at(*block, group, j); }
  template <int kByte>
  __attribute__((always_inline)) float get(Bits word, std::size_t) const {
    return kind.template decode<false>(from_byte<kByte>(word));
  }
  /// The whole block, even where the tensor ends in it: what is behind is 0.
  void widen(std::size_t count) {
    decode_block<Kind>(*block, numbers);
    std::fill(numbers + count, numbers + kBlock8, 0.0F);
  }
  __attribute__((always_inline)) void write_group(std::size_t group) const {
    encode_group<Kind, false>(target_kind, written, words, group, *target);
  }
  /// The block at hand is updated: it is the next to be written, or written at once.
  __attribute__((always_inline)) void finish(Bits key, std::uint64_t place) {
    words = words_of(key, place);
    block->scale = scale_of<Kind>(numbers);
    if ((block->scale & kAwkward) != 0) [[unlikely]] {
      encode_all<Kind, true>(numbers, words, *block);
      target = &nowhere;
      return;
    }
    target = block;
    target_kind = Kind(block->scale);
    written = std::exchange(numbers, const_cast<float*>(written));
  }
  void flush() {
    encode_all<Kind, false>(written, words, *target);
    target = &nowhere;
  }
};
/// What the state of a rule is stored in.
template <class Rule, std::size_t kState>
constexpr auto stored8() {
  if constexpr (!narrow_state<Rule>(kState)) {
    return std::type_identity<Exact>();
  } else {
    return std::type_identity<Coded<std::conditional_t<Rule::kKinds[kState] == StateKind::square, Unsigned, Signed>>>();
  }
}
template <class Rule, std::size_t kState>
using Stored8 = typename decltype(stored8<Rule, kState>())::type;

/// Numbers ahead of the update that memory is asked for. The work on a group is so long that the processor would not look as far by itself.
constexpr std::size_t kAhead = 1024;

__attribute__((always_inline)) inline void fetch_group(const float* start) {
  for (std::size_t i = 0; i < kGroup; i += 16) __builtin_prefetch(start + i);
}

/// A whole block without awkward numbers, while the one before it is written.
template <class Rule, class... States, std::size_t... I>
__attribute__((always_inline)) inline void update_words(const CoefficientsOf<Rule, float>& given, float scale,
                                                        float* values, const float* gradients,
                                                        std::index_sequence<I...>, const States&... states) {
  const CoefficientsOf<Rule, float> k = given;
  for (std::size_t group = 0; group < kBlock8; group += kGroup) {
    (states.write_group(group), ...);
    fetch_group(values + group + kAhead);
    fetch_group(gradients + group + kAhead);
#pragma GCC ivdep
    for (Bits j = 0; j < kWords; ++j) {
      const std::array<Bits, sizeof...(I)> words{states.load(group, j)...};
      const auto update_byte = [&](auto byte) __attribute__((always_inline)) {
        constexpr int kByte = decltype(byte)::value;
        const std::size_t i = group + kByte * kWords + j;
        const auto update = [&](auto... s) __attribute__((always_inline)) {
          float p = values[i];
          Rule::template update<float>(k, p, gradients[i] * scale, s...);
          values[i] = p;
          ((states.numbers[i] = s), ...);
        };
        update(states.template get<kByte>(words[I], i)...);
      };
      update_byte(std::integral_constant<int, 0>());
      update_byte(std::integral_constant<int, 1>());
      update_byte(std::integral_constant<int, 2>());
      update_byte(std::integral_constant<int, 3>());
    }
  }
}

/// Any block.
template <class Rule, std::size_t... I>
__attribute__((always_inline)) inline void update_block(const CoefficientsOf<Rule, float>& k, float scale,
                                                         const Piece& piece, std::size_t first, std::size_t count,
                                                         Bits key, std::tuple<Stored8<Rule, I>...>& states,
                                                         std::index_sequence<I...> indices) {
  auto* const values = static_cast<float*>(piece.values) + first;
  const auto* const gradients = static_cast<const float*>(piece.gradients) + first;
  (std::get<I>(states).move(piece.states[I], first), ...);
  if (count == kBlock8 && !(std::get<I>(states).awkward() || ...)) [[likely]] {
    update_words<Rule>(k, scale, values, gradients, indices, std::get<I>(states)...);
  } else {
    (std::get<I>(states).flush(), ...);
    (std::get<I>(states).widen(count), ...);
    update_all<Rule, float>(k, scale, values, gradients, {std::get<I>(states).numbers...}, count, indices);
  }
  (std::get<I>(states).finish(key_of_array(key, I + 1), piece.first + first), ...);
}

template <class Rule, std::size_t... I>
__attribute__((noinline)) void update_bits8_with(const CoefficientsOf<Rule, float>& given, const NarrowBatch& batch,
                                                 std::index_sequence<I...> indices) {
  std::tuple<Stored8<Rule, I>...> states;
  (std::get<I>(states).start(), ...);
  with_usual(given, [&](const CoefficientsOf<Rule, float>& k) __attribute__((always_inline)) {
    for (const Piece& piece : batch.pieces) {
      if (piece.gradients == nullptr) continue;
      const float scale = batch.scales != nullptr ? batch.scales[piece.tensor] : batch.scale;
      double squares = 0;
      for (std::size_t turn = 0; turn < piece.count; turn += kSquareTurn) {
        const std::size_t end = std::min<std::size_t>(turn + kSquareTurn, piece.count);
        SquareLanes lanes;
        if (batch.squares != nullptr) lanes.add(static_cast<const float*>(piece.gradients) + turn, end - turn);
        for (std::size_t first = turn; first < end; first += kBlock8)
          update_block<Rule>(k, scale, piece, first, std::min(kBlock8, end - first), batch.keys[piece.tensor], states,
                              indices);
        squares += lanes.total();
      }
      if (batch.squares != nullptr) batch.squares[piece.slot] = squares;
    }
  });
  (std::get<I>(states).flush(), ...);
}

template <class Rule, std::size_t... I>
void update_bits8_some(const CoefficientsOf<Rule, float>& k, const NarrowBatch& batch, std::index_sequence<I...> indices) {
  if constexpr (kTakesStates<Rule, float, sizeof...(I)> && (narrow_state<Rule>(I) || ...))
    update_bits8_with<Rule>(k, batch, indices);
}

template <class Rule>
void update_bits8(const CoefficientsOf<Rule, float>& k, const NarrowBatch& batch, std::size_t states) {
  [&]<std::size_t... N>(std::index_sequence<N...>) {
    ((states == N ? update_bits8_some<Rule>(k, batch, std::make_index_sequence<N>()) : void()), ...);
  }
  (std::make_index_sequence<kMostStates + 1>());
}

// One plain function a rule, because Highway's tables hold functions, not templates.
#define CALANDO_UPDATE(Rule)                                                                      \
  static void update_bits8_##Rule(const CoefficientsOf<Rule, float>& k, const NarrowBatch& batch, \
                                  std::size_t states) {                                           \
    update_bits8<Rule>(k, batch, states);                                                         \
  }
CALANDO_FOR_EACH_RULE(CALANDO_UPDATE)
#undef CALANDO_UPDATE

}  // namespace HWY_NAMESPACE
}  // namespace calando::cpu

#ifndef CALANDO_PORTABLE
HWY_AFTER_NAMESPACE();
#endif

#if HWY_ONCE
#ifndef CALANDO_PORTABLE
#define CALANDO_EXPORT(function) HWY_EXPORT(function)
#define CALANDO_CHOSEN(function) HWY_DYNAMIC_DISPATCH(function)
#else
#define CALANDO_EXPORT(function) static_assert(true)
#define CALANDO_CHOSEN(function) HWY_NAMESPACE::function
#endif

namespace calando::cpu {

#define CALANDO_DISPATCH(Rule)                                                                          \
  CALANDO_EXPORT(update_bits8_##Rule);                                                                  \
  template <>                                                                                           \
  void update_bits8_pieces<Rule>(const CoefficientsOf<Rule, float>& k, const NarrowBatch& batch,        \
                                 std::size_t states) noexcept {                                         \
    CALANDO_CHOSEN(update_bits8_##Rule)(k, batch, states);                                              \
  }
CALANDO_FOR_EACH_RULE(CALANDO_DISPATCH)
#undef CALANDO_DISPATCH

}  // namespace calando::cpu
#endif
#endif
