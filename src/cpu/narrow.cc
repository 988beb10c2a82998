// SPDX-License-Identifier: MIT
// Plain loops, compiled and vectorized for each instruction set by foreach_target.h.
#include "src/cpu/narrow.h"

#include <algorithm>
#include <bit>

#include "src/cpu/map_targets.h"

#ifndef CALANDO_PORTABLE
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/cpu/narrow.cc"
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

using Bits = std::uint32_t;

constexpr Bits kSign = 0x80000000U;
constexpr Bits kInfinity = 0x7F800000U;
constexpr Bits kNan = 0x7FC00000U;

__attribute__((always_inline)) inline Bits bits(float x) { return std::bit_cast<Bits>(x); }
__attribute__((always_inline)) inline float real(Bits x) { return std::bit_cast<float>(x); }

/// The key of a stretch within 2^32 elements.
Bits key_of(RoundingStream stream) {
  const auto high = static_cast<Bits>(stream.first >> 32);
  return (high == 0 ? stream.key : rounding_bits(stream.key, high)) + static_cast<Bits>(stream.first);
}

void widen(const BFloat16* __restrict from, float* __restrict to, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) to[i] = real(Bits{from[i].bits} << 16);
}

/// The upper half of x plus `below` units of 2^-16 of its last bit; NaN and infinity as they are.
__attribute__((always_inline)) inline BFloat16 rounded(Bits x, Bits below) {
  const Bits up = (x + below) >> 16;
  const Bits cut = x >> 16 | ((x & ~kSign) > kInfinity ? 0x40U : 0U);
  return {static_cast<std::uint16_t>((x & kInfinity) == kInfinity ? cut : up)};
}

__attribute__((always_inline)) inline BFloat16 nearest(float x) {
  return rounded(bits(x), 0x7FFFU + (bits(x) >> 16 & 1U));
}

void narrow(const float* __restrict from, BFloat16* __restrict to, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) to[i] = nearest(from[i]);
}

void narrow_randomly(const float* __restrict from, BFloat16* __restrict to, std::size_t count,
                     RoundingStream stream) {
  const Bits key = key_of(stream);
  for (std::size_t i = 0; i < count; ++i) {
    to[i] = rounded(bits(from[i]), rounding_bits(key, static_cast<Bits>(i)) >> 16);
  }
}

void split(const float* __restrict from, BFloat16* __restrict high, BFloat16* __restrict low,
           std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const BFloat16 h = nearest(from[i]);
    const float rest = from[i] - real(Bits{h.bits} << 16);
    high[i] = h;
    low[i] = (bits(from[i]) & kInfinity) == kInfinity ? BFloat16{0} : nearest(rest);
  }
}

void join(const BFloat16* __restrict high, const BFloat16* __restrict low, float* __restrict to,
          std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    to[i] = real(Bits{high[i].bits} << 16) + real(Bits{low[i].bits} << 16);
}

/// What distinguishes the two kinds of codes.
struct Signed {
  static constexpr Bits kExponents = 15U << 23;
  static constexpr Bits kRoom = 0x0FFFFFU;        // a largest number of more than 1.875 needs the next scale
  static constexpr Bits kLeastScale = 16U << 23;  // so that no code means a denormal
};
struct Unsigned {
  static constexpr Bits kExponents = 31U << 23;
  static constexpr Bits kRoom = 0x1FFFFFU;  // of more than 1.75
  static constexpr Bits kLeastScale = 32U << 23;
};

template <class Kind>
__attribute__((always_inline)) inline Bits scale_of(const float* from, std::size_t count) {
  std::int32_t largest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto size = static_cast<std::int32_t>(bits(from[i]) & ~kSign);
    largest = std::max(largest, size < static_cast<std::int32_t>(kInfinity) ? size : 0);
  }
  const Bits scale = (static_cast<Bits>(largest) + Kind::kRoom) & kInfinity;
  return std::min(std::max(scale, Kind::kLeastScale), 254U << 23);
}

void encode_signed(const float* __restrict from, std::uint8_t* __restrict to, std::size_t count, Bits scale,
                   Bits key) {
  const Bits zero = scale - Signed::kExponents;  // the bits of what code 0 would be
  const Bits least = zero + (1U << 20);          // of code 1
  const float unit = real(least) * 0x1p-20F;
  for (std::size_t i = 0; i < count; ++i) {
    const Bits size = bits(from[i]) & ~kSign;
    const Bits random = rounding_bits(key, static_cast<Bits>(i)) >> 12;
    const Bits grid = (size - zero + random) >> 20;
    const Bits below = unit * static_cast<float>(static_cast<std::int32_t>(random)) < real(size) ? 1U : 0U;
    const Bits code = size < least ? below : grid;
    const Bits sign = code == 0 ? 0U : bits(from[i]) >> 24 & 0x80U;
    to[i] = static_cast<std::uint8_t>(size >= kInfinity ? 0x80U : (std::min(code, 127U) | sign));
  }
}

void encode_unsigned(const float* __restrict from, std::uint8_t* __restrict to, std::size_t count, Bits scale,
                     Bits key) {
  const Bits zero = scale - Unsigned::kExponents;
  const Bits least = zero + (1U << 20);
  for (std::size_t i = 0; i < count; ++i) {
    const Bits size = bits(from[i]) & ~kSign;
    const Bits random = rounding_bits(key, static_cast<Bits>(i)) >> 12;
    const Bits grid = std::min((size - zero + random) >> 20, 254U);
    const Bits code = size < least ? (size == 0 ? 0U : 1U) : grid;
    to[i] = static_cast<std::uint8_t>(size >= kInfinity ? 255U : code);
  }
}

