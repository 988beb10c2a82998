// SPDX-License-Identifier: MIT
#include "src/io/csv_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "src/io/decimal.h"

namespace calando::io {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// "nan", "inf" or "infinity" with any sign and case.
bool is_not_finite(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  const auto is = [text](std::string_view word) {
    return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                      [](char a, char b) { return (a | 0x20) == b; });
  };
  return is("nan") || is("inf") || is("infinity");
}

}  // namespace

std::string Cell::value() const {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    result += text[at];
    if (quoted && text[at] == '"') ++at;
  }
  return result;
}

CellScanner::CellScanner(char separator) : separator_(separator) {
  for (const char c : {separator, '\n', '"', '\0'}) stops_[static_cast<unsigned char>(c)] = true;
}

const char* CellScanner::scan(const char* p, const char* end, Cell& cell) const {
  if (*p == '"') return scan_quoted(p + 1, end, cell);
  const char* const start = p;
  while (!stops_[static_cast<unsigned char>(*p)]) ++p;
  if (*p == '"') throw Malformed{p, "a quote inside an unquoted cell: quote the cell and double its quotes"};
  if (*p == '\0') throw Malformed{p, "a zero byte in the text"};
  const bool crlf = *p == '\n' && p > start && p[-1] == '\r';
  cell = {{start, static_cast<std::size_t>(p - start) - (crlf ? 1 : 0)}, false, false};
  return p;
}

const char* CellScanner::scan_quoted(const char* p, const char* end, Cell& cell) const {
  const char* const start = p;
  bool doubled = false;
  while (true) {
    p = static_cast<const char*>(std::memchr(p, '"', static_cast<std::size_t>(end - p)));
    if (p == nullptr) throw Malformed{start - 1, "a quote that is never closed", true};
    if (p[1] != '"') break;
    doubled = true;
    p += 2;
  }
  const auto size = static_cast<std::size_t>(p - start);
  if (const void* nul = std::memchr(start, '\0', size)) {
    throw Malformed{static_cast<const char*>(nul), "a zero byte in the text"};
  }
  cell = {{start, size}, true, doubled};
  ++p;
  if (p[0] == '\r' && p[1] == '\n') ++p;
  if (*p != separator_ && *p != '\n') throw Malformed{p, "text behind a closing quote"};
  return p;
}

NumberForm read_number(std::string_view text, float& out) {
  text = trimmed(text);
  if (to_float32(text.data(), text.data() + text.size(), out)) return NumberForm::finite;
  return is_not_finite(text) ? NumberForm::not_finite : NumberForm::none;
}

std::string shown(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  std::string result = "\"";
  for (const char c : text.substr(0, kLongest)) {
    const auto byte = static_cast<unsigned char>(c);
    result += byte < 0x20 || byte == 0x7F ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  return result + (text.size() > kLongest ? "...\"" : "\"");
}

}  // namespace calando::io
