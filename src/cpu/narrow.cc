// SPDX-License-Identifier: MIT
// Plain loops, compiled and vectorized for each instruction set by foreach_target.h.
#include "src/cpu/narrow.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "src/cpu/map_targets.h"

#ifndef CALANDO_PORTABLE
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/cpu/narrow.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, which includes this file once more for each instruction set.
#include "hwy/highway.h"
#else
#define HWY_NAMESPACE portable
#define HWY_ONCE 1
#endif
#include "src/cpu/narrow-inl.h"
#ifndef CALANDO_PORTABLE
HWY_BEFORE_NAMESPACE();
#endif

namespace calando::cpu {
namespace HWY_NAMESPACE {

void widen(const BFloat16* __restrict from, float* __restrict to, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) to[i] = real(Bits{from[i].bits} << 16);
}

__attribute__((always_inline)) inline BFloat16 nearest(float x) {
  return rounded(x, 0x7FFFU + (bits(x) >> 16 & 1U));
}

void narrow(const float* __restrict from, BFloat16* __restrict to, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) to[i] = nearest(from[i]);
}

void narrow_randomly(const float* __restrict from, BFloat16* __restrict to, std::size_t count,
                     RoundingStream stream) {
  for_each_stretch(stream.first, count, [&](std::size_t first, std::size_t size) {
    Words words = words_of(stream.key, stream.first + first);
    for (std::size_t i = 0; i < size; ++i, words.start += words.step)
      to[first + i] = rounded(from[first + i], words.start & kBelow16);
  });
}

void split(const float* __restrict from, BFloat16* __restrict high, BFloat16* __restrict low,
           std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const BFloat16 h = nearest(from[i]);
    const float whole = real(Bits{h.bits} << 16);
    const float rest = from[i] - whole;
    high[i].bits = h.bits;
    low[i].bits = nearest(std::abs(whole) < HUGE_VALF ? rest : 0.0F).bits;
  }
}

void join(const BFloat16* __restrict high, const BFloat16* __restrict low, float* __restrict to,
          std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    to[i] = real(Bits{high[i].bits} << 16) + real(Bits{low[i].bits} << 16);
}

/// A block's scale, as Block8 keeps it: the power of two, and whether a number of the block is none or beyond all codes. Such blocks are
/// rare; the others are spared the questions.
constexpr Bits kAwkward = 1;
constexpr Bits kMostScale = 254U << 23;

/// The two kinds of codes. Blocks of all bits zero are zeros, whatever their scale says.
struct Signed {
  static constexpr Bits kRoom = 0x0FFFFFU;        // a largest number of more than 1.875 needs the next scale
  static constexpr Bits kLeastScale = 18U << 23;  // so that no code means a denormal
  static constexpr Bits kNone = 0x80;

  /// 2^-14 of the scale: below, codes are evenly spaced.
  static constexpr Bits even(Bits scale) { return std::max(scale & kInfinity, kLeastScale) - (14U << 23); }

  /// An even step below `even`, floating-point numbers above: where both apply, the larger of the two grids is the right one.
  template <bool kAny>
  static __attribute__((always_inline)) Bits encode(float x, Bits scale, Bits random) {
    const Bits size = bits(x) & ~kSign;
    const Bits least = even(scale);
    const auto above = static_cast<std::int32_t>(size + (1U << 23));
    const auto below = static_cast<std::int32_t>(bits(real(size) + real(least)));
    const Bits place = (static_cast<Bits>(std::max(above, below)) - least + random) >> 20;
    const Bits code = kAny ? std::min(place, 127U) : place;
    const Bits stored = code | (bits(x) >> 24 & 0x80U);
    if (!kAny) return stored;
    return size >= kInfinity ? kNone : code == 0 ? 0U : stored;
  }
  template <bool kAny>
  static __attribute__((always_inline)) float decode(std::uint8_t stored, Bits scale) {
    const Bits code = stored;
    const Bits least = even(scale);
    const Bits place = (code << 20 & 0x07F00000U) + least;
    const float above = real(place - (1U << 23));
    const float below = real(place) - real(least);
    const Bits size = bits(below < above ? below : above);
    return real(kAny && code == kNone ? kNan : size | (code << 24 & kSign));
  }
};

struct Unsigned {
  static constexpr Bits kRoom = 0x1FFFFFU;  // of more than 1.75
  static constexpr Bits kLeastScale = 32U << 23;
  static constexpr Bits kNone = 255;

  /// The bits of what code 0 would be.
  static constexpr Bits zero(Bits scale) { return std::max(scale & kInfinity, kLeastScale) - (31U << 23); }

