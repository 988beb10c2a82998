// SPDX-License-Identifier: MIT
// Numbers in few bits: bfloat16, and 8 bits in blocks with a scale of their own. All of it is arithmetic on the bits of floats, so that
// it is the same on every instruction set.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "calando/numbers.h"

namespace calando::cpu {

/// Elements that share a scale.
inline constexpr std::size_t kBlock8 = 256;

/// A block of numbers in 8 bits: floating-point numbers of three bits after the leading one, below a power of two.
///
///   signed:    sign, 4 bits of exponent e, 3 bits m:   +-2^(e - 15) (1 + m / 8) scale,   +-2^-14 m / 8 scale for e = 0
///   unsigned:  5 bits of exponent e, 3 bits m:         2^(e - 31) (1 + m / 8) scale,     0 for e = m = 0
///
/// Code 128 of the signed and 255 of the unsigned ones are NaN, in blocks that are marked by the last bit of the scale. The scale is the
/// power of two that makes the largest number fit. The four codes of a word are of numbers 16 apart, so that loops work on vectors of words without
/// shuffling them, and on numbers near each other.
struct Block8 {
  std::array<std::uint8_t, kBlock8> codes;  // that of number i: byte i / 16 % 4 of word i / 64 * 16 + i % 16
  std::uint32_t scale;                      // the bits of the float, and the mark
};
static_assert(sizeof(Block8) == 260);

/// Where random rounding draws from: a key for (seed, step, tensor, array), and the place of the first element in the tensor.
struct RoundingStream {
  std::uint32_t key = 0;
  std::uint64_t first = 0;
};

/// Elements of a tensor, from a multiple of it on, that draw from one pair of words a, b: element i has the last n bits of b + a i, as many
/// as its rounding takes. Over random a and b they are uniform, and in pairs independent but for the last bits of their difference: rounding
/// errors of two elements have a correlation of at most 4^8 / 4^n, 2^-16 for bfloat16, hence their sums the mean and nearly the variance
/// of independent ones.
///
/// Source:  Dietzfelbinger 1996, "Universal hashing and k-wise independent random variables via integer arithmetic without primes".
inline constexpr std::size_t kStretch = 512;

/// Random bits for an index: the same wherever and whenever they are asked for.
///
/// Source:  Wellons 2018, "Prospecting for hash functions", lowbias32.
constexpr std::uint32_t rounding_bits(std::uint32_t key, std::uint32_t index) noexcept {
  std::uint32_t x = index + key;
  x ^= x >> 16;
  x *= 0x7FEB352DU;
  x ^= x >> 15;
  x *= 0x846CA68BU;
  x ^= x >> 16;
  return x;
}

/// The key of one array of a tensor: its values, or a state.
constexpr std::uint32_t key_of_array(std::uint32_t tensor, std::size_t array) noexcept {
  return rounding_bits(tensor, static_cast<std::uint32_t>(array));
}

void widen_bf16(const BFloat16* from, float* to, std::size_t count) noexcept;

/// To the nearest, ties to even.
void narrow_bf16(const float* from, BFloat16* to, std::size_t count) noexcept;

/// Up or down with the probabilities that make the mean right; what BFloat16 holds stays as it is.
void narrow_bf16_randomly(const float* from, BFloat16* to, std::size_t count, RoundingStream stream) noexcept;

/// x = high + low, each to the nearest: 16 bits of precision and more.
void split_bf16(const float* from, BFloat16* high, BFloat16* low, std::size_t count) noexcept;
void join_bf16(const BFloat16* high, const BFloat16* low, float* to, std::size_t count) noexcept;

/// Blocks of 8 bits, rounded like narrow_bf16_randomly; `count` need not be a multiple of kBlock8. Infinities become NaN. An unsigned
/// number that is not 0 is never stored as 0, but as the least there is.
void widen_signed8(const Block8* from, float* to, std::size_t count) noexcept;
void widen_unsigned8(const Block8* from, float* to, std::size_t count) noexcept;
void narrow_signed8(const float* from, Block8* to, std::size_t count, RoundingStream stream) noexcept;
void narrow_unsigned8(const float* from, Block8* to, std::size_t count, RoundingStream stream) noexcept;

/// to = from scale, held between -limit and limit; NaN stays NaN.
template <class T>
void scale_and_clamp(const T* from, T scale, T limit, T* to, std::size_t count) noexcept;

}  // namespace calando::cpu
