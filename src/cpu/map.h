// SPDX-License-Identifier: MIT
// The elementwise driver: applies an update rule to every element of some arrays, on every instruction set.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace calando::cpu {

/// As many states as a rule can have.
inline constexpr std::size_t kMostStates = 4;

/// A piece of a parameter: its values, gradients and states.
struct Piece {
  float* values;
  const float* gradients;
  std::array<float*, kMostStates> states;
  std::size_t count;
};

template <class Rule, class T>
using CoefficientsOf = typename Rule::template Coefficients<T>;

/// Whether a rule's formula takes this many states.
template <class Rule, class T, std::size_t... I>
constexpr bool takes_states(std::index_sequence<I...>) {
  return requires(const CoefficientsOf<Rule, T>& k, T& p, T g, std::array<T, kMostStates>& s) {
    Rule::template update<T>(k, p, g, s[I]...);
  };
}
template <class Rule, class T, std::size_t kStates>
inline constexpr bool kTakesStates = takes_states<Rule, T>(std::make_index_sequence<kStates>());

/// The loop, one element after the other: operands into locals, the formula, and back. Each driver is this loop, compiled with
/// other instructions; tests compile it plainly, also for double.
template <class Rule, class T, std::size_t... I>
__attribute__((always_inline)) inline void update_all(const CoefficientsOf<Rule, T>& given, T scale, T* __restrict values,
                                                      const T* __restrict gradients, const std::array<T*, kMostStates>& states,
                                                      std::size_t count, std::index_sequence<I...>) {
  const CoefficientsOf<Rule, T> k = given;
#pragma GCC ivdep
  for (std::size_t i = 0; i < count; ++i) {
    T p = values[i];
    const T g = gradients[i] * scale;
    std::array<T, sizeof...(I) + 1> s{states[I][i]...};
    Rule::template update<T>(k, p, g, s[I]...);
    values[i] = p;
    ((states[I][i] = s[I]), ...);
  }
}

/// Updates a piece. `scale` multiplies the gradients first (clipping, loss scaling), rounded once; it is exact where it is 1.
/// Denormal operands and results count as zero, here and in the scalar loop alike.
///
/// Error:   the same bits on every instruction set, for any division into pieces
template <class Rule>
void update_piece(const CoefficientsOf<Rule, float>& k, float scale, const Piece& piece, std::size_t states) noexcept;

/// Flush-to-zero and denormals-are-zero for the lifetime of this object, on this thread; the former mode after it.
class NoDenormals {
 public:
  NoDenormals() noexcept;
  ~NoDenormals();
  NoDenormals(const NoDenormals&) = delete;
  NoDenormals& operator=(const NoDenormals&) = delete;

 private:
  unsigned former_;
};

}  // namespace calando::cpu
