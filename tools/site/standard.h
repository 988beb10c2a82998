// SPDX-License-Identifier: MIT
// What the standard library of Debian 12's Emscripten lacks of C++20. Included first in every file of the module.
#pragma once

#ifdef __cplusplus
#include <algorithm>
#include <bit>
#include <functional>
#include <iterator>
#include <version>

#ifndef __cpp_lib_bit_cast
namespace std {
template <class To, class From>
constexpr To bit_cast(const From& from) noexcept {
  return __builtin_bit_cast(To, from);
}
}  // namespace std
#endif

#ifndef __cpp_lib_ranges
namespace std::ranges {
template <class Range, class Out>
Out copy(const Range& from, Out to) {
  return std::copy(std::begin(from), std::end(from), to);
}
template <class Range, class Value>
void fill(Range&& range, const Value& value) {
  std::fill(std::begin(range), std::end(range), value);
}
template <class Range, class Holds>
bool all_of(const Range& range, Holds holds) {
  return std::all_of(std::begin(range), std::end(range), holds);
}
template <class Range, class Less>
void stable_sort(Range&& range, Less less) {
  std::stable_sort(std::begin(range), std::end(range), less);
}
struct ByValue {};
template <class Range, class Key>
void stable_sort(Range&& range, ByValue, Key key) {
  std::stable_sort(std::begin(range), std::end(range), [&key](const auto& a, const auto& b) {
    return std::invoke(key, a) < std::invoke(key, b);
  });
}
template <class Range, class Holds>
bool any_of(const Range& range, Holds holds) {
  return std::any_of(std::begin(range), std::end(range), holds);
}
template <class Range, class Out, class Function>
Out transform(const Range& range, Out out, Function function) {
  return std::transform(std::begin(range), std::end(range), out, function);
}
template <class Range, class Key>
auto max_element(Range&& range, ByValue, Key key) {
  return std::max_element(std::begin(range), std::end(range), [&key](const auto& a, const auto& b) {
    return std::invoke(key, a) < std::invoke(key, b);
  });
}
}  // namespace std::ranges
#endif
#endif
