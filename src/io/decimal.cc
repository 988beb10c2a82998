// SPDX-License-Identifier: MIT
#include "src/io/decimal.h"

#include <system_error>

#ifdef CALANDO_PORTABLE
#include <locale>
#include <sstream>
#include <string>
#else
#include <charconv>
#endif

namespace calando::io {
namespace {

bool could_be_number(const char* first, const char* last) {
  return first != last && std::all_of(first, last, [](char c) {
           return decimal::is_digit(c) || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
         });
}

/// The number behind "e", held within what a long times ten can hold.
long exponent_value(const char* first, const char* last) {
  const bool negative = first != last && *first == '-';
  if (first != last && (*first == '-' || *first == '+')) ++first;
  long value = 0;
  for (; first != last; ++first) value = std::min(value * 10 + (*first - '0'), 1000000000L);
  return negative ? -value : value;
}

/// Whether a number that is out of range is large, and not small: its digits before the point, the first not
/// zero, or minus the zeros behind it, with the exponent added.
bool is_large(const char* first, const char* last) {
  long magnitude = 0;
  bool point = false;
  bool leading = true;
  for (; first != last && *first != 'e' && *first != 'E'; ++first) {
    leading = leading && (*first < '1' || *first > '9');
    if (*first == '.') {
      point = true;
    } else if (leading) {
      magnitude -= point ? 1 : 0;
    } else {
      magnitude += point ? 0 : 1;
    }
  }
  return magnitude + (first == last ? 0 : exponent_value(first + 1, last)) > 0;
}

#ifdef CALANDO_PORTABLE

// Not every standard library of small targets has from_chars for floats; a stream without a locale rounds as
// well.
template <class T>
std::errc convert(const char* first, const char* last, T& out) {
  const std::string text(first, last);
  const std::string padded = text + std::string(1 + kDecimalPadding, ' ');
  Decimal ignored;
  if (scan_decimal(padded.data(), ignored) != padded.data() + text.size()) return std::errc::invalid_argument;
  std::istringstream in(text);
  in.imbue(std::locale::classic());
  return in >> out ? std::errc() : std::errc::result_out_of_range;
}

#else

template <class T>
std::errc convert(const char* first, const char* last, T& out) {
  const auto [end, error] = std::from_chars(first, last, out);
  return end == last ? error : std::errc::invalid_argument;
}

#endif

template <class T>
bool convert_any(const char* first, const char* last, T& out) {
  if (!could_be_number(first, last)) return false;
  if (*first == '+' && last - first > 1 && first[1] != '-' && first[1] != '+') ++first;
  const std::errc error = convert(first, last, out);
  if (error == std::errc::invalid_argument) return false;
  if (error == std::errc()) return true;
  const T size = is_large(first, last) ? std::numeric_limits<T>::infinity() : T{0};
  out = *first == '-' ? -size : size;
  return true;
}

}  // namespace

bool to_float32(const char* first, const char* last, float& out) { return convert_any(first, last, out); }
bool to_float64(const char* first, const char* last, double& out) { return convert_any(first, last, out); }

}  // namespace calando::io
