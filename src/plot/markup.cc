// SPDX-License-Identifier: MIT
#include "src/plot/markup.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace calando::plot {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// The length of the UTF-8 character at the front that XML allows, or 0.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return lead >= 0x20 || lead == '\t' || lead == '\n' || lead == '\r' ? 1 : 0;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  std::uint32_t code = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3F);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  const bool valid =
      code >= kLeast[length] && code <= 0x10FFFF && !surrogate && code != 0xFFFE && code != 0xFFFF;
  return valid ? length : 0;
}

std::string_view entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

std::string parted_by_thousands(std::string digits) {
  const std::size_t whole = std::min(digits.find('.'), digits.size());
  if (whole < 5) return digits;  // four digits read well unparted
  for (std::size_t i = whole; i > 3;) digits.insert(i -= 3, "\u202F");
  return digits;
}

std::string raised(std::string_view exponent) {
  constexpr std::string_view kDigits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string result;
  for (const char c : exponent) result += c == '-' ? "⁻" : kDigits[c - '0'];
  return result;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.e-") == std::string_view::npos &&
         text.find_first_of("0123456789") != std::string_view::npos;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    const std::string_view special = entity(text.front());
    result += length == 0 ? kReplacement : !special.empty() ? special : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result;
}

std::string coordinate(double value) {
  const long long tenths = std::llround(value * 10);
  const long long magnitude = std::llabs(tenths);
  const char* sign = tenths < 0 ? "-" : "";
  if (magnitude % 10 == 0) return fmt::format("{}{}", sign, magnitude / 10);
  return fmt::format("{}{}.{}", sign, magnitude / 10, magnitude % 10);
}

std::string path_data(const std::vector<std::vector<Pixel>>& pieces, Ends ends) {
  std::string data;
  for (const std::vector<Pixel>& piece : pieces) {
    for (std::size_t i = 0; i < piece.size(); ++i) {
      data += i == 0 ? "M" : " ";
      data += coordinate(piece[i].x) + "," + coordinate(piece[i].y);
    }
    if (piece.size() == 1) data += "h0";
    if (ends == Ends::closed) data += "Z";
  }
  return data;
}

std::string typeset(std::string_view tick) {
  if (!is_number(tick)) return std::string(tick);
  const bool negative = tick.front() == '-';
  if (negative) tick.remove_prefix(1);
  const std::size_t e = tick.find('e');
  std::string result = parted_by_thousands(std::string(tick.substr(0, e)));
  if (e != std::string_view::npos) {
    result = (result == "1" ? "10" : result + "×10") + raised(tick.substr(e + 1));
  }
  return (negative ? "−" : "") + result;
}

double text_width(std::string_view text, double size) {
  double widths = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 && byte < 0xC0) continue;  // not the first byte of its character
    const std::string_view narrow = " .,:;'|!ijlft()[]", wide = "mwMW@%";
    widths += narrow.find(c) != narrow.npos ? 0.35
              : wide.find(c) != wide.npos   ? 0.95
              : c >= 'A' && c <= 'Z'        ? 0.7
                                            : 0.62;
  }
  return widths * size;
}

}  // namespace calando::plot
