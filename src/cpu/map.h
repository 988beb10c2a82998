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

/// Elements of the longest piece; a multiple of the blocks in which states are stored in 8 bits.
inline constexpr std::size_t kLongestPiece = 8192;

/// A piece of a tensor: its values, gradients and states, all of one type where the driver sees them.
struct Piece {
  void* values;
  const void* gradients;  // none: the piece is left out
  std::array<void*, kMostStates> states;
  void* extra;        // of parameters in few bits: their master copy, or what rounding left over
  std::size_t first;  // its place in the tensor
  std::uint32_t count;
  std::uint32_t tensor;
  std::size_t slot;  // where its sum of squares goes
};

/// Pieces to be updated one after the other.
template <class T>
struct Batch {
  std::span<const Piece> pieces;
  T scale = 1;                // multiplies the gradients, rounded once: exact where it is 1 or -1
  const T* scales = nullptr;  // by tensor, in its place
  double* squares = nullptr;  // by slot: the sums of squares of the gradients before they are scaled
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

// Tells GCC that no step of the next loop depends on one before it; Clang takes that from __restrict.
#if defined(__clang__)
#define CALANDO_INDEPENDENT_STEPS
#else
#define CALANDO_INDEPENDENT_STEPS _Pragma("GCC ivdep")
#endif

/// The loop, one element after the other: operands into locals, the formula, and back. Each driver is this loop, compiled with
/// other instructions; tests compile it plainly.
template <class Rule, class T, std::size_t... I>
__attribute__((always_inline)) inline void update_all(const CoefficientsOf<Rule, T>& given, T scale,
                                                      T* __restrict values, const T* __restrict gradients,
                                                      const std::array<T*, kMostStates>& states,
                                                      std::size_t count, std::index_sequence<I...>) {
  const CoefficientsOf<Rule, T> k = given;
  CALANDO_INDEPENDENT_STEPS
  for (std::size_t i = 0; i < count; ++i) {
    T p = values[i];
    const T g = gradients[i] * scale;
    std::array<T, sizeof...(I) + 1> s{states[I][i]...};
    Rule::template update<T>(k, p, g, s[I]...);
    values[i] = p;
    ((states[I][i] = s[I]), ...);
  }
}

/// Lanes of a sum over a tensor.
inline constexpr std::size_t kSquareLanes = 16;

/// A piece's sum of squares is that of its turns of so many numbers, in order.
inline constexpr std::size_t kSquareTurn = 512;

/// The sum of the squares of a turn, in double: sixteen lanes, each in order, then a fixed tree.
///
/// Error:   the same bits everywhere; squares of float are exact, so within 2^-44 of the sum
class SquareLanes {
 public:
  /// Some more numbers; a multiple of kSquareLanes, but for the last ones.
  template <class T>
  __attribute__((always_inline)) void add(const T* numbers, std::size_t count) {
    const std::size_t whole = count / kSquareLanes * kSquareLanes;
    for (std::size_t i = 0; i < whole; i += kSquareLanes) {
      for (std::size_t l = 0; l < kSquareLanes; ++l) {
        const auto x = static_cast<double>(numbers[i + l]);
        lanes_[l] += x * x;
      }
    }
    for (std::size_t i = whole; i < count; ++i) {
      const auto x = static_cast<double>(numbers[i]);
      lanes_[i - whole] += x * x;
    }
  }
  __attribute__((always_inline)) double total() {
    for (std::size_t half = kSquareLanes / 2; half > 0; half /= 2) {
      for (std::size_t l = 0; l < half; ++l) lanes_[l] += lanes_[l + half];
    }
    return lanes_[0];
  }

 private:
  double lanes_[kSquareLanes] = {};
};

/// Updates pieces by a rule with its first `states` states; T is float or double. Denormal operands and results count as zero under
/// NoDenormals, here and in the scalar loop alike.
///
/// Error:   the same bits on every instruction set, for any division into pieces
template <class Rule, class T>
void update_pieces(const CoefficientsOf<Rule, T>& k, const Batch<T>& batch, std::size_t states) noexcept;

/// Pieces of which some numbers are stored in few bits, rounded at random.
struct NarrowBatch {
  std::span<const Piece> pieces;
  const std::uint32_t* keys;  // of random rounding, by tensor
  float scale = 1;            // these three as in Batch
  const float* scales = nullptr;
  double* squares = nullptr;
};

/// Values and gradients in bfloat16, the states that are no exact ones too where `bf16_states`. The same as widening, update_pieces and
/// narrow_bf16_randomly, in one loop.
template <class Rule>
void update_bf16_pieces(const CoefficientsOf<Rule, float>& k, const NarrowBatch& batch, std::size_t states,
                        bool bf16_states) noexcept;

/// Values and gradients in float, the states that are no exact ones in Block8. The same as widening, update_pieces and narrowing.
template <class Rule>
void update_bits8_pieces(const CoefficientsOf<Rule, float>& k, const NarrowBatch& batch,
                         std::size_t states) noexcept;

/// The sums of squares of the pieces' gradients, each alone.
template <class T>
void measure_pieces(std::span<const Piece> pieces, double* squares) noexcept;

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
