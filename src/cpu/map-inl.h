// SPDX-License-Identifier: MIT
// Every rule for one type of numbers, CALANDO_NUMBER, and every instruction set: the file that includes this one is compiled once
// for each, and the rule is inlined into the loop and vectorized there. No rule is named here.
#if defined(CALANDO_MAP_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef CALANDO_MAP_INL_H
#undef CALANDO_MAP_INL_H
#else
#define CALANDO_MAP_INL_H
#endif

#ifndef CALANDO_PORTABLE
#include "hwy/highway.h"
HWY_BEFORE_NAMESPACE();
#endif

namespace calando::cpu {
namespace HWY_NAMESPACE {

using Number = CALANDO_NUMBER;

template <class Rule, std::size_t kStates>
void update_with(const CoefficientsOf<Rule, Number>& k, const Batch<Number>& batch) {
  if constexpr (kTakesStates<Rule, Number, kStates>) {
    for (const Piece& piece : batch.pieces) {
      const auto* gradients = static_cast<const Number*>(piece.gradients);
      if (gradients == nullptr) continue;
      if (batch.squares != nullptr) batch.squares[piece.slot] = square_sum(gradients, piece.count);
      std::array<Number*, kMostStates> states{};
      for (std::size_t s = 0; s < kStates; ++s) states[s] = static_cast<Number*>(piece.states[s]);
      update_all<Rule, Number>(k, batch.scales != nullptr ? batch.scales[piece.tensor] : batch.scale,
                               static_cast<Number*>(piece.values), gradients, states, piece.count,
                               std::make_index_sequence<kStates>());
    }
  }
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
    squares[piece.slot] = square_sum(static_cast<const Number*>(piece.gradients), piece.count);
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
#ifndef CALANDO_PORTABLE
#define CALANDO_EXPORT(function) HWY_EXPORT(function)
#define CALANDO_CHOSEN(function) HWY_DYNAMIC_DISPATCH(function)
#else
#define CALANDO_EXPORT(function) static_assert(true)
#define CALANDO_CHOSEN(function) HWY_NAMESPACE::function
#endif

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
