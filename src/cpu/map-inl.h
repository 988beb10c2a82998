// SPDX-License-Identifier: MIT
// Every rule for one type of numbers, CALANDO_NUMBER, and every instruction set: the file that includes this one is compiled once
// for each, and the rule is inlined into the loop and vectorized there. No rule is named here.
#if defined(CALANDO_MAP_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef CALANDO_MAP_INL_H
#undef CALANDO_MAP_INL_H
#else
#define CALANDO_MAP_INL_H
#endif

#include "src/cpu/usual-inl.h"

#ifndef CALANDO_PORTABLE
#include "hwy/highway.h"
HWY_BEFORE_NAMESPACE();
#endif

namespace calando::cpu {
namespace HWY_NAMESPACE {

using Number = CALANDO_NUMBER;

/// Squares of so many gradients are added up beside the update of as many elements: the one hides behind the other's roots.
constexpr std::size_t kRound = 64;

/// The last numbers of a piece whose length is no multiple of theirs, worked out in a place of their own before the loop comes to those that
/// it has too, and written behind it: one vector in place of up to fifteen single numbers, and the same operands give the same bits twice.
template <class Rule, std::size_t kStates>
class Tail {
 public:
  static constexpr std::size_t kLength = 16;

  __attribute__((always_inline)) Tail(Number* values, const Number* gradients,
                                      const std::array<Number*, kMostStates>& states, std::size_t first)
      : values_(values + first), gradients_(gradients + first), states_(states) {
    for (std::size_t s = 0; s < kStates; ++s) states_[s] += first;
  }
  __attribute__((always_inline)) void update(const CoefficientsOf<Rule, Number>& k, Number scale) {
    __builtin_memcpy(own_values_, values_, sizeof(own_values_));
    std::array<Number*, kMostStates> own{};
    for (std::size_t s = 0; s < kStates; ++s) {
      __builtin_memcpy(own_states_[s], states_[s], sizeof(own_values_));
      own[s] = own_states_[s];
    }
    update_all<Rule, Number>(k, scale, own_values_, gradients_, own, kLength,
                             std::make_index_sequence<kStates>());
  }
  __attribute__((always_inline)) void store() const {
    __builtin_memcpy(values_, own_values_, sizeof(own_values_));
    for (std::size_t s = 0; s < kStates; ++s)
      __builtin_memcpy(states_[s], own_states_[s], sizeof(own_values_));
  }

