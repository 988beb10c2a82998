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

#include "src/cpu/narrow-inl.h"
#include "src/cpu/usual-inl.h"

#ifndef CALANDO_PORTABLE
#include "hwy/highway.h"
HWY_BEFORE_NAMESPACE();
#endif

namespace calando::cpu {
namespace HWY_NAMESPACE {

using WideBlock = std::array<float, kBlock8>;

/// A block of a state that stays in float.
struct Exact {
  float* numbers;

  Exact(void* state, std::size_t first, WideBlock&) : numbers(static_cast<float*>(state) + first) {}
  bool awkward() const { return false; }
  __attribute__((always_inline)) Bits load(std::size_t, std::size_t) const { return 0; }
  template <int kByte>
  __attribute__((always_inline)) float get(Bits, std::size_t place) const {
    return numbers[place];
  }
  void widen(std::size_t) const {}
  void store(Bits, std::uint64_t) const {}
};

/// A block in codes, and its numbers as floats.
template <class Kind>
struct Coded {
  Block8* block;
  float* numbers;
  Kind kind;

  Coded(void* state, std::size_t first, WideBlock& wide)
      : block(static_cast<Block8*>(state) + first / kBlock8), numbers(wide.data()), kind(block->scale) {}
  bool awkward() const { return (block->scale & kAwkward) != 0; }
  __attribute__((always_inline)) Bits load(std::size_t group, std::size_t j) const {
    return codes_at(*block, group, j);
  }
  template <int kByte>
  __attribute__((always_inline)) float get(Bits word, std::size_t) const {
    return kind.template decode<false>(from_byte<kByte>(word));
  }
  /// The whole block, even where the tensor ends in it: what is behind is 0.
  void widen(std::size_t count) const {
    decode_block<Kind>(*block, numbers);
    std::fill(numbers + count, numbers + kBlock8, 0.0F);
  }
  __attribute__((always_inline)) void store(Bits key, std::uint64_t place) const {
    encode_block<Kind>(numbers, words_of(key, place), *block);
  }
};

/// What the state of a rule is stored in.
template <class Rule, std::size_t kState>
constexpr auto stored8() {
  if constexpr (!narrow_state<Rule>(kState)) {
    return std::type_identity<Exact>();
  } else {
    return std::type_identity<
        Coded<std::conditional_t<Rule::kKinds[kState] == StateKind::square, Unsigned, Signed>>>();
  }
}
template <class Rule, std::size_t kState>
using Stored8 = typename decltype(stored8<Rule, kState>())::type;

/// Numbers ahead of the update that memory is asked for. The work on a group is so long that the processor would not look as far by itself.
constexpr std::size_t kAhead = 1024;

__attribute__((always_inline)) inline void fetch_group(const float* start) {
  for (std::size_t i = 0; i < kGroup; i += 16) __builtin_prefetch(start + i);
}

/// A whole block without awkward numbers, into floats.
template <class Rule, class... States, std::size_t... I>
__attribute__((always_inline)) inline void update_words(const CoefficientsOf<Rule, float>& given, float scale,
                                                        float* values, const float* gradients,
                                                        std::index_sequence<I...>, States... states) {
  const CoefficientsOf<Rule, float> k = given;
  for (std::size_t group = 0; group < kBlock8; group += kGroup) {
    fetch_group(values + group + kAhead);
    fetch_group(gradients + group + kAhead);
    CALANDO_INDEPENDENT_STEPS
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
template <class Rule, class... States, std::size_t... I>
__attribute__((always_inline)) inline void update_block(const CoefficientsOf<Rule, float>& k, float scale,
                                                        const Piece& piece, std::size_t first,
                                                        std::size_t count, const Bits* keys,
                                                        std::index_sequence<I...> indices, States... states) {
  auto* const values = static_cast<float*>(piece.values) + first;
  const auto* const gradients = static_cast<const float*>(piece.gradients) + first;
  if (count == kBlock8 && !(states.awkward() || ...)) [[likely]] {
    update_words<Rule>(k, scale, values, gradients, indices, states...);
  } else {
    (states.widen(count), ...);
    update_all<Rule, float>(k, scale, values, gradients, {states.numbers...}, count, indices);
  }
  (states.store(keys[I], piece.first + first), ...);
}

template <class Rule, std::size_t... I>
__attribute__((noinline)) void update_bits8_with(const CoefficientsOf<Rule, float>& given,
                                                 const NarrowBatch& batch,
                                                 std::index_sequence<I...> indices) {
  alignas(64) std::array<WideBlock, sizeof...(I)> wide;
  with_usual(
      given, [&](const CoefficientsOf<Rule, float>& k) __attribute__((always_inline)) {
        for (const Piece& piece : batch.pieces) {
          if (piece.gradients == nullptr) continue;
          const float scale = batch.scales != nullptr ? batch.scales[piece.tensor] : batch.scale;
          const std::array<Bits, sizeof...(I)> keys{key_of_array(batch.keys[piece.tensor], I + 1)...};
          double squares = 0;
          for (std::size_t turn = 0; turn < piece.count; turn += kSquareTurn) {
            const std::size_t end = std::min<std::size_t>(turn + kSquareTurn, piece.count);
            SquareLanes lanes;
            if (batch.squares != nullptr)
              lanes.add(static_cast<const float*>(piece.gradients) + turn, end - turn);
            for (std::size_t first = turn; first < end; first += kBlock8)
              update_block<Rule>(k, scale, piece, first, std::min(kBlock8, end - first), keys.data(), indices,
                                 Stored8<Rule, I>(piece.states[I], first, wide[I])...);
            squares += lanes.total();
          }
          if (batch.squares != nullptr) batch.squares[piece.slot] = squares;
        }
      });
}

template <class Rule, std::size_t... I>
void update_bits8_some(const CoefficientsOf<Rule, float>& k, const NarrowBatch& batch,
                       std::index_sequence<I...> indices) {
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
namespace calando::cpu {

#define CALANDO_DISPATCH(Rule)                                                                   \
  CALANDO_EXPORT(update_bits8_##Rule);                                                           \
  template <>                                                                                    \
  void update_bits8_pieces<Rule>(const CoefficientsOf<Rule, float>& k, const NarrowBatch& batch, \
                                 std::size_t states) noexcept {                                  \
    CALANDO_CHOSEN(update_bits8_##Rule)(k, batch, states);                                       \
  }
CALANDO_FOR_EACH_RULE(CALANDO_DISPATCH)
#undef CALANDO_DISPATCH

}  // namespace calando::cpu
#endif
#endif
