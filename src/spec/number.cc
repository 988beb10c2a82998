// SPDX-License-Identifier: MIT
#include "src/spec/number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>
#ifdef CALANDO_PORTABLE
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <locale>
#include <sstream>
#endif

namespace calando::spec {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The end of "digits [. digits] [e [sign] digits]", or the start where there is none.
const char* scan_decimal(const char* first, const char* last) {
  const auto digits = [last](const char* p) { return std::find_if_not(p, last, is_digit); };
  const char* p = digits(first);
  std::ptrdiff_t count = p - first;
  if (p != last && *p == '.') {
    const char* const fraction = p + 1;
    p = digits(fraction);
    count += p - fraction;
  }
  if (count == 0) return first;
  if (p == last || (*p != 'e' && *p != 'E')) return p;
  const char* exponent = p + 1;
  if (exponent != last && (*exponent == '+' || *exponent == '-')) ++exponent;
  const char* const end = digits(exponent);
  return end == exponent ? first : end;
}

/// The value of a text that scan_decimal() accepts; nothing beyond the range.
std::optional<double> decimal_value(std::string_view text) {
  double value = 0;
#ifdef CALANDO_PORTABLE
  // Not every standard library of small targets reads floating-point numbers without a locale.
  std::istringstream in{std::string(text)};
  in.imbue(std::locale::classic());
  if (!(in >> value)) return std::nullopt;
#else
  const std::from_chars_result read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc()) return std::nullopt;
#endif
  const std::string_view digits = text.substr(0, text.find_first_of("eE"));
  if (value == 0 && digits.find_first_of("123456789") != std::string_view::npos) return std::nullopt;
  return value;
}

#ifdef CALANDO_PORTABLE
/// What std::to_chars gives, where a standard library has none for numbers with a point: the fewest digits that read back, in the shorter
/// of both notations, plain where both are equally long.
char* shortest(char* out, double value) {
  std::array<char, 40> scientific{};
  int digits = 0;
  do {
    std::snprintf(scientific.data(), scientific.size(), "%.*e", digits, value);
  } while (std::strtod(scientific.data(), nullptr) != value && ++digits < 17);
  const std::string_view text = scientific.data();
  const std::size_t mark = text.find('e');
  if (mark == std::string_view::npos) return std::copy(text.begin(), text.end(), out);  // infinite
  const int exponent = std::atoi(scientific.data() + mark + 1);
  if (std::abs(exponent) > 30) return std::copy(text.begin(), text.end(), out);
  std::array<char, 80> plain{};
  std::snprintf(plain.data(), plain.size(), "%.*f", std::max(0, digits - exponent), value);
  const std::string_view chosen =
      std::strlen(plain.data()) <= text.size() ? std::string_view(plain.data()) : text;
  return std::copy(chosen.begin(), chosen.end(), out);
}
#endif

bool equal_word(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

}  // namespace

char* to_text(char* out, double value) {
  if (std::isnan(value)) return std::copy_n("nan", 3, out);
#ifdef CALANDO_PORTABLE
  return shortest(out, value);
#else
  return std::to_chars(out, out + 32, value).ptr;
#endif
}

std::string to_text(double value) {
  char buffer[32];
  return std::string(buffer, to_text(buffer, value));
}

std::optional<double> to_number(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  std::optional<double> value;
  if (equal_word(text, "inf") || equal_word(text, "infinity")) {
    value = std::numeric_limits<double>::infinity();
  } else if (equal_word(text, "nan")) {
    value = std::numeric_limits<double>::quiet_NaN();
  } else if (!text.empty() &&
             scan_decimal(text.data(), text.data() + text.size()) == text.data() + text.size()) {
    value = decimal_value(text);
  }
  if (value && negative) value = -*value;
  return value;
}

}  // namespace calando::spec