 private:
  Number* values_;
  const Number* gradients_;
  std::array<Number*, kMostStates> states_;
  alignas(64) Number own_values_[kLength], own_states_[kStates + 1][kLength];
};

template <class Rule, std::size_t kStates>
__attribute__((always_inline)) inline void update_each(const CoefficientsOf<Rule, Number>& given,
                                                       const Batch<Number>& batch) {
  if constexpr (kTakesStates<Rule, Number, kStates>) {
    const CoefficientsOf<Rule, Number> k = given;  // nothing that is stored below can change them
    for (const Piece& piece : batch.pieces) {
      const auto* gradients = static_cast<const Number*>(piece.gradients);
      if (gradients == nullptr) continue;
      auto* values = static_cast<Number*>(piece.values);
      std::array<Number*, kMostStates> states{};
      for (std::size_t s = 0; s < kStates; ++s) states[s] = static_cast<Number*>(piece.states[s]);
      const Number scale = batch.scales != nullptr ? batch.scales[piece.tensor] : batch.scale;
      const auto update_some = [&](std::size_t first, std::size_t count) __attribute__((always_inline)) {
        std::array<Number*, kMostStates> from = states;
        for (std::size_t s = 0; s < kStates; ++s) from[s] += first;
        update_all<Rule, Number>(k, scale, values + first, gradients + first, from, count,
                                 std::make_index_sequence<kStates>());
      };
      const auto update_rest = [&](std::size_t first, std::size_t count) __attribute__((always_inline)) {
        using Last = Tail<Rule, kStates>;
        if (count < Last::kLength || count % Last::kLength == 0) {
          if (count > 0) update_some(first, count);
          return;
        }
        const std::size_t last_whole = count / Last::kLength * Last::kLength - Last::kLength;
        if (last_whole > 0) update_some(first, last_whole);
        Last tail(values, gradients, states, first + count - Last::kLength);
        tail.update(k, scale);
        update_some(first + last_whole, Last::kLength);
        tail.store();
      };
      const bool measured = batch.squares != nullptr;
      const std::size_t turn = measured ? kSquareTurn : piece.count;
      double squares = 0;
      for (std::size_t first = 0; first < piece.count; first += turn) {
        const std::size_t count = piece.count - first < turn ? piece.count - first : turn;
        const std::size_t rounds = measured ? count / kRound * kRound : 0;
        SquareLanes lanes;
        for (std::size_t i = first; i < first + rounds; i += kRound) {
          lanes.add(gradients + i, kRound);
          update_some(i, kRound);
        }
        if (measured) {
          lanes.add(gradients + first + rounds, count - rounds);
          squares += lanes.total();
        }
        update_rest(first + rounds, count - rounds);
      }
      if (measured) batch.squares[piece.slot] = squares;
    }
  }
}

/// Not inlined, so that a test finds it by its name in the disassembly.
template <class Rule, std::size_t kStates>
__attribute__((noinline)) void update_with(const CoefficientsOf<Rule, Number>& given,
                                           const Batch<Number>& batch) {
  with_usual(
      given, [&](const CoefficientsOf<Rule, Number>& k)
                 __attribute__((always_inline)) { update_each<Rule, kStates>(k, batch); });
}

template <class Rule>
void update(const CoefficientsOf<Rule, Number>& k, const Batch<Number>& batch, std::size_t states) {
  switch (states) {
    case 0:
      return update_with<Rule, 0>(k, batch);
    case 1:
      return update_with<Rule, 1>(k, batch);
    case 2:
      return update_with<Rule, 2>(k, batch);
    case 3:
      return update_with<Rule, 3>(k, batch);
    default:
      return update_with<Rule, 4>(k, batch);
  }
}

static void measure(std::span<const Piece> pieces, double* squares) {
  for (const Piece& piece : pieces) {
    if (piece.gradients == nullptr) continue;
    double sum = 0;
    for (std::size_t first = 0; first < piece.count; first += kSquareTurn) {
      const std::size_t count = piece.count - first < kSquareTurn ? piece.count - first : kSquareTurn;
      SquareLanes lanes;
      lanes.add(static_cast<const Number*>(piece.gradients) + first, count);
      sum += lanes.total();
    }
    squares[piece.slot] = sum;
  }
}

// One plain function a rule, because Highway's tables hold functions, not templates.
#define CALANDO_UPDATE(Rule)                                                                   \
  static void update_##Rule(const CoefficientsOf<Rule, Number>& k, const Batch<Number>& batch, \
                            std::size_t states) {                                              \
    update<Rule>(k, batch, states);                                                            \
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

CALANDO_EXPORT(measure);
template <>
void measure_pieces<CALANDO_NUMBER>(std::span<const Piece> pieces, double* squares) noexcept {
  CALANDO_CHOSEN(measure)(pieces, squares);
}

#define CALANDO_DISPATCH(Rule)                                                            \
  CALANDO_EXPORT(update_##Rule);                                                          \
  template <>                                                                             \
  void update_pieces<Rule, CALANDO_NUMBER>(const CoefficientsOf<Rule, CALANDO_NUMBER>& k, \
                                           const Batch<CALANDO_NUMBER>& batch,            \
                                           std::size_t states) noexcept {                 \
    CALANDO_CHOSEN(update_##Rule)(k, batch, states);                                      \
  }
CALANDO_FOR_EACH_RULE(CALANDO_DISPATCH)
#undef CALANDO_DISPATCH

}  // namespace calando::cpu
#endif
#endif
