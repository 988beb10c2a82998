// SPDX-License-Identifier: MIT
// Elements of any type into vectors of float, exactly, for each instruction set.
#if defined(CALANDO_LOAD_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef CALANDO_LOAD_INL_H
#undef CALANDO_LOAD_INL_H
#else
#define CALANDO_LOAD_INL_H
#endif

#include "calando/vectors.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace calando::similarity {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class D>
HWY_INLINE hn::Vec<D> load_floats(D d, const float* p) {
  return hn::LoadU(d, p);
}

template <class D>
HWY_INLINE hn::Vec<D> load_floats(D d, const Float16* p) {
#if HWY_TARGET <= HWY_AVX2
  return hn::PromoteTo(
      d, hn::LoadU(hn::Rebind<hwy::float16_t, D>(), reinterpret_cast<const hwy::float16_t*>(p)));
#else
  // Without an instruction Highway's conversion takes infinity for a number: the exponent's bias is changed by a product.
  const hn::RebindToUnsigned<D> words;
  const auto bits = hn::PromoteTo(
      words, hn::LoadU(hn::Rebind<std::uint16_t, D>(), reinterpret_cast<const std::uint16_t*>(p)));
  const auto magnitude = hn::And(bits, hn::Set(words, 0x7FFF));
  const auto number = hn::Mul(hn::BitCast(d, hn::ShiftLeft<13>(magnitude)), hn::Set(d, 0x1p112F));
  const auto beyond = hn::IfThenElseZero(hn::RebindMask(words, hn::Ge(number, hn::Set(d, 65536.0F))),
                                         hn::Set(words, 0x7F800000));
  const auto sign = hn::ShiftLeft<16>(hn::Sub(bits, magnitude));
  return hn::BitCast(d, hn::Or(hn::Or(hn::BitCast(words, number), beyond), sign));
#endif
}

template <class D>
HWY_INLINE hn::Vec<D> load_floats(D d, const BFloat16* p) {
  return hn::PromoteTo(
      d, hn::LoadU(hn::Rebind<hwy::bfloat16_t, D>(), reinterpret_cast<const hwy::bfloat16_t*>(p)));
}

template <class D>
HWY_INLINE hn::Vec<hn::RebindToSigned<D>> load_integers(D, const std::int8_t* p) {
  return hn::PromoteTo(hn::RebindToSigned<D>(), hn::LoadU(hn::Rebind<std::int8_t, D>(), p));
}
template <class D>
HWY_INLINE hn::Vec<hn::RebindToSigned<D>> load_integers(D, const std::uint8_t* p) {
  return hn::PromoteTo(hn::RebindToSigned<D>(), hn::LoadU(hn::Rebind<std::uint8_t, D>(), p));
}
template <class D>
HWY_INLINE hn::Vec<D> load_floats(D d, const std::int8_t* p) {
  return hn::ConvertTo(d, load_integers(d, p));
}
template <class D>
HWY_INLINE hn::Vec<D> load_floats(D d, const std::uint8_t* p) {
  return hn::ConvertTo(d, load_integers(d, p));
}

}  // namespace HWY_NAMESPACE
}  // namespace calando::similarity
HWY_AFTER_NAMESPACE();
#endif
