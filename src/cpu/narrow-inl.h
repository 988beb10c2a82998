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

/// Calls f(place, count) for the elements of each stretch, of a tensor from `first` on.
template <class F>
__attribute__((always_inline)) inline void for_each_stretch(std::uint64_t first, std::size_t count, const F& f) {
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

}  // namespace HWY_NAMESPACE
}  // namespace calando::cpu

#ifndef CALANDO_PORTABLE
HWY_AFTER_NAMESPACE();
#endif
#endif
