// SPDX-License-Identifier: MIT
// Every rule, every instruction set: foreach_target.h compiles this file once for each, and the rule is inlined into the loop and
// vectorized there. No rule is named here.
#include "src/cpu/map.h"

#include "calando/rules/list.h"

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#ifndef CALANDO_PORTABLE
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/cpu/map.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, which includes this file once more for each instruction set.
#include "hwy/highway.h"
HWY_BEFORE_NAMESPACE();
#else
#define HWY_NAMESPACE portable
#define HWY_ONCE 1
#endif

namespace calando::cpu {
namespace HWY_NAMESPACE {

template <class Rule, std::size_t kStates>
void update_with(const CoefficientsOf<Rule, float>& k, float scale, const Piece& piece) {
  if constexpr (kTakesStates<Rule, float, kStates>) {
    update_all<Rule, float>(k, scale, piece.values, piece.gradients, piece.states, piece.count,
                            std::make_index_sequence<kStates>());
  }
}

template <class Rule>
void update(const CoefficientsOf<Rule, float>& k, float scale, const Piece& piece, std::size_t states) {
  switch (states) {
    case 0:
      return update_with<Rule, 0>(k, scale, piece);
    case 1:
      return update_with<Rule, 1>(k, scale, piece);
    case 2:
      return update_with<Rule, 2>(k, scale, piece);
    case 3:
      return update_with<Rule, 3>(k, scale, piece);
    default:
      return update_with<Rule, 4>(k, scale, piece);
  }
}

// One plain function a rule, because Highway's tables hold functions, not templates.
#define CALANDO_UPDATE(Rule)                                                                             \
  void update_##Rule(const CoefficientsOf<Rule, float>& k, float scale, const Piece& piece, std::size_t states) { \
    update<Rule>(k, scale, piece, states);                                                               \
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

#ifndef CALANDO_PORTABLE
#define CALANDO_DISPATCH(Rule)                                                                                       \
  HWY_EXPORT(update_##Rule);                                                                                         \
  template <>                                                                                                        \
  void update_piece<Rule>(const CoefficientsOf<Rule, float>& k, float scale, const Piece& piece,                     \
                          std::size_t states) noexcept {                                                             \
    HWY_DYNAMIC_DISPATCH(update_##Rule)(k, scale, piece, states);                                                    \
  }
#else
#define CALANDO_DISPATCH(Rule)                                                                                       \
  template <>                                                                                                        \
  void update_piece<Rule>(const CoefficientsOf<Rule, float>& k, float scale, const Piece& piece,                     \
                          std::size_t states) noexcept {                                                             \
    HWY_NAMESPACE::update_##Rule(k, scale, piece, states);                                                           \
  }
#endif
CALANDO_FOR_EACH_RULE(CALANDO_DISPATCH)

#if defined(__SSE__)
constexpr unsigned kFlushAndZero = 0x8040;    // bits 15 and 6 of MXCSR

NoDenormals::NoDenormals() noexcept : former_(_mm_getcsr()) { _mm_setcsr(former_ | kFlushAndZero); }
NoDenormals::~NoDenormals() { _mm_setcsr(former_); }
#else
NoDenormals::NoDenormals() noexcept : former_(0) {}
NoDenormals::~NoDenormals() = default;
#endif

}  // namespace calando::cpu
#endif
