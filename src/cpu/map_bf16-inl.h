// SPDX-License-Identifier: MIT
// Every rule on parameters in bfloat16, for each instruction set. Two neighbours share a word of 32 bits, so that what one is shifted out of
// the other is masked out of: nothing is shuffled, and the work on few bits hides behind the rule's roots and divisions.
#if defined(CALANDO_MAP_BF16_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef CALANDO_MAP_BF16_INL_H
#undef CALANDO_MAP_BF16_INL_H
#else
#define CALANDO_MAP_BF16_INL_H
#endif

#include <algorithm>
#include <array>
#include <bit>
#include <tuple>

#include "src/cpu/narrow-inl.h"
#include "src/cpu/usual-inl.h"

#ifndef CALANDO_PORTABLE
#include "hwy/highway.h"
HWY_BEFORE_NAMESPACE();
#endif

namespace calando::cpu {
namespace HWY_NAMESPACE {

static_assert(std::endian::native == std::endian::little);

/// Two neighbours.
struct Two {
  float first, second;
};

/// What an array is stored in, and the random words that its two neighbours are rounded with; those of floats are not looked at.
template <bool kBf16>
struct Stored {
  using Number = std::conditional_t<kBf16, BFloat16, float>;
  Number* numbers;
  Words words, next;

