// SPDX-License-Identifier: MIT
// The sums, compiled for each instruction set.
#ifndef CALANDO_PORTABLE
#include "src/similarity/kernel.h"

#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/similarity/kernel.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, which includes this file once more for each instruction set.
#include "hwy/highway.h"
#include "src/similarity/load-inl.h"

HWY_BEFORE_NAMESPACE();
namespace calando::similarity {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::CappedTag<double, 8>;
using Vec = hn::Vec<Doubles>;
constexpr std::size_t kLanes = hn::MaxLanes(Doubles());
constexpr std::size_t kParts = kSumLanes / kLanes;

using Floats = hn::Rebind<float, Doubles>;
HWY_INLINE Vec load(const double* p) { return hn::LoadU(Doubles(), p); }
template <class T>
HWY_INLINE Vec load(const T* p) {
  return hn::PromoteTo(Doubles(), load_floats(Floats(), p));
}
HWY_INLINE Vec load(const std::int8_t* p) { return hn::PromoteTo(Doubles(), load_integers(Floats(), p)); }
HWY_INLINE Vec load(const std::uint8_t* p) { return hn::PromoteTo(Doubles(), load_integers(Floats(), p)); }

/// A vector as the sums see it.
template <class T>
struct Exact {
  using Type = T;
  const T* elements;
  HWY_INLINE Vec at(std::size_t i) const { return load(elements + i); }
  HWY_INLINE Exact over(const T* others) const { return {others}; }
};
struct Scaled {
  using Type = double;
  const double* elements;
  Scale scale;
  HWY_INLINE Vec at(std::size_t i) const {
    const Doubles d;
    return hn::Mul(hn::Mul(load(elements + i), hn::Set(d, scale.first)), hn::Set(d, scale.second));
  }
  HWY_INLINE Scaled over(const double* others) const { return {others, scale}; }
};

/// sum + x y: where the product is exact, a fused operation rounds as two do.
template <class A>
HWY_INLINE Vec add_product(const A&, Vec x, Vec y, Vec sum) {
  return hn::MulAdd(x, y, sum);
}
HWY_INLINE Vec add_product(const Scaled&, Vec x, Vec y, Vec sum) { return hn::Add(hn::Mul(x, y), sum); }

template <class D>
HWY_INLINE double sum_halves(D d, hn::Vec<D> v) {
#if HWY_TARGET != HWY_SCALAR
  if constexpr (hn::MaxLanes(d) > 1) {
    const hn::Half<D> half;
    return sum_halves(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
  }
#endif
  (void)d;
  return hn::GetLane(v);
}

/// The 16 lanes of one sum.
struct Lanes16 {
  Vec part[kParts];

  HWY_INLINE void clear() {
    HWY_UNROLL(16) for (std::size_t p = 0; p < kParts; ++p) part[p] = hn::Zero(Doubles());
  }
  HWY_INLINE double total() {
    HWY_UNROLL(4)
    for (std::size_t half = kParts / 2; half > 0; half /= 2) HWY_UNROLL(8)
    for (std::size_t p = 0; p < half; ++p) part[p] = hn::Add(part[p], part[p + half]);
    return sum_halves(Doubles(), part[0]);
  }
};

/// The last elements, zeros behind them, which change no sum.
template <class T>
struct Tail {
  T elements[kSumLanes];
  HWY_INLINE Tail(const T* from, std::size_t count) {
    std::memset(elements, 0, sizeof(elements));
    std::memcpy(elements, from, count * sizeof(T));
  }
};

template <class A, class B>
HWY_INLINE void add_dot(const A& a, const B& b, std::size_t i, Lanes16& sum) {
  HWY_UNROLL(16)
  for (std::size_t p = 0; p < kParts; ++p)
    sum.part[p] = add_product(b, a.at(i + p * kLanes), b.at(i + p * kLanes), sum.part[p]);
}

template <class A, class B>
HWY_INLINE double dot(const A& a, const B& b, std::size_t dimension) {
  Lanes16 sum;
  sum.clear();
  std::size_t i = 0;
  for (; i + kSumLanes <= dimension; i += kSumLanes) add_dot(a, b, i, sum);
  if (i < dimension) {
    const Tail<typename A::Type> rest_a(a.elements + i, dimension - i);
    const Tail<typename B::Type> rest_b(b.elements + i, dimension - i);
    add_dot(a.over(rest_a.elements), b.over(rest_b.elements), 0, sum);
  }
  return sum.total();
}

template <class A>
HWY_INLINE double square(const A& a, std::size_t dimension) {
  Lanes16 sum;
  sum.clear();
  const auto add = [&sum](const A& x, std::size_t at) HWY_ATTR {
    HWY_UNROLL(16) for (std::size_t p = 0; p < kParts; ++p) {
      const Vec v = x.at(at + p * kLanes);
      sum.part[p] = add_product(x, v, v, sum.part[p]);
    }
  };
  std::size_t i = 0;
  for (; i + kSumLanes <= dimension; i += kSumLanes) add(a, i);
  if (i < dimension) add(a.over(Tail<typename A::Type>(a.elements + i, dimension - i).elements), 0);
  return sum.total();
}

template <class A>
HWY_INLINE Sums sums(const A& a, const A& b, std::size_t dimension) {
  Lanes16 dots, aas, bbs;
  dots.clear();
  aas.clear();
  bbs.clear();
  const auto add = [&](const A& left, const A& right, std::size_t at) HWY_ATTR {
    HWY_UNROLL(16) for (std::size_t p = 0; p < kParts; ++p) {
      const Vec x = left.at(at + p * kLanes);
      const Vec y = right.at(at + p * kLanes);
      dots.part[p] = add_product(a, x, y, dots.part[p]);
      aas.part[p] = add_product(a, x, x, aas.part[p]);
      bbs.part[p] = add_product(a, y, y, bbs.part[p]);
    }
  };
  std::size_t i = 0;
  for (; i + 2 * kSumLanes <= dimension; i += 2 * kSumLanes) {
    add(a, b, i);
    add(a, b, i + kSumLanes);
  }
  for (; i + kSumLanes <= dimension; i += kSumLanes) add(a, b, i);
  if (i < dimension) {
    const Tail<typename A::Type> rest_a(a.elements + i, dimension - i);
    const Tail<typename A::Type> rest_b(b.elements + i, dimension - i);
    add(a.over(rest_a.elements), b.over(rest_b.elements), 0);
  }
  return {dots.total(), aas.total(), bbs.total()};
}

/// Calls use(elements) with the rows' C++ type; not for f64 and bits.
template <class Use>
HWY_INLINE auto with_exact(Element element, const void* p, const Use& use) {
  switch (element) {
    case Element::f16:
      return use(Exact<Float16>{static_cast<const Float16*>(p)});
    case Element::bf16:
      return use(Exact<BFloat16>{static_cast<const BFloat16*>(p)});
    case Element::i8:
      return use(Exact<std::int8_t>{static_cast<const std::int8_t*>(p)});
    case Element::u8:
      return use(Exact<std::uint8_t>{static_cast<const std::uint8_t*>(p)});
    default:
      return use(Exact<float>{static_cast<const float*>(p)});
  }
}

template <class T>
HWY_INLINE const T* elements_of(const void* p) {
  return static_cast<const T*>(p);
}

std::size_t count_common(const std::uint8_t* a, const std::uint8_t* b, std::size_t bytes) {
  std::size_t count = 0;
  std::size_t i = 0;
  for (; i + 8 <= bytes; i += 8) {
    std::uint64_t x = 0, y = 0;
    std::memcpy(&x, a + i, 8);
    std::memcpy(&y, b + i, 8);
    count += static_cast<std::size_t>(__builtin_popcountll(x & y));
  }
  for (; i < bytes; ++i) count += static_cast<std::size_t>(__builtin_popcount(a[i] & b[i]));
  return count;
}

Sums pair(Element element, const Operand& a, const Operand& b, std::size_t dimension) {
  if (element == Element::bits) {
    const auto* x = elements_of<std::uint8_t>(a.elements);
    const auto* y = elements_of<std::uint8_t>(b.elements);
    const std::size_t bytes = dimension / 8;
    return {static_cast<double>(count_common(x, y, bytes)), static_cast<double>(count_common(x, x, bytes)),
            static_cast<double>(count_common(y, y, bytes))};
  }
  if (element == Element::f64) {
    return sums(Scaled{elements_of<double>(a.elements), a.scale},
                Scaled{elements_of<double>(b.elements), b.scale}, dimension);
  }
  return with_exact(element, a.elements, [&](const auto& x) HWY_ATTR {
    return sums(x, x.over(elements_of<typename std::decay_t<decltype(x)>::Type>(b.elements)), dimension);
  });
}

void dots_of_rows(const double* a, const Rows& rows, std::size_t dimension, double* out) {
  const Exact<double> query{a};
  if (rows.element == Element::f64) {
    for (std::size_t i = 0; i < rows.count; ++i)
      out[i] =
          dot(query, Scaled{elements_of<double>(rows.data + i * rows.stride), rows.scales[i]}, dimension);
    return;
  }
  with_exact(rows.element, rows.data, [&](const auto& first) HWY_ATTR {
    using T = typename std::decay_t<decltype(first)>::Type;
    for (std::size_t i = 0; i < rows.count; ++i)
      out[i] = dot(query, first.over(elements_of<T>(rows.data + i * rows.stride)), dimension);
  });
}

void squares_of_rows(const Rows& rows, std::size_t dimension, double* out) {
  if (rows.element == Element::bits) {
    for (std::size_t i = 0; i < rows.count; ++i) {
      const auto* x = elements_of<std::uint8_t>(rows.data + i * rows.stride);
      out[i] = static_cast<double>(count_common(x, x, dimension / 8));
    }
  } else if (rows.element == Element::f64) {
    for (std::size_t i = 0; i < rows.count; ++i)
      out[i] = square(Scaled{elements_of<double>(rows.data + i * rows.stride), rows.scales[i]}, dimension);
  } else {
    with_exact(rows.element, rows.data, [&](const auto& first) HWY_ATTR {
      using T = typename std::decay_t<decltype(first)>::Type;
      for (std::size_t i = 0; i < rows.count; ++i)
        out[i] = square(first.over(elements_of<T>(rows.data + i * rows.stride)), dimension);
    });
  }
}

void common_bits_of_rows(const std::uint8_t* a, const Rows& rows, std::size_t dimension, double* out) {
  for (std::size_t i = 0; i < rows.count; ++i)
    out[i] = static_cast<double>(
        count_common(a, elements_of<std::uint8_t>(rows.data + i * rows.stride), dimension / 8));
}

std::uint64_t largest(const double* x, std::size_t count) {
  const hn::RebindToSigned<Doubles> d;
  const auto magnitude = hn::Set(d, INT64_MAX);
  auto top = hn::Zero(d);
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes)
    top = hn::Max(top, hn::And(hn::BitCast(d, hn::LoadU(Doubles(), x + i)), magnitude));
  HWY_ALIGN std::int64_t lanes[kLanes];
  hn::Store(top, d, lanes);
  for (; i < count; ++i) {
    std::int64_t bits = 0;
    std::memcpy(&bits, x + i, 8);
    lanes[0] = std::max(lanes[0], bits & INT64_MAX);
  }
  std::int64_t result = 0;
  for (const std::int64_t lane : lanes) result = std::max(result, lane);
  return static_cast<std::uint64_t>(result);
}

std::array<double, 2> chords(const double* x, double norm_a, const double* y, double norm_b,
                             std::size_t dimension) {
  const Doubles d;
  Lanes16 minus, plus;
  minus.clear();
  plus.clear();
  const auto add = [&](const double* left, const double* right, std::size_t at) HWY_ATTR {
    HWY_UNROLL(16) for (std::size_t p = 0; p < kParts; ++p) {
      const Vec u = hn::Mul(load(left + at + p * kLanes), hn::Set(d, norm_b));
      const Vec v = hn::Mul(load(right + at + p * kLanes), hn::Set(d, norm_a));
      const Vec difference = hn::Sub(u, v);
      const Vec sum = hn::Add(u, v);
      minus.part[p] = hn::Add(hn::Mul(difference, difference), minus.part[p]);
      plus.part[p] = hn::Add(hn::Mul(sum, sum), plus.part[p]);
    }
  };
  std::size_t i = 0;
  for (; i + kSumLanes <= dimension; i += kSumLanes) add(x, y, i);
  if (i < dimension)
    add(Tail<double>(x + i, dimension - i).elements, Tail<double>(y + i, dimension - i).elements, 0);
  return {minus.total(), plus.total()};
}

const char* target() { return hwy::TargetName(HWY_TARGET); }

}  // namespace HWY_NAMESPACE
}  // namespace calando::similarity
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace calando::similarity {

HWY_EXPORT(pair);
HWY_EXPORT(dots_of_rows);
HWY_EXPORT(squares_of_rows);
HWY_EXPORT(common_bits_of_rows);
HWY_EXPORT(largest);
HWY_EXPORT(chords);
HWY_EXPORT(target);

Sums pair_sums(Element element, const Operand& a, const Operand& b, std::size_t dimension) noexcept {
  return HWY_DYNAMIC_DISPATCH(pair)(element, a, b, dimension);
}
void dots(const double* a, const Rows& rows, std::size_t dimension, double* out) noexcept {
  HWY_DYNAMIC_DISPATCH(dots_of_rows)(a, rows, dimension, out);
}
void common_bits(const std::uint8_t* a, const Rows& rows, std::size_t dimension, double* out) noexcept {
  HWY_DYNAMIC_DISPATCH(common_bits_of_rows)(a, rows, dimension, out);
}
void squares(const Rows& rows, std::size_t dimension, double* out) noexcept {
  HWY_DYNAMIC_DISPATCH(squares_of_rows)(rows, dimension, out);
}
std::uint64_t largest_magnitude(const double* x, std::size_t count) noexcept {
  return HWY_DYNAMIC_DISPATCH(largest)(x, count);
}
std::array<double, 2> chord_squares(const double* x, double norm_a, const double* y, double norm_b,
                                    std::size_t dimension) noexcept {
  return HWY_DYNAMIC_DISPATCH(chords)(x, norm_a, y, norm_b, dimension);
}
const char* kernel_target() noexcept { return HWY_DYNAMIC_DISPATCH(target)(); }

}  // namespace calando::similarity
#endif
#endif
