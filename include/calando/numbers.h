// SPDX-License-Identifier: MIT
// Views of numbers in the caller's memory, in the types that parameters and gradients come in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "calando/bfloat16.h"

namespace calando {

enum class NumberType : std::uint8_t { f32, f64, bf16 };

constexpr std::string_view name_of(NumberType type) {
  return type == NumberType::f32 ? "float32" : type == NumberType::f64 ? "float64" : "bfloat16";
}

namespace numbers {
template <class T>
inline constexpr NumberType kTypeOf = NumberType::f32;
template <>
inline constexpr NumberType kTypeOf<double> = NumberType::f64;
template <>
inline constexpr NumberType kTypeOf<BFloat16> = NumberType::bf16;

template <class T>
concept Number = std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_same_v<T, BFloat16>;
}  // namespace numbers

/// A view of numbers of one type; anything that converts to a span of float, double or BFloat16 converts to it.
template <class Void>
class NumberSpan {
  static constexpr bool kConst = std::is_const_v<Void>;
  template <class T>
  using Element = std::conditional_t<kConst, const T, T>;

 public:
  constexpr NumberSpan() = default;
  constexpr NumberSpan(Void* data, std::size_t size, NumberType type)
      : data_(data), size_(size), type_(type) {}

  template <class Range>
  requires(!std::is_same_v<std::remove_cvref_t<Range>, NumberSpan>) && requires(Range&& r) {
    std::span(std::forward<Range>(r));
  }
  // NOLINTNEXTLINE(google-explicit-constructor,bugprone-forwarding-reference-overload): the constraint leaves copies alone
  constexpr NumberSpan(Range&& range) : NumberSpan(std::span(std::forward<Range>(range))) {}

  template <class T>
  requires numbers::Number<std::remove_const_t<T>> &&
      (kConst || !std::is_const_v<T>)constexpr NumberSpan(T* data, std::size_t size)
      : NumberSpan(std::span(data, size)) {}

  template <class T, std::size_t N>
  requires numbers::Number<std::remove_const_t<T>> &&(kConst || !std::is_const_v<T>)constexpr NumberSpan(
      std::span<T, N> numbers)  // NOLINT(google-explicit-constructor)
      : data_(numbers.data()), size_(numbers.size()), type_(numbers::kTypeOf<std::remove_const_t<T>>) {}

  constexpr Void* data() const noexcept { return data_; }
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr bool empty() const noexcept { return size_ == 0; }
  constexpr NumberType type() const noexcept { return type_; }

  /// The numbers as what they are; T is not checked.
  template <numbers::Number T>
  std::span<Element<T>> as() const noexcept {
    return {static_cast<Element<T>*>(data_), size_};
  }

 private:
  Void* data_ = nullptr;
  std::size_t size_ = 0;
  NumberType type_ = NumberType::f32;
};

using Numbers = NumberSpan<void>;
using ConstNumbers = NumberSpan<const void>;

}  // namespace calando