  static __attribute__((always_inline)) Two load(const Number* numbers, std::size_t pair) {
    if constexpr (kBf16) {
      Bits two;
      __builtin_memcpy(&two, numbers + 2 * pair, sizeof(two));
      return {real(two << 16), real(two & ~kBelow16)};
    } else {
      return {numbers[2 * pair], numbers[2 * pair + 1]};
    }
  }
  /// Without a look at NaN: those that come out of arithmetic on bfloat16 numbers have nothing in the lower half that could carry. Where
  /// `kAny`, they need not.
  template <bool kAny>
  __attribute__((always_inline)) void store(std::size_t pair, float a, float b) {
    if constexpr (kBf16) {
      const Bits below = kAny && a != a ? kNan : bits(a), above = kAny && b != b ? kNan : bits(b);
      const Bits two =
          (below + (words.start & kBelow16)) >> 16 | ((above + (next.start & kBelow16)) & ~kBelow16);
      __builtin_memcpy(numbers + 2 * pair, &two, sizeof(two));
      words.start += words.step;
      next.start += next.step;
    } else {
      numbers[2 * pair] = a;
      numbers[2 * pair + 1] = b;
    }
  }
  /// From the key of the array and the place in the tensor of its first number here.
  void draw(Bits key, std::uint64_t place) {
    if constexpr (kBf16) {
      const Words one = words_of(key, place);
      words = {one.start, 2 * one.step};
      next = {one.start + one.step, 2 * one.step};
    }
  }
};

/// The loop over pairs of neighbours.
template <class Rule, bool... kBf16>
__attribute__((always_inline)) inline void update_pairs(const CoefficientsOf<Rule, float>& given, float scale,
                                                        Stored<true> values, const BFloat16* gradients,
                                                        std::size_t pairs, Stored<kBf16>... states) {
  constexpr bool kAny = !(kBf16 && ...);
  const CoefficientsOf<Rule, float> k = given;
  CALANDO_INDEPENDENT_STEPS
  for (std::size_t i = 0; i < pairs; ++i) {
    Two p = Stored<true>::load(values.numbers, i);
    const Two g = Stored<true>::load(gradients, i);
    const auto update = [&](auto... s) __attribute__((always_inline)) {
      Rule::template update<float>(k, p.first, g.first * scale, s.first...);
      Rule::template update<float>(k, p.second, g.second * scale, s.second...);
      values.template store<kAny>(i, p.first, p.second);
      (states.template store<kAny>(i, s.first, s.second), ...);
    };
    update(Stored<kBf16>::load(states.numbers, i)...);
  }
}

/// Some elements of a piece that lie in one stretch; the last one of an odd number as a pair with nothing.
template <class Rule, bool... kBf16, std::size_t... I>
__attribute__((always_inline)) inline void update_stretch(const CoefficientsOf<Rule, float>& k, float scale,
                                                          const Piece& piece, std::size_t first,
                                                          std::size_t count,
                                                          const std::array<Bits, kMostStates + 1>& keys,
                                                          std::index_sequence<I...>) {
  const auto drawn = [&](auto stored, std::size_t array, std::size_t from) __attribute__((always_inline)) {
    stored.draw(keys[array], piece.first + from);
    return stored;
  };
  auto* const values = static_cast<BFloat16*>(piece.values) + first;
  const auto* const gradients = static_cast<const BFloat16*>(piece.gradients) + first;
  const std::tuple<typename Stored<kBf16>::Number*...> states{
      static_cast<typename Stored<kBf16>::Number*>(piece.states[I]) + first...};
  update_pairs<Rule, kBf16...>(k, scale, drawn(Stored<true>{values, {}, {}}, 0, first), gradients, count / 2,
                               drawn(Stored<kBf16>{std::get<I>(states), {}, {}}, I + 1, first)...);
  if (count % 2 == 0) return;
  const std::size_t last = count - 1;
  BFloat16 value[2] = {values[last], {}}, gradient[2] = {gradients[last], {}};
  std::tuple<std::array<typename Stored<kBf16>::Number, 2>...> pair;
  ((std::get<I>(pair) = {std::get<I>(states)[last], {}}), ...);
  update_pairs<Rule, kBf16...>(
      k, scale, drawn(Stored<true>{value, {}, {}}, 0, first + last), gradient, 1,
      drawn(Stored<kBf16>{std::get<I>(pair).data(), {}, {}}, I + 1, first + last)...);
  values[last] = value[0];
  ((std::get<I>(states)[last] = std::get<I>(pair)[0]), ...);
}

/// The sum of squares of a turn.
inline double squares_of(const BFloat16* numbers, std::size_t count) {
  alignas(64) std::array<float, kSquareTurn> wide;
  for (std::size_t i = 0; i < count; ++i) wide[i] = real(Bits{numbers[i].bits} << 16);
  SquareLanes lanes;
  lanes.add(wide.data(), count);
  return lanes.total();
}

template <class Rule, bool... kBf16, std::size_t... I>
__attribute__((noinline)) void update_bf16_with(const CoefficientsOf<Rule, float>& given,
                                                const NarrowBatch& batch, std::index_sequence<I...> indices) {
  for (const Piece& piece : batch.pieces) {
    if (piece.gradients == nullptr) continue;
    const float scale = batch.scales != nullptr ? batch.scales[piece.tensor] : batch.scale;
    const Bits key = batch.keys[piece.tensor];
    const std::array<Bits, kMostStates + 1> keys{key_of_array(key, 0), key_of_array(key, I + 1)...};
    const auto* const gradients = static_cast<const BFloat16*>(piece.gradients);
    double squares = 0;
    for (std::size_t turn = 0; turn < piece.count; turn += kSquareTurn) {
      const std::size_t size = std::min<std::size_t>(kSquareTurn, piece.count - turn);
      if (batch.squares != nullptr) squares += squares_of(gradients + turn, size);
      for_each_stretch(
          piece.first + turn, size, [&](std::size_t first, std::size_t count) __attribute__((always_inline)) {
            with_usual(
                given, [&](const CoefficientsOf<Rule, float>& k) __attribute__((always_inline)) {
                  update_stretch<Rule, kBf16...>(k, scale, piece, turn + first, count, keys, indices);
                });
          });
    }
    if (batch.squares != nullptr) batch.squares[piece.slot] = squares;
  }
}

template <class Rule, std::size_t... I>
void update_bf16_some(const CoefficientsOf<Rule, float>& k, const NarrowBatch& batch, bool bf16_states,
                      std::index_sequence<I...> indices) {
  if constexpr (kTakesStates<Rule, float, sizeof...(I)>) {
    constexpr bool kNarrow = (narrow_state<Rule>(I) || ...);
    if constexpr (kNarrow) {
      if (bf16_states) return update_bf16_with<Rule, narrow_state<Rule>(I)...>(k, batch, indices);
    }
    update_bf16_with<Rule, (I > kMostStates)...>(k, batch, indices);
  }
}

template <class Rule>
void update_bf16(const CoefficientsOf<Rule, float>& k, const NarrowBatch& batch, std::size_t states,
                 bool bf16_states) {
  [&]<std::size_t... N>(std::index_sequence<N...>) {
    ((states == N ? update_bf16_some<Rule>(k, batch, bf16_states, std::make_index_sequence<N>()) : void()),
     ...);
  }
  (std::make_index_sequence<kMostStates + 1>());
}

// One plain function a rule, because Highway's tables hold functions, not templates.
#define CALANDO_UPDATE(Rule)                                                                     \
  static void update_bf16_##Rule(const CoefficientsOf<Rule, float>& k, const NarrowBatch& batch, \
                                 std::size_t states, bool bf16_states) {                         \
    update_bf16<Rule>(k, batch, states, bf16_states);                                            \
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

#define CALANDO_DISPATCH(Rule)                                                                  \
  CALANDO_EXPORT(update_bf16_##Rule);                                                           \
  template <>                                                                                   \
  void update_bf16_pieces<Rule>(const CoefficientsOf<Rule, float>& k, const NarrowBatch& batch, \
                                std::size_t states, bool bf16_states) noexcept {                \
    CALANDO_CHOSEN(update_bf16_##Rule)(k, batch, states, bf16_states);                          \
  }
CALANDO_FOR_EACH_RULE(CALANDO_DISPATCH)
#undef CALANDO_DISPATCH

}  // namespace calando::cpu
#endif
#endif
