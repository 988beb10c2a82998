// SPDX-License-Identifier: MIT
// The usual coefficients of a rule, which make its formula short, told from all others, for each instruction set.
#if defined(CALANDO_USUAL_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef CALANDO_USUAL_INL_H
#undef CALANDO_USUAL_INL_H
#else
#define CALANDO_USUAL_INL_H
#endif

#ifndef CALANDO_PORTABLE
#include "hwy/highway.h"
HWY_BEFORE_NAMESPACE();
#endif

namespace calando::cpu {
namespace HWY_NAMESPACE {

/// Calls f(k), once for coefficients that make the formula short and once for all others, so that both loops are compiled.
template <class K, class F>
__attribute__((always_inline)) inline void with_usual(const K& given, const F& f) {
  if constexpr (requires { given.rare; }) {
    K k = given;
    if (given.rare) {
      k.rare = true;  // the compiler may take it for granted
      f(k);
    } else {
      k.rare = false;
      f(k);
    }
  } else {
    f(given);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace calando::cpu

#ifndef CALANDO_PORTABLE
HWY_AFTER_NAMESPACE();
#endif
#endif
