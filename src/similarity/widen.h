// SPDX-License-Identifier: MIT
// Elements of any type as numbers of C++.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "calando/vectors.h"

namespace calando::similarity {

inline double number_of(double x) noexcept { return x; }
inline double number_of(float x) noexcept { return x; }
inline double number_of(std::int8_t x) noexcept { return x; }
inline double number_of(std::uint8_t x) noexcept { return x; }
inline double number_of(BFloat16 x) noexcept { return std::bit_cast<float>(std::uint32_t{x.bits} << 16); }
inline double number_of(Float16 x) noexcept {
  const std::uint32_t sign = (x.bits & 0x8000U) << 16;
  const std::uint32_t exponent = (x.bits >> 10) & 0x1FU;
  const std::uint32_t fraction = x.bits & 0x3FFU;
  if (exponent == 0) return (sign != 0 ? -1.0 : 1.0) * static_cast<double>(fraction) * 0x1p-24;
  const std::uint32_t rebased = exponent == 0x1F ? 0xFF : exponent + 112;
  return std::bit_cast<float>(sign | (rebased << 23) | (fraction << 13));
}

/// The element at this address, which need not be aligned.
template <class T>
T element_at(const void* row, std::size_t i) noexcept {
  T value;
  std::memcpy(&value, static_cast<const char*>(row) + i * sizeof(T), sizeof(T));
  return value;
}

/// Calls use(T{}) with the C++ type of an element: Bits8 for bits.
template <class Use>
auto with_element(Element element, Use&& use) {
  switch (element) {
    case Element::f64:
      return use(double{});
    case Element::f16:
      return use(Float16{});
    case Element::bf16:
      return use(BFloat16{});
    case Element::i8:
      return use(std::int8_t{});
    case Element::u8:
      return use(std::uint8_t{});
    case Element::bits:
      return use(Bits8{});
    case Element::f32:
      break;
  }
  return use(float{});
}

/// The elements of a row in double, exactly; bits as 0 and 1.
void widen(Element element, const void* row, std::size_t dimension, double* out) noexcept;

/// Bytes of a row without gaps.
std::size_t row_bytes(Element element, std::size_t dimension) noexcept;

}  // namespace calando::similarity
