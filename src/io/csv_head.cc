// SPDX-License-Identifier: MIT
#include "src/io/csv_head.h"

#include <algorithm>
#include <utility>

#include "src/io/decimal.h"

namespace calando::io {
namespace {

constexpr std::size_t kFirstLook = std::size_t{1} << 16;
constexpr std::size_t kJudgedLines = 20;

/// How many separators a line has outside of quotes.
std::size_t count_separators(std::string_view line, char separator) {
  bool quoted = false;
  std::size_t count = 0;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    count += !quoted && c == separator ? 1 : 0;
  }
  return count;
}

/// How well a separator divides some lines: as many in each, then how many in the first.
std::pair<bool, std::size_t> fitness(std::string_view lines, char separator) {
  const std::size_t first = count_separators(lines.substr(0, lines.find('\n')), separator);
  bool even = first > 0;
  for (std::size_t line = 0; line < kJudgedLines && even; ++line) {
    const std::size_t size = lines.find('\n');
    if (size == std::string_view::npos) break;  // the last one may be cut off
    even = size == 0 || count_separators(lines.substr(0, size), separator) == first;
    lines.remove_prefix(size + 1);
  }
  return {even, first};
}

}  // namespace

CsvHead::CsvHead(Source& source) : source_(source) { look(kFirstLook); }

void CsvHead::grow() {
  if (!complete_) look(2 * size_);
}

void CsvHead::look(std::size_t size) {
  const std::string_view seen = source_.peek(size, size_);
  // A pipe may give less than asked for although there is more: it is at its end when it gives nothing new.
  complete_ = seen.size() == size_ || (seen.size() < size && !source_.live());
  size_ = seen.size();
  text_.assign(seen).append("\n").append(kDecimalPadding, ' ');
}

std::optional<CsvRow> CsvHead::row(std::size_t& at, const CellScanner& scanner) const {
  if (at >= size_) return std::nullopt;
  CsvRow cells;
  const char* p = text_.data() + at;
  const char* const end = text_.data() + size_ + 1;
  try {
    do {
      p = scanner.scan(p, end, cells.emplace_back());
    } while (*p++ == scanner.separator());
  } catch (const Malformed& malformed) {
    if (malformed.unclosed && !complete_) return std::nullopt;
    throw;
  }
  if (p == end && !complete_) return std::nullopt;
  at = static_cast<std::size_t>(p - text_.data());
  return cells;
}

char find_separator(std::string_view head) {
  char best = ',';
  std::pair<bool, std::size_t> best_fitness{false, 0};
  for (const char separator : {'\t', ';', ','}) {
    const auto candidate = fitness(head, separator);
    if (candidate > best_fitness) {
      best = separator;
      best_fitness = candidate;
    }
  }
  return best;
}

}  // namespace calando::io
