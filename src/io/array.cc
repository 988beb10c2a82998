// SPDX-License-Identifier: MIT
#include "src/io/array.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <new>
#include <type_traits>

#include "calando/error.h"

namespace calando::io {
namespace {

constexpr std::align_val_t kAlignment{64};

/// Calls use(T{}) with a value of the type's C++ type.
template <class Use>
auto with_type(Type type, Use&& use) {
  switch (type) {
    case Type::boolean:
      return use(bool{});
    case Type::u8:
      return use(std::uint8_t{});
    case Type::i8:
      return use(std::int8_t{});
    case Type::u16:
      return use(std::uint16_t{});
    case Type::i16:
      return use(std::int16_t{});
    case Type::u32:
      return use(std::uint32_t{});
    case Type::i32:
      return use(std::int32_t{});
    case Type::u64:
      return use(std::uint64_t{});
    case Type::i64:
      return use(std::int64_t{});
    case Type::f16:
      return use(Float16{});
    case Type::bf16:
      return use(BFloat16{});
    case Type::f32:
      return use(float{});
    case Type::f64:
      break;
  }
  return use(double{});
}

template <class Target>
void copy(const Array& array, std::size_t first, std::span<Target> out) {
  if (first > array.count() || out.size() > array.count() - first) {
    throw UsageError(fmt::format("array: elements {} to {} wanted, there are {}", first, first + out.size(),
                                 array.count()));
  }
  with_type(array.type, [&]<class T>(T) {
    const T* from = array.as<T>().data() + first;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<Target>(from[i]);
  });
}

}  // namespace

Buffer make_buffer(std::size_t size) {
  auto* data = static_cast<char*>(::operator new(size, kAlignment, std::nothrow));
  if (data == nullptr) throw RunError(fmt::format("memory: no room for {} bytes", size));
  std::shared_ptr<const void> owner(data, [](void* p) { ::operator delete(p, kAlignment); });
  return {data, {{data, size}, std::move(owner)}};
}

std::size_t size_of(Type type) noexcept {
  return with_type(type, [](auto value) { return sizeof(value); });
}

std::string_view name_of(Type type) noexcept {
  constexpr std::string_view kNames[] = {"bool",     "uint8",   "int8",   "uint16", "int16",
                                         "uint32",   "int32",   "uint64", "int64",  "float16",
                                         "bfloat16", "float32", "float64"};
  return kNames[static_cast<std::size_t>(type)];
}

Float16::operator float() const noexcept {
  const std::uint32_t sign = (bits & 0x8000u) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1F;
  const std::uint32_t fraction = bits & 0x3FFu;
  if (exponent == 0) {  // zero and subnormals: the fraction in units of 2^-24
    const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
    return sign != 0 ? -magnitude : magnitude;
  }
  const std::uint32_t rebased = exponent == 0x1F ? 0xFF : exponent + 112;
  return std::bit_cast<float>(sign | (rebased << 23) | (fraction << 13));
}

void Array::copy_to(std::size_t first, std::span<float> out) const { copy(*this, first, out); }
void Array::copy_to(std::size_t first, std::span<double> out) const { copy(*this, first, out); }

void Array::require(Type wanted) const {
  if (type != wanted) {
    throw UsageError(fmt::format("array: its elements are {}, not {}", name_of(type), name_of(wanted)));
  }
}

}  // namespace calando::io
