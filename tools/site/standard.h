// SPDX-License-Identifier: MIT
// What the standard library of Debian 12's Emscripten lacks of C++20. Included first in every file of the module.
#pragma once

#ifdef __cplusplus
#include <bit>
#include <version>

#ifndef __cpp_lib_bit_cast
namespace std {
template <class To, class From>
constexpr To bit_cast(const From& from) noexcept {
  return __builtin_bit_cast(To, from);
}
}  // namespace std
#endif
#endif
