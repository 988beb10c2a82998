// SPDX-License-Identifier: MIT
// The loops that the roofs are measured with, compiled for each instruction set.
#ifndef CALANDO_PORTABLE
#include "src/cpu/roof_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/cpu/roof_kernel.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, which includes this file once more for each instruction set.
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace calando::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using Lanes = hn::CappedTag<float, 16>;
using Vec = hn::Vec<Lanes>;
constexpr std::size_t kLanes = hn::MaxLanes(Lanes());

/// Independent chains: more than latency times pipes, fewer than 16 registers.
constexpr std::size_t kChains = 12;
/// Vectors of each array in one round of a stream.
constexpr std::size_t kVectors = kStreamStep / 16;
constexpr std::size_t kRound = kVectors * kLanes;

template <std::size_t kCount>
HWY_INLINE float sum_of(const Vec (&v)[kCount]) {
  Vec sum = v[0];
  for (std::size_t i = 1; i < kCount; ++i) sum = hn::Add(sum, v[i]);
  return hn::GetLane(hn::SumOfLanes(Lanes(), sum));
}

MultiplyAdds multiply_add(std::size_t rounds) {
  const Lanes d;
  const Vec factor = hn::Set(d, 0.75F);
  const Vec term = hn::Set(d, 0.25F);
  Vec chain[kChains];
  HWY_UNROLL(12) for (std::size_t i = 0; i < kChains; ++i) chain[i] = hn::Set(d, static_cast<float>(i));
  for (std::size_t n = 0; n < rounds; ++n)
    HWY_UNROLL(12) for (std::size_t i = 0; i < kChains; ++i) chain[i] = hn::MulAdd(chain[i], factor, term);
  return {2.0 * static_cast<double>(rounds * kChains * kLanes), sum_of(chain)};
}

float stream(std::span<float* const> arrays, Stream what, std::size_t from, std::size_t to) {
  const Lanes d;
  const std::size_t reads_end = static_cast<std::size_t>(what.read) + static_cast<std::size_t>(what.updated);
  Vec sum[kVectors];
  HWY_UNROLL(4) for (std::size_t v = 0; v < kVectors; ++v) sum[v] = hn::Zero(d);
  for (std::size_t i = from; i < to; i += kRound) {
    for (std::size_t r = 0; r < reads_end; ++r) HWY_UNROLL(4)
    for (std::size_t v = 0; v < kVectors; ++v)
      sum[v] = hn::Add(sum[v], hn::LoadU(d, arrays[r] + i + v * kLanes));
    for (std::size_t w = static_cast<std::size_t>(what.read); w < arrays.size(); ++w) HWY_UNROLL(4)
    for (std::size_t v = 0; v < kVectors; ++v) hn::StoreU(sum[v], d, arrays[w] + i + v * kLanes);
  }
  return sum_of(sum);
}

}  // namespace HWY_NAMESPACE
}  // namespace calando::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace calando::cpu {

HWY_EXPORT(multiply_add);
HWY_EXPORT(stream);

MultiplyAdds multiply_add_rounds(std::size_t rounds) noexcept {
  return HWY_DYNAMIC_DISPATCH(multiply_add)(rounds);
}

float stream_range(std::span<float* const> arrays, Stream what, std::size_t from, std::size_t to) noexcept {
  return HWY_DYNAMIC_DISPATCH(stream)(arrays, what, from, to);
}

}  // namespace calando::cpu
#endif
#endif
