// SPDX-License-Identifier: MIT
// Rows of numbers in the caller's memory, of any of the types that vectors are stored as.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "calando/bfloat16.h"

namespace calando {

/// The bits of an IEEE 754 binary16.
struct Float16 {
  std::uint16_t bits;
};
/// Eight elements that are 0 or 1, in any order that is the same for all vectors.
struct Bits8 {
  std::uint8_t bits;
};

/// What an element of a vector is stored as.
enum class Element : std::uint8_t { f64, f32, f16, bf16, i8, u8, bits };

/// "f64", "f32", "f16", "bf16", "i8", "u8", "bits".
std::string_view name_of(Element element) noexcept;

template <class T>
struct ElementOf;
template <>
struct ElementOf<double> {
  static constexpr Element value = Element::f64;
};
template <>
struct ElementOf<float> {
  static constexpr Element value = Element::f32;
};
template <>
struct ElementOf<Float16> {
  static constexpr Element value = Element::f16;
};
template <>
struct ElementOf<BFloat16> {
  static constexpr Element value = Element::bf16;
};
template <>
struct ElementOf<std::int8_t> {
  static constexpr Element value = Element::i8;
};
template <>
struct ElementOf<std::uint8_t> {
  static constexpr Element value = Element::u8;
};
template <>
struct ElementOf<Bits8> {
  static constexpr Element value = Element::bits;
};

/// Vectors of one dimension: a view, cheap to copy. Row i starts `stride` bytes after row i - 1; nothing need be aligned.
struct Vectors {
  const void* data = nullptr;
  Element element = Element::f32;
  std::size_t rows = 0;
  std::size_t dimension = 0;  // of bits: a multiple of 8
  std::size_t stride = 0;     // bytes

  const char* row(std::size_t i) const noexcept { return static_cast<const char*>(data) + i * stride; }
  Vectors rows_from(std::size_t first, std::size_t count) const noexcept {
    return {row(first), element, count, dimension, stride};
  }
};

/// One vector.
template <class T>
Vectors vector_of(std::span<const T> elements) noexcept {
  const std::size_t dimension = elements.size() * (ElementOf<T>::value == Element::bits ? 8 : 1);
  return {elements.data(), ElementOf<T>::value, 1, dimension, elements.size_bytes()};
}

/// Rows that follow each other without gaps, as many as the elements make: vectors_of(std::span(numbers), 128).
/// Dimension 0, or elements left over, make no rows.
template <class T>
Vectors vectors_of(std::span<const T> elements, std::size_t dimension) noexcept {
  const std::size_t length = ElementOf<T>::value == Element::bits ? dimension / 8 : dimension;
  const std::size_t rows = length == 0 || elements.size() % length != 0 ? 0 : elements.size() / length;
  return {elements.data(), ElementOf<T>::value, rows, dimension, length * sizeof(T)};
}

}  // namespace calando
