// SPDX-License-Identifier: MIT
#ifndef CALANDO_PORTABLE
#include "src/search/screen.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/search/screen.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, which includes this file once more for each instruction set.
#include "hwy/highway.h"
#include "src/similarity/load-inl.h"

HWY_BEFORE_NAMESPACE();
namespace calando::searching {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using similarity::HWY_NAMESPACE::load_floats;

using Floats = hn::CappedTag<float, 16>;
constexpr std::size_t kLanes = hn::MaxLanes(Floats());

template <class T>
HWY_INLINE const T* row_of(const similarity::Rows& rows, std::size_t i) {
  return reinterpret_cast<const T*>(rows.data + i * rows.stride);
}

template <class T>
HWY_INLINE float float_of(const T* p) {
  return hn::GetLane(load_floats(hn::CappedTag<float, 1>(), p));
}

template <class T>
void copy_floats(const similarity::Rows& rows, std::size_t dimension, float* out) {
  const Floats d;
  for (std::size_t i = 0; i < rows.count; ++i, out += dimension) {
    const T* const row = row_of<T>(rows, i);
    std::size_t k = 0;
    for (; k + kLanes <= dimension; k += kLanes) hn::StoreU(load_floats(d, row + k), d, out + k);
    for (; k < dimension; ++k) out[k] = float_of(row + k);
  }
}

void copy_scaled(const similarity::Rows& rows, std::size_t dimension, float* out) {
  for (std::size_t i = 0; i < rows.count; ++i, out += dimension) {
    const double* const row = row_of<double>(rows, i);
    const similarity::Scale scale = rows.scales[i];
    for (std::size_t k = 0; k < dimension; ++k)
      out[k] = static_cast<float>(row[k] * scale.first * scale.second);
  }
}

void to_floats(const similarity::Rows& rows, std::size_t dimension, float* out) {
  switch (rows.element) {
    case Element::f64:
      return copy_scaled(rows, dimension, out);
    case Element::f16:
      return copy_floats<Float16>(rows, dimension, out);
    case Element::bf16:
      return copy_floats<BFloat16>(rows, dimension, out);
    case Element::i8:
      return copy_floats<std::int8_t>(rows, dimension, out);
    case Element::u8:
      return copy_floats<std::uint8_t>(rows, dimension, out);
    default:
      return copy_floats<float>(rows, dimension, out);
  }
}

/// Independent sums, as many as hide the latency of a multiply-add.
constexpr std::size_t kSums = 4;

template <class T>
void float_dots(const float* a, const similarity::Rows& rows, std::size_t dimension, float* out) {
  const Floats d;
  for (std::size_t i = 0; i < rows.count; ++i) {
    const T* const row = row_of<T>(rows, i);
    hn::Vec<Floats> sum[kSums];
    HWY_UNROLL(4) for (std::size_t s = 0; s < kSums; ++s) sum[s] = hn::Zero(d);
    std::size_t k = 0;
    for (; k + kSums * kLanes <= dimension; k += kSums * kLanes) HWY_UNROLL(4)
    for (std::size_t s = 0; s < kSums; ++s)
      sum[s] = hn::MulAdd(hn::LoadU(d, a + k + s * kLanes), load_floats(d, row + k + s * kLanes), sum[s]);
    for (; k + kLanes <= dimension; k += kLanes)
      sum[0] = hn::MulAdd(hn::LoadU(d, a + k), load_floats(d, row + k), sum[0]);
    float total = hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(sum[0], sum[1]), hn::Add(sum[2], sum[3]))));
    for (; k < dimension; ++k) total += a[k] * float_of(row + k);
    out[i] = total;
  }
}

void rough_dots_of(const float* a, const similarity::Rows& rows, std::size_t dimension, float* out) {
  switch (rows.element) {
    case Element::f16:
      return float_dots<Float16>(a, rows, dimension, out);
    case Element::bf16:
      return float_dots<BFloat16>(a, rows, dimension, out);
    case Element::i8:
      return float_dots<std::int8_t>(a, rows, dimension, out);
    case Element::u8:
      return float_dots<std::uint8_t>(a, rows, dimension, out);
    default:
      return float_dots<float>(a, rows, dimension, out);
  }
}

