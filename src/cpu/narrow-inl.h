// SPDX-License-Identifier: MIT
// What the loops over numbers in few bits are made of, for each instruction set.
#if defined(CALANDO_NARROW_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef CALANDO_NARROW_INL_H
#undef CALANDO_NARROW_INL_H
#else
#define CALANDO_NARROW_INL_H
#endif

#include <algorithm>
#include <bit>

#include "calando/rules/state_kind.h"
#include "src/cpu/narrow.h"

#ifndef CALANDO_PORTABLE
#include "hwy/highway.h"
HWY_BEFORE_NAMESPACE();
#endif

namespace calando::cpu {
namespace HWY_NAMESPACE {

using Bits = std::uint32_t;

constexpr Bits kSign = 0x80000000U;
constexpr Bits kInfinity = 0x7F800000U;
constexpr Bits kNan = 0x7FC00000U;

/// Bits of a float below the last one of BFloat16.
constexpr Bits kBelow16 = 0xFFFFU;

__attribute__((always_inline)) inline Bits bits(float x) { return std::bit_cast<Bits>(x); }
__attribute__((always_inline)) inline float real(Bits x) { return std::bit_cast<float>(x); }

/// The random words of a stretch: start + step i for element i. Loops add the step, which costs less than the product.
struct Words {
  Bits start, step;
};

/// Of the stretch that element `first` of the tensor begins or lies in.
__attribute__((always_inline)) inline Words words_of(Bits stream, std::uint64_t first) {
  const std::uint64_t stretch = first / kStretch;
  const auto high = static_cast<Bits>(stretch >> 31);
  const Bits key = high == 0 ? stream : rounding_bits(stream, high);
  const Bits even = static_cast<Bits>(stretch) * 2;
  const Bits step = rounding_bits(key, even + 1);
  return {rounding_bits(key, even) + step * static_cast<Bits>(first % kStretch), step};
}

/// Whether a state of a rule may be stored in few bits.
template <class Rule>
constexpr bool narrow_state(std::size_t state) {
  if constexpr (requires { Rule::kKinds; }) return Rule::kKinds[state] != StateKind::exact;
  return false;
}

/// Calls f(place, count) for the elements of each stretch, of a tensor from `first` on.
template <class F>
__attribute__((always_inline)) inline void for_each_stretch(std::uint64_t first, std::size_t count,
                                                            const F& f) {
  for (std::size_t i = 0; i < count;) {
    const std::size_t size = std::min<std::size_t>(count - i, kStretch - (first + i) % kStretch);
    f(i, size);
    i += size;
  }
}

/// The upper half of x plus `below` units of 2^-16 of its last bit. Infinities stay, having no lower half to carry from.
__attribute__((always_inline)) inline BFloat16 rounded(float x, Bits below) {
  const Bits number = x != x ? kNan : bits(x);
  return {static_cast<std::uint16_t>((number + below) >> 16)};
}

/// A block's scale, as Block8 keeps it: the power of two, and whether a number of the block is none or beyond all codes. Such blocks are
/// rare; the others are spared the questions.
constexpr Bits kAwkward = 1;
constexpr Bits kMostScale = 254U << 23;

/// Codes while they are worked on: from the 20th bit on, above what rounding carries from.
constexpr int kCode = 20;
constexpr Bits kBelowCode = (1U << kCode) - 1;

/// A byte of a word of four codes to and from there, without what stands above the code.
template <int kByte>
__attribute__((always_inline)) inline Bits from_byte(Bits word) {
  constexpr int kShift = kCode - 8 * kByte;
  return (kShift < 0 ? word >> (-kShift & 31) : word << (kShift & 31)) & 0xFFU << kCode;
}
template <int kByte>
__attribute__((always_inline)) inline Bits to_byte(Bits code) {
  constexpr int kShift = kCode - 8 * kByte;
  return (kShift < 0 ? code << (-kShift & 31) : code >> (kShift & 31)) & 0xFFU << 8 * kByte;
}

/// The two kinds of codes under a scale. Blocks of all bits zero are zeros, whatever their scale says.
struct Signed {
  static constexpr Bits kRoom = 0x0FFFFFU;        // a largest number of more than 1.875 needs the next scale
  static constexpr Bits kLeastScale = 18U << 23;  // so that no code means a denormal
  static constexpr Bits kNegative = 128U << kCode;

