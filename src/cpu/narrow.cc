// SPDX-License-Identifier: MIT
// Plain loops, compiled and vectorized for each instruction set by foreach_target.h.
#include "src/cpu/narrow.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "src/cpu/dispatch.h"
#include "src/cpu/map_targets.h"

#ifndef CALANDO_PORTABLE
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/cpu/narrow.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, which includes this file once more for each instruction set.
#include "hwy/highway.h"
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

/// Calls f(block, place, size) for each block.
template <class Block, class F>
__attribute__((always_inline)) inline void for_each_block(Block* block, std::size_t count, const F& f) {
  for (std::size_t first = 0; first < count; first += kBlock8, ++block)
    f(*block, first, std::min(kBlock8, count - first));
}

template <class Kind>
__attribute__((always_inline)) inline void widen8(const Block8* from, float* to, std::size_t count) {
  for_each_block(
      from,
      count, [&](const Block8& block, std::size_t first, std::size_t size) __attribute__((always_inline)) {
        if (size == kBlock8) return decode_block<Kind>(block, to + first);
        alignas(64) std::array<float, kBlock8> whole;
        decode_block<Kind>(block, whole.data());
        std::copy_n(whole.begin(), size, to + first);
      });
}

template <class Kind>
__attribute__((always_inline)) inline void narrow8(const float* from, Block8* to, std::size_t count,
                                                   RoundingStream stream) {
  for_each_block(
      to, count, [&](Block8 & block, std::size_t first, std::size_t size) __attribute__((always_inline)) {
        const Words words = words_of(stream.key, stream.first + first);
        if (size == kBlock8) return encode_block<Kind>(from + first, words, block);
        alignas(64) std::array<float, kBlock8> whole{};
        std::copy_n(from + first, size, whole.begin());
        encode_block<Kind>(whole.data(), words, block);
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