  template <bool kAny>
  static __attribute__((always_inline)) Bits encode(float x, Bits scale, Bits random) {
    const Bits size = bits(x) & ~kSign;
    const auto least = static_cast<std::int32_t>(zero(scale) + (1U << 20));
    const auto held = static_cast<Bits>(std::max(static_cast<std::int32_t>(size), least));
    const Bits place = (held - zero(scale) + random) >> 20;
    const Bits code = size == 0 ? 0U : kAny ? std::min(place, 254U) : place;
    return kAny && size >= kInfinity ? kNone : code;
  }
  template <bool kAny>
  static __attribute__((always_inline)) float decode(std::uint8_t stored, Bits scale) {
    const Bits code = stored;
    const Bits size = code == 0 ? 0U : (code << 20) + zero(scale);
    return real(kAny && code == kNone ? kNan : size);
  }
};

/// The scale where numbers are not finite, or beyond all codes.
template <class Kind>
__attribute__((noinline)) Bits awkward_scale(const float* from, std::size_t count) {
  std::int32_t finite = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto size = static_cast<std::int32_t>(bits(from[i]) & ~kSign);
    finite = std::max(finite, size < static_cast<std::int32_t>(kInfinity) ? size : 0);
  }
  const Bits scale = (static_cast<Bits>(finite) + Kind::kRoom) & kInfinity;
  return std::min(std::max(scale, Kind::kLeastScale), kMostScale) | kAwkward;
}

template <class Kind>
__attribute__((always_inline)) inline Bits scale_of(const float* from, std::size_t count) {
  std::int32_t largest = 0;
  for (std::size_t i = 0; i < count; ++i)
    largest = std::max(largest, static_cast<std::int32_t>(bits(from[i]) & ~kSign));
  const Bits room = static_cast<Bits>(largest) + Kind::kRoom;
  if (room >= kInfinity) [[unlikely]] return awkward_scale<Kind>(from, count);
  return std::max(room & kInfinity, Kind::kLeastScale);
}

template <class Kind, bool kAny>
__attribute__((always_inline)) inline void encode(const float* __restrict from, std::uint8_t* __restrict to, std::size_t count, Bits scale,
            Words words) {
  for (std::size_t i = 0; i < count; ++i, words.start += words.step)
    to[i] = static_cast<std::uint8_t>(Kind::template encode<kAny>(from[i], scale, words.start & 0xFFFFFU));
}

template <class Kind, bool kAny>
__attribute__((always_inline)) inline void decode(const std::uint8_t* __restrict from, float* __restrict to, std::size_t count, Bits scale) {
  for (std::size_t i = 0; i < count; ++i) to[i] = Kind::template decode<kAny>(from[i], scale);
}

/// Calls f(block, place, size) for each block; whole ones with a size that the compiler knows.
template <class Block, class F>
__attribute__((always_inline)) inline void for_each_block(Block* block, std::size_t count, const F& f) {
  std::size_t first = 0;
  for (; count - first >= kBlock8; first += kBlock8, ++block) f(*block, first, kBlock8);
  if (first < count) f(*block, first, count - first);
}

template <class Kind>
__attribute__((always_inline)) inline void widen8(const Block8* from, float* to, std::size_t count) {
  for_each_block(from, count, [&](const Block8& block, std::size_t first, std::size_t size)
                                  __attribute__((always_inline)) {
    if ((block.scale & kAwkward) == 0) [[likely]]
      return decode<Kind, false>(block.codes.data(), to + first, size, block.scale);
    decode<Kind, true>(block.codes.data(), to + first, size, block.scale);
  });
}

template <class Kind>
__attribute__((always_inline)) inline void narrow8(const float* from, Block8* to, std::size_t count,
                                                   RoundingStream stream) {
  for_each_block(to, count, [&](Block8& block, std::size_t first, std::size_t size)
                                __attribute__((always_inline)) {
    const Words words = words_of(stream.key, stream.first + first);
    block.scale = scale_of<Kind>(from + first, size);
    if ((block.scale & kAwkward) == 0) [[likely]]
      return encode<Kind, false>(from + first, block.codes.data(), size, block.scale, words);
    encode<Kind, true>(from + first, block.codes.data(), size, block.scale, words);
  });
}

void widen_signed(const Block8* from, float* to, std::size_t count) { widen8<Signed>(from, to, count); }
void widen_unsigned(const Block8* from, float* to, std::size_t count) { widen8<Unsigned>(from, to, count); }
void narrow_signed(const float* from, Block8* to, std::size_t count, RoundingStream stream) {
  narrow8<Signed>(from, to, count, stream);
}
void narrow_unsigned(const float* from, Block8* to, std::size_t count, RoundingStream stream) {
  narrow8<Unsigned>(from, to, count, stream);
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