  Bits least;  // 2^-14 of the scale: below, codes are evenly spaced

  explicit Signed(Bits scale) : least(std::max(scale & kInfinity, kLeastScale) - (14U << 23)) {}

  /// An even step below `least`, floating-point numbers above: where both apply, the larger of the two grids is the right one.
  template <bool kAny>
  __attribute__((always_inline)) Bits encode(float x, Bits random) const {
    const Bits size = bits(x) & ~kSign;
    const auto above = static_cast<std::int32_t>(size + (1U << 23));
    const auto below = static_cast<std::int32_t>(bits(real(size) + real(least)));
    const Bits place = static_cast<Bits>(std::max(above, below)) + ((random & kBelowCode) | -least);
    const Bits code = kAny ? std::min(place, 127U << kCode) : place;
    const Bits stored = (code & (kNegative - 1)) | (bits(x) >> 4 & ~(kNegative - 1));
    if (!kAny) return stored;
    return size >= kInfinity ? kNegative : code <= kBelowCode ? 0U : stored;
  }
  template <bool kAny>
  __attribute__((always_inline)) float decode(Bits code) const {
    const Bits place = (code & ~kNegative) + least;
    const Bits above = place - (1U << 23);
    const Bits below = bits(real(place) - real(least));
    const Bits size = std::min(below, above);
    return real(kAny && code == kNegative ? kNan : size | (code << 4 & kSign));
  }
};

struct Unsigned {
  static constexpr Bits kRoom = 0x1FFFFFU;  // of more than 1.75
  static constexpr Bits kLeastScale = 32U << 23;
  static constexpr Bits kNone = 255U << kCode;

  Bits zero;  // the bits of what code 0 would be

  explicit Unsigned(Bits scale) : zero(std::max(scale & kInfinity, kLeastScale) - (31U << 23)) {}