void decode_signed(const std::uint8_t* __restrict from, float* __restrict to, std::size_t count, Bits scale) {
  const Bits zero = scale - Signed::kExponents;
  for (std::size_t i = 0; i < count; ++i) {
    const Bits code = from[i];
    const Bits size = (code & 0x7FU) == 0 ? 0U : (code << 20 & 0x07F00000U) + zero;
    to[i] = real(code == 0x80U ? kNan : (size | (code << 24 & kSign)));
  }
}

void decode_unsigned(const std::uint8_t* __restrict from, float* __restrict to, std::size_t count,
                     Bits scale) {
  const Bits zero = scale - Unsigned::kExponents;
  for (std::size_t i = 0; i < count; ++i) {
    const Bits code = from[i];
    to[i] = real(code == 0 ? 0U : code == 255U ? kNan : (code << 20) + zero);
  }
}

template <class Block, class F>
__attribute__((always_inline)) inline void for_each_block(Block* block, std::size_t count, const F& f) {
  for (std::size_t first = 0; first < count; first += kBlock8, ++block)
    f(*block, first, std::min(kBlock8, count - first));
}

void widen_signed(const Block8* from, float* to, std::size_t count) {
  for_each_block(from, count, [&](const Block8& block, std::size_t first, std::size_t size) {
    decode_signed(block.codes.data(), to + first, size, block.scale);
  });
}
void widen_unsigned(const Block8* from, float* to, std::size_t count) {
  for_each_block(from, count, [&](const Block8& block, std::size_t first, std::size_t size) {
    decode_unsigned(block.codes.data(), to + first, size, block.scale);
  });
}
void narrow_signed(const float* from, Block8* to, std::size_t count, RoundingStream stream) {
  const Bits key = key_of(stream);
  for_each_block(to, count, [&](Block8& block, std::size_t first, std::size_t size) {
    block.scale = scale_of<Signed>(from + first, size);
    encode_signed(from + first, block.codes.data(), size, block.scale, key + static_cast<Bits>(first));
  });
}
void narrow_unsigned(const float* from, Block8* to, std::size_t count, RoundingStream stream) {
  const Bits key = key_of(stream);
  for_each_block(to, count, [&](Block8& block, std::size_t first, std::size_t size) {
    block.scale = scale_of<Unsigned>(from + first, size);
    encode_unsigned(from + first, block.codes.data(), size, block.scale, key + static_cast<Bits>(first));
  });
}

template <class T>
__attribute__((always_inline)) inline void clamp_all(const T* __restrict from, T scale, T limit,
                                                     T* __restrict to, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const T x = from[i] * scale;
    to[i] = x > limit ? limit : x < -limit ? -limit : x;
  }
}
void clamp_floats(const float* from, float scale, float limit, float* to, std::size_t count) {
  clamp_all(from, scale, limit, to, count);
}
void clamp_doubles(const double* from, double scale, double limit, double* to, std::size_t count) {
  clamp_all(from, scale, limit, to, count);
}

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

CALANDO_EXPORT(widen);
CALANDO_EXPORT(narrow);
CALANDO_EXPORT(narrow_randomly);
CALANDO_EXPORT(split);
CALANDO_EXPORT(join);
CALANDO_EXPORT(widen_signed);
CALANDO_EXPORT(widen_unsigned);
CALANDO_EXPORT(narrow_signed);
CALANDO_EXPORT(narrow_unsigned);
CALANDO_EXPORT(clamp_floats);
CALANDO_EXPORT(clamp_doubles);

void widen_bf16(const BFloat16* from, float* to, std::size_t count) noexcept {
  CALANDO_CHOSEN(widen)(from, to, count);
}
void narrow_bf16(const float* from, BFloat16* to, std::size_t count) noexcept {
  CALANDO_CHOSEN(narrow)(from, to, count);
}
void narrow_bf16_randomly(const float* from, BFloat16* to, std::size_t count,
                          RoundingStream stream) noexcept {
  CALANDO_CHOSEN(narrow_randomly)(from, to, count, stream);
}
void split_bf16(const float* from, BFloat16* high, BFloat16* low, std::size_t count) noexcept {
  CALANDO_CHOSEN(split)(from, high, low, count);
}
void join_bf16(const BFloat16* high, const BFloat16* low, float* to, std::size_t count) noexcept {
  CALANDO_CHOSEN(join)(high, low, to, count);
}
void widen_signed8(const Block8* from, float* to, std::size_t count) noexcept {
  CALANDO_CHOSEN(widen_signed)(from, to, count);
}
void widen_unsigned8(const Block8* from, float* to, std::size_t count) noexcept {
  CALANDO_CHOSEN(widen_unsigned)(from, to, count);
}
void narrow_signed8(const float* from, Block8* to, std::size_t count, RoundingStream stream) noexcept {
  CALANDO_CHOSEN(narrow_signed)(from, to, count, stream);
}
void narrow_unsigned8(const float* from, Block8* to, std::size_t count, RoundingStream stream) noexcept {
  CALANDO_CHOSEN(narrow_unsigned)(from, to, count, stream);
}
template <>
void scale_and_clamp(const float* from, float scale, float limit, float* to, std::size_t count) noexcept {
  CALANDO_CHOSEN(clamp_floats)(from, scale, limit, to, count);
}
template <>
void scale_and_clamp(const double* from, double scale, double limit, double* to, std::size_t count) noexcept {
  CALANDO_CHOSEN(clamp_doubles)(from, scale, limit, to, count);
}

}  // namespace calando::cpu
#endif
