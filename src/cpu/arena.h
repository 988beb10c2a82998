// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace calando::cpu {

struct FreeBytes {
  void operator()(std::byte* bytes) const noexcept;
};
using Arena = std::unique_ptr<std::byte[], FreeBytes>;

/// Zeros in one piece, aligned to 64 bytes; in huge pages where it is large and the system has them.
///
/// Throws:  std::bad_alloc
Arena make_arena(std::size_t size);

/// Bytes that hold anything; in huge pages from half of one on, where the system has them: what is gathered from all over
/// such an array then needs few entries of the tables that translate addresses.
///
/// Throws:  std::bad_alloc
std::byte* take_unset(std::size_t size);

/// Leaves numbers unset where a vector would set them to 0: the threads that fill them are the first to touch them.
template <class T>
struct Unset {
  using value_type = T;

  Unset() = default;
  template <class Other>
  Unset(const Unset<Other>&) noexcept {}

  T* allocate(std::size_t count) {
    if (count > static_cast<std::size_t>(-1) / sizeof(T)) throw std::bad_alloc();
    return reinterpret_cast<T*>(take_unset(count * sizeof(T)));
  }
  void deallocate(T* numbers, std::size_t) noexcept { FreeBytes()(reinterpret_cast<std::byte*>(numbers)); }
  template <class Other>
  void construct(Other* at) noexcept {
    ::new (static_cast<void*>(at)) Other;
  }
  template <class Other, class... From>
  void construct(Other* at, From&&... from) {
    ::new (static_cast<void*>(at)) Other(std::forward<From>(from)...);
  }
  friend bool operator==(const Unset&, const Unset&) noexcept { return true; }
};

/// A vector whose resize() leaves new elements unset.
template <class T>
using Array = std::vector<T, Unset<T>>;

}  // namespace calando::cpu