#if HWY_TARGET == HWY_SCALAR
template <class T>
HWY_INLINE std::int32_t whole_steps(const std::int16_t*, const T*, std::size_t, std::size_t&) {
  return 0;
}
#else
/// The sum over as many elements as fill vectors; `k` becomes where they end.
template <class T>
HWY_INLINE std::int32_t whole_steps(const std::int16_t* a, const T* row, std::size_t dimension,
                                    std::size_t& k) {
  const hn::CappedTag<std::int16_t, 32> shorts;
  const hn::RepartitionToWide<decltype(shorts)> words;
  const hn::Rebind<T, decltype(shorts)> bytes;
  constexpr std::size_t step = hn::MaxLanes(shorts);
  auto even = hn::Zero(words), odd = hn::Zero(words), next_even = hn::Zero(words), next_odd = hn::Zero(words);
  for (; k + 2 * step <= dimension; k += 2 * step) {
    const auto x = hn::PromoteTo(shorts, hn::LoadU(bytes, row + k));
    const auto y = hn::PromoteTo(shorts, hn::LoadU(bytes, row + k + step));
    even = hn::ReorderWidenMulAccumulate(words, hn::LoadU(shorts, a + k), x, even, odd);
    next_even = hn::ReorderWidenMulAccumulate(words, hn::LoadU(shorts, a + k + step), y, next_even, next_odd);
  }
  for (; k + step <= dimension; k += step) {
    const auto x = hn::PromoteTo(shorts, hn::LoadU(bytes, row + k));
    even = hn::ReorderWidenMulAccumulate(words, hn::LoadU(shorts, a + k), x, even, odd);
  }
  return hn::GetLane(hn::SumOfLanes(words, hn::Add(hn::Add(even, odd), hn::Add(next_even, next_odd))));
}
#endif

template <class T>
void wide_dots(const std::int16_t* a, const similarity::Rows& rows, std::size_t dimension, float* out) {
  for (std::size_t i = 0; i < rows.count; ++i) {
    const T* const row = row_of<T>(rows, i);
    std::size_t k = 0;
    std::int32_t total = whole_steps(a, row, dimension, k);
    for (; k < dimension; ++k) total += a[k] * row[k];
    out[i] = static_cast<float>(total);
  }
}

void integer_dots_of(const std::int16_t* a, const similarity::Rows& rows, std::size_t dimension, float* out) {
  if (rows.element == Element::i8) return wide_dots<std::int8_t>(a, rows, dimension, out);
  wide_dots<std::uint8_t>(a, rows, dimension, out);
}

std::size_t next_of(const RoughScores& rows, std::size_t from, float least) {
  const Floats d;
  const auto step = hn::Set(d, rows.step), wanted = hn::Set(d, least);
  std::size_t i = from;
  for (; i + kLanes <= rows.count; i += kLanes) {
    const auto rough = hn::Mul(hn::Mul(hn::LoadU(d, rows.scores + i), step), hn::LoadU(d, rows.inverse + i));
    const std::intptr_t lane = hn::FindFirstTrue(d, hn::Ge(rough, wanted));
    if (lane >= 0) return i + static_cast<std::size_t>(lane);
  }
  while (i < rows.count && !(rows.scores[i] * rows.step * rows.inverse[i] >= least)) ++i;
  return i;
}

}  // namespace HWY_NAMESPACE
}  // namespace calando::searching
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace calando::searching {

HWY_EXPORT(to_floats);
HWY_EXPORT(rough_dots_of);
HWY_EXPORT(integer_dots_of);
HWY_EXPORT(next_of);

void floats_of(const similarity::Rows& rows, std::size_t dimension, float* out) noexcept {
  HWY_DYNAMIC_DISPATCH(to_floats)(rows, dimension, out);
}
void rough_dots(const float* a, const similarity::Rows& rows, std::size_t dimension, float* out) noexcept {
  HWY_DYNAMIC_DISPATCH(rough_dots_of)(a, rows, dimension, out);
}
void integer_dots(const std::int16_t* a, const similarity::Rows& rows, std::size_t dimension,
                  float* out) noexcept {
  HWY_DYNAMIC_DISPATCH(integer_dots_of)(a, rows, dimension, out);
}
std::size_t next_candidate(const RoughScores& rows, std::size_t from, float least) noexcept {
  return HWY_DYNAMIC_DISPATCH(next_of)(rows, from, least);
}

}  // namespace calando::searching
#endif
#endif
