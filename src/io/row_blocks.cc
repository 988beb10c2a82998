// SPDX-License-Identifier: MIT
#include "src/io/row_blocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "calando/error.h"
#include "src/io/decimal.h"

namespace calando::io {
namespace {

// The newline that ends an unterminated last row, and what readers may look at behind it.
constexpr std::size_t kPadding = 1 + kDecimalPadding;

/// In stretches whose count fits a byte, because then the compiler counts 16 bytes or more at a time.
std::size_t count_lines(std::string_view text) {
  constexpr std::size_t kStretch = 240;
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at += kStretch) {
    std::uint8_t in_stretch = 0;
    for (const char c : text.substr(at, kStretch)) in_stretch += static_cast<std::uint8_t>(c == '\n');
    count += in_stretch;
  }
  return count;
}

}  // namespace

RowBlocks::RowBlocks(Source source, char quote, std::size_t line)
    : source_(std::move(source)), quote_(quote), line_(line) {}

std::vector<RowPiece> RowBlocks::next(std::size_t pieces) {
  // A small file needs no large buffer; of a pipe nothing is known.
  const std::size_t hint = source_.size_hint();
  const std::size_t room = hint == 0 ? pieces * kPieceBytes : std::min(hint + 1, pieces * kPieceBytes);
  buffer_.resize(std::max(buffer_.size(), room + kPadding));
  std::memmove(buffer_.data(), buffer_.data() + used_, size_ - used_);
  size_ -= std::exchange(used_, 0);

  std::vector<std::size_t> ends;
  while (ends.empty()) {
    const bool more = read_more();
    ends = row_ends(pieces);
    drop_blank_lines(ends);
    if (!more) break;
    if (ends.empty() && size_ > kLongestRow) {
      throw DataError::at_line(
          source_.name(), line_,
          fmt::format("a row longer than {} bytes: an unclosed quote, or no table", kLongestRow));
    }
  }
  std::vector<RowPiece> result;
  for (const std::size_t end : ends) {
    RowPiece piece{std::string_view(buffer_).substr(used_, end - used_), line_, 0};
    piece.lines = count_lines(piece.text);
    line_ += piece.lines;
    used_ = end;
    result.push_back(piece);
  }
  return result;
}

// Fills the buffer, or reads what a pipe has; false at the end of the source, where an unterminated row is
// terminated.
bool RowBlocks::read_more() {
  if (ended_) return false;
  if (size_ + kPadding >= buffer_.size()) buffer_.resize(2 * buffer_.size());
  do {
    const std::size_t count = source_.read(buffer_.data() + size_, buffer_.size() - kPadding - size_);
    size_ += count;
    ended_ = count == 0;
  } while (!ended_ && !source_.live() && size_ + kPadding < buffer_.size());
  if (!ended_) return true;
  if (size_ > 0 && buffer_[size_ - 1] != '\n') buffer_[size_++] = '\n';
  return false;
}

// Where to cut: behind the first row end past each share of the rows, and behind the last.
std::vector<std::size_t> RowBlocks::row_ends(std::size_t pieces) const {
  std::vector<std::size_t> ends;
  const std::string_view all(buffer_.data(), size_);
  const std::size_t share = std::max(size_ / pieces, std::size_t{1});
  std::size_t last = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < size_; quoted = !quoted) {
    const std::size_t stop = quote_ == '\0' ? size_ : std::min(all.find(quote_, at), size_);
    for (std::size_t from = at; !quoted && ends.size() + 1 < pieces;) {
      from = std::max(from, (ends.size() + 1) * share);
      const std::size_t found = from < stop ? all.substr(0, stop).find('\n', from) : std::string_view::npos;
      if (found == std::string_view::npos) break;
      ends.push_back(found + 1);
      from = found + 1;
    }
    const std::size_t newline = quoted ? std::string_view::npos : all.substr(at, stop - at).rfind('\n');
    if (newline != std::string_view::npos) last = at + newline + 1;
    at = stop + 1;
  }
  // An unclosed quote at the end of the file: its row is handed out for the reader of cells to refuse.
  if (ended_ && last < size_) last = size_;
  while (!ends.empty() && ends.back() >= last) ends.pop_back();
  if (last > 0) ends.push_back(last);
  return ends;
}

// Blank lines at the end of what has been read may be those that end the file: they wait for what follows.
void RowBlocks::drop_blank_lines(std::vector<std::size_t>& ends) const {
  if (ends.empty()) return;
  std::size_t end = ends.back();
  ends.pop_back();
  const auto blank_line = [&](std::size_t size) {
    return end >= size &&
           std::string_view("\r\n").substr(2 - size) == std::string_view(buffer_).substr(end - size, size) &&
           (end == size || buffer_[end - size - 1] == '\n');
  };
  while (end > 0 && (blank_line(1) || blank_line(2))) end -= blank_line(1) ? 1 : 2;
  while (!ends.empty() && ends.back() >= end) ends.pop_back();
  if (end > 0) ends.push_back(end);
}

}  // namespace calando::io