  template <bool kAny>
  __attribute__((always_inline)) Bits encode(float x, Bits random) const {
    const Bits size = bits(x) & ~kSign;
    const auto held =
        std::max(static_cast<std::int32_t>(size), static_cast<std::int32_t>(zero + (1U << kCode)));
    const Bits place = static_cast<Bits>(held) + ((random & kBelowCode) | -zero);
    // 0 where size is, or a denormal, which counts as 0; all other sizes are above all codes.
    const Bits code = std::min(kAny ? std::min(place, 254U << kCode) : place, size);
    return kAny && size >= kInfinity ? kNone : code;
  }
  template <bool kAny>
  __attribute__((always_inline)) float decode(Bits code) const {
    const Bits size = code == 0 ? 0U : code + zero;
    return real(kAny && code == kNone ? kNan : size);
  }
};

/// Numbers whose codes make a vector of words: number j and those 16, 32 and 48 behind it share word j.
constexpr std::size_t kGroup = 64;
constexpr std::size_t kWords = kGroup / 4;

__attribute__((always_inline)) inline Bits codes_at(const Block8& block, std::size_t group, std::size_t j) {
  Bits word;
  __builtin_memcpy(&word, block.codes.data() + group + 4 * j, sizeof(word));
  return word;
}

/// The bits of the largest size in a block.
__attribute__((always_inline)) inline std::int32_t larger_size(std::int32_t largest, float x) {
  return std::max(largest, static_cast<std::int32_t>(bits(x) & ~kSign));
}
__attribute__((always_inline)) inline std::int32_t largest_of(const float* block) {
  std::int32_t largest = 0;
  for (std::size_t i = 0; i < kBlock8; ++i) largest = larger_size(largest, block[i]);
  return largest;
}

/// The scale where numbers are not finite, or beyond all codes.
template <class Kind>
__attribute__((noinline)) Bits awkward_scale(const float* block) {
  std::int32_t finite = 0;
  for (std::size_t i = 0; i < kBlock8; ++i) {
    const std::int32_t size = larger_size(0, block[i]);
    finite = std::max(finite, size < static_cast<std::int32_t>(kInfinity) ? size : 0);
  }
  const Bits scale = (static_cast<Bits>(finite) + Kind::kRoom) & kInfinity;
  return std::min(std::max(scale, Kind::kLeastScale), kMostScale) | kAwkward;
}

template <class Kind, bool kAny>
__attribute__((always_inline)) inline void encode_group(const Kind& kind, const float* __restrict from,
                                                        Words words, std::size_t group,
                                                        Block8& __restrict to) {
  const Bits start = words.start + words.step * static_cast<Bits>(group);
  for (Bits j = 0; j < kWords; ++j) {
    const Bits random = start + words.step * j;
    const auto code = [&](std::size_t byte) __attribute__((always_inline)) {
      const std::size_t place = byte * kWords;
      return kind.template encode<kAny>(from[group + place + j],
                                        random + words.step * static_cast<Bits>(place));
    };
    const Bits word = to_byte<0>(code(0)) | to_byte<1>(code(1)) | to_byte<2>(code(2)) | to_byte<3>(code(3));
    __builtin_memcpy(to.codes.data() + group + std::size_t{4} * j, &word, sizeof(word));
  }
}

template <class Kind, bool kAny>
__attribute__((always_inline)) inline void encode_all(const float* from, Words words, Block8& to) {
  const Kind kind(to.scale);
  for (std::size_t group = 0; group < kBlock8; group += kGroup)
    encode_group<Kind, kAny>(kind, from, words, group, to);
}

template <class Kind, bool kAny>
__attribute__((always_inline)) inline void decode_all(const Block8& __restrict from, float* __restrict to) {
  const Kind kind(from.scale);
  for (std::size_t group = 0; group < kBlock8; group += kGroup) {
    for (std::size_t j = 0; j < kWords; ++j) {
      const Bits word = codes_at(from, group, j);
      float* const numbers = to + group + j;
      numbers[0] = kind.template decode<kAny>(from_byte<0>(word));
      numbers[kWords] = kind.template decode<kAny>(from_byte<1>(word));
      numbers[2 * kWords] = kind.template decode<kAny>(from_byte<2>(word));
      numbers[3 * kWords] = kind.template decode<kAny>(from_byte<3>(word));
    }
  }
}

template <class Kind>
__attribute__((always_inline)) inline Bits scale_of(const float* block) {
  const Bits room = static_cast<Bits>(largest_of(block)) + Kind::kRoom;
  if (room >= kInfinity) [[unlikely]]
    return awkward_scale<Kind>(block);
  return std::max(room & kInfinity, Kind::kLeastScale);
}

/// A whole block.
template <class Kind>
__attribute__((always_inline)) inline void encode_block(const float* from, Words words, Block8& to) {
  to.scale = scale_of<Kind>(from);
  if ((to.scale & kAwkward) == 0) [[likely]]
    return encode_all<Kind, false>(from, words, to);
  encode_all<Kind, true>(from, words, to);
}
template <class Kind>
__attribute__((always_inline)) inline void decode_block(const Block8& from, float* to) {
  if ((from.scale & kAwkward) == 0) [[likely]]
    return decode_all<Kind, false>(from, to);
  decode_all<Kind, true>(from, to);
}

}  // namespace HWY_NAMESPACE
}  // namespace calando::cpu

#ifndef CALANDO_PORTABLE
HWY_AFTER_NAMESPACE();
#endif
#endif
