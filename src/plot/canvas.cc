// SPDX-License-Identifier: MIT
#include "src/plot/canvas.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "src/plot/palette.h"

namespace calando::plot {
namespace {

constexpr int kMuted = 245;  // grey of xterm's 256 colours
constexpr std::array<std::string_view, 4> kDashes = {"1", "1111000", "100", "1111100100"};
constexpr std::string_view kLetters = "*+ox#@%";

/// The share of a segment that lies between 0 and `size` along one axis, cut from [enter, leave].
void cut(double from, double to, double size, double& enter, double& leave) {
  const double run = to - from;
  if (run == 0) {
    if (from < 0 || from > size) leave = -1;
    return;
  }
  const double at_low = -from / run, at_high = (size - from) / run;
  enter = std::max(enter, std::min(at_low, at_high));
  leave = std::min(leave, std::max(at_low, at_high));
}

std::string utf8(std::uint32_t code) {  // of the range U+0800 to U+FFFF
  return {static_cast<char>(0xE0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3F)),
          static_cast<char>(0x80 | (code & 0x3F))};
}

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

}  // namespace

Pen series_pen(std::size_t series, Colour colour) {
  return {series, false, colour == Colour::none ? kDashes[series % kDashes.size()] : kDashes[0]};
}

void Canvas::dot(Pixel at, const Pen& pen) {
  constexpr std::uint8_t kBits[2][4] = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};
  if (!(at.x > -0.5 && at.y > -0.5 && at.x < width() - 0.5 && at.y < height() - 0.5)) return;
  const auto x = static_cast<std::size_t>(std::lround(at.x));
  const auto y = static_cast<std::size_t>(std::lround(at.y));
  Cell& cell = cells_[y / 4 * columns_ + x / 2];
  cell.dots |= kBits[x % 2][y % 4];
  cell.pen = pen;
}

void Canvas::line(Pixel from, Pixel to, const Pen& pen) {
  double enter = 0, leave = 1;
  cut(from.x, to.x, width() - 1, enter, leave);
  cut(from.y, to.y, height() - 1, enter, leave);
  if (enter > leave) return;
  const double length = std::max(std::abs(to.x - from.x), std::abs(to.y - from.y)) * (leave - enter);
  const auto steps = static_cast<std::size_t>(std::max(1.0, std::ceil(length)));
  for (std::size_t i = 0; i <= steps; ++i) {
    const double share = std::lerp(enter, leave, static_cast<double>(i) / static_cast<double>(steps));
    if (pen.dashes[drawn_ % pen.dashes.size()] == '1') {
      dot({std::lerp(from.x, to.x, share), std::lerp(from.y, to.y, share)}, pen);
    }
    if (i != 0) ++drawn_;
  }
}

void Canvas::put(std::size_t column, std::size_t row, std::string_view text) {
  while (!text.empty() && column < columns_ && row < rows_) {
    std::size_t length = 1;
    while (length < text.size() && !starts_character(text[length])) ++length;
    cells_[row * columns_ + column++].over = std::string(text.substr(0, length));
    text.remove_prefix(length);
  }
}

std::string Canvas::text_of(const Cell& cell, Symbols symbols) {
  if (!cell.over.empty()) return cell.over;
  if (cell.dots == 0) return " ";
  if (symbols == Symbols::braille) return utf8(0x2800u + cell.dots);
  return std::string(1, cell.pen.background ? '.' : kLetters[cell.pen.series % kLetters.size()]);
}

std::string Canvas::row(std::size_t number, Symbols symbols, Colour colour) const {
  const Cell* first = &cells_[number * columns_];
  const Cell* last = first + columns_;
  while (last != first && last[-1].dots == 0 && last[-1].over.empty()) --last;
  std::string result;
  while (first != last) {
    const Cell& start = *first;
    std::string run;  // of one colour
    do {
      run += text_of(*first++, symbols);
    } while (first != last && first->over.empty() == start.over.empty() && first->dots != 0 &&
             start.dots != 0 && first->pen.series == start.pen.series &&
             first->pen.background == start.pen.background);
    const bool plain = start.dots == 0 || !start.over.empty();
    result += plain ? run : coloured(run, start.pen, colour);
  }
  return result;
}

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::string printable(std::string_view text) {
  std::string result(text);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto byte = static_cast<unsigned char>(result[i]);
    // U+0080 to U+009F are control characters too; they are written as two bytes, the first 0xC2.
    const bool second_set =
        byte == 0xC2 && i + 1 < result.size() && static_cast<unsigned char>(result[i + 1]) < 0xA0;
    if (byte < 0x20 || byte == 0x7F) result[i] = '?';
    if (second_set) result.replace(i, 2, "?");
  }
  return result;
}

std::string coloured(std::string_view text, const Pen& pen, Colour colour) {
  if (colour == Colour::none) return std::string(text);
  const int code = pen.background ? kMuted : series_style(pen.series).terminal;
  return fmt::format("\033[38;5;{}m{}\033[0m", code, text);
}

}  // namespace calando::plot
