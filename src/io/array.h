// SPDX-License-Identifier: MIT
// A typed array of any shape over bytes it shares: what idx, npy and safetensors hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "calando/bfloat16.h"

namespace calando::io {

/// Bytes with whatever keeps them alive: a mapped file, a buffer, or nothing where the caller does. Cheap to
/// copy.
struct Bytes {
  std::string_view view;
  std::shared_ptr<const void> owner;
};

/// `size` writable bytes aligned to 64, and the same as Bytes.
struct Buffer {
  char* data;
  Bytes bytes;
};
Buffer make_buffer(std::size_t size);

enum class Type : std::uint8_t { boolean, u8, i8, u16, i16, u32, i32, u64, i64, f16, bf16, f32, f64 };

/// Bytes of one element.
std::size_t size_of(Type type) noexcept;

/// "bool", "uint8", ..., "bfloat16", "float32", "float64".
std::string_view name_of(Type type) noexcept;

/// The bits of an IEEE 754 binary16.
struct Float16 {
  std::uint16_t bits;
  operator float() const noexcept;
};
using calando::BFloat16;

template <class T>
struct TypeOf;
template <Type type>
struct TypeIs {
  static constexpr Type value = type;
};
template <>
struct TypeOf<bool> : TypeIs<Type::boolean> {};
template <>
struct TypeOf<std::uint8_t> : TypeIs<Type::u8> {};
template <>
struct TypeOf<std::int8_t> : TypeIs<Type::i8> {};
template <>
struct TypeOf<std::uint16_t> : TypeIs<Type::u16> {};
template <>
struct TypeOf<std::int16_t> : TypeIs<Type::i16> {};
template <>
struct TypeOf<std::uint32_t> : TypeIs<Type::u32> {};
template <>
struct TypeOf<std::int32_t> : TypeIs<Type::i32> {};
template <>
struct TypeOf<std::uint64_t> : TypeIs<Type::u64> {};
template <>
struct TypeOf<std::int64_t> : TypeIs<Type::i64> {};
template <>
struct TypeOf<Float16> : TypeIs<Type::f16> {};
template <>
struct TypeOf<BFloat16> : TypeIs<Type::bf16> {};
template <>
struct TypeOf<float> : TypeIs<Type::f32> {};
template <>
struct TypeOf<double> : TypeIs<Type::f64> {};

/// Elements of one type in row-major order, in the machine's byte order, aligned to their size. An empty
/// shape is a scalar.
struct Array {
  Type type = Type::f32;
  std::vector<std::size_t> shape;
  Bytes bytes;

  /// The product of the shape.
  std::size_t count() const noexcept { return bytes.view.size() / size_of(type); }

  /// The elements as they are stored.
  ///
  /// Throws:  UsageError: T is not the array's type.
  template <class T>
  std::span<const T> as() const {
    require(TypeOf<T>::value);
    return {reinterpret_cast<const T*>(bytes.view.data()), count()};
  }

  /// Elements [first, first + out.size()) as float or double, of whatever type they are stored.
  ///
  /// Error:   correctly rounded; exact wherever the target has the bits
  /// Throws:  UsageError: the range ends behind the array.
  void copy_to(std::size_t first, std::span<float> out) const;
  void copy_to(std::size_t first, std::span<double> out) const;

 private:
  void require(Type wanted) const;
};

/// The caller's elements as an array, without a copy: they are to outlive it.
template <class T>
Array view_of(std::span<const T> elements, std::vector<std::size_t> shape) {
  const auto* data = reinterpret_cast<const char*>(elements.data());
  return {TypeOf<T>::value, std::move(shape), {{data, elements.size_bytes()}, nullptr}};
}

}  // namespace calando::io
