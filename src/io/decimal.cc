// SPDX-License-Identifier: MIT
#include "src/io/decimal.h"

#include <string_view>

#ifdef CALANDO_PORTABLE
#include "src/spec/number.h"
#else
#include <charconv>
#include <system_error>
#endif

namespace calando::io {
namespace {

bool could_be_number(const char* first, const char* last) {
  return first != last && std::all_of(first, last, [](char c) {
           return decimal::is_digit(c) || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
         });
}

#ifdef CALANDO_PORTABLE

// Without from_chars a float is a double rounded again: one unit off where that double happens to be halfway.
template <class T>
bool convert(const char* first, const char* last, T& out) {
  const auto value = spec::to_number(std::string_view(first, static_cast<std::size_t>(last - first)));
  if (value) out = static_cast<T>(*value);
  return value.has_value();
}

#else

/// Whether a number that is out of range is large, and not small: its digits before the point, the first not zero, or minus the zeros behind it, with the
/// exponent added.
bool is_large(const char* first, const char* last) {
  long magnitude = 0;
  bool point = false;
  bool leading = true;
  for (; first != last && *first != 'e' && *first != 'E'; ++first) {
    leading = leading && (*first < '1' || *first > '9');
    if (*first == '.')
      point = true;
    else if (leading)
      magnitude -= point ? 1 : 0;
    else
      magnitude += point ? 0 : 1;
  }
  Decimal exponent;
  if (first != last) decimal::scan_exponent(first + 1, exponent);
  return magnitude + exponent.exponent > 0;
}

template <class T>
bool convert(const char* first, const char* last, T& out) {
  const auto [end, error] = std::from_chars(first, last, out);
  if (end != last || error == std::errc::invalid_argument) return false;
  if (error != std::errc::result_out_of_range) return true;
  const T size = is_large(first, last) ? std::numeric_limits<T>::infinity() : T{0};
  out = *first == '-' ? -size : size;
  return true;
}

#endif

template <class T>
bool convert_any(const char* first, const char* last, T& out) {
  if (!could_be_number(first, last)) return false;
  if (*first == '+' && last - first > 1 && first[1] != '-' && first[1] != '+') ++first;
  return convert(first, last, out);
}

}  // namespace

bool to_float32(const char* first, const char* last, float& out) { return convert_any(first, last, out); }
bool to_float64(const char* first, const char* last, double& out) { return convert_any(first, last, out); }

}  // namespace calando::io
