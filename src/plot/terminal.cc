// SPDX-License-Identifier: MIT
#include "src/plot/terminal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "calando/error.h"
#include "src/plot/canvas.h"
#include "src/plot/contour.h"
#include "src/plot/layout.h"
#include "src/plot/markup.h"
#include "src/plot/terminal_cells.h"

namespace calando::plot {
namespace {

constexpr Pen kBackground = {0, true, "100"};

struct Box {
  std::string_view side, tick, corner, floor, floor_tick;
};
constexpr Box kLines = {"│", "┤", "└", "─", "┬"};
constexpr Box kPlain = {"|", "+", "+", "-", "+"};

/// Draws layers onto a canvas.
class Drawing {
 public:
  Drawing(const Layout& layout, const TerminalOptions& options, Canvas& canvas)
      : layout_(layout), options_(options), canvas_(canvas) {}

  void draw(const Layer& layer, std::size_t series) {
    pen_ = series_pen(series, options_.colour);
    std::visit(*this, layer);
  }

  void operator()(const Line& line) {
    LineReducer reducer;
    each_place(line, layout_, [&](Place place) { reducer.add(within_reach(at(place))); });
    for (const std::vector<Pixel>& piece : reducer.finish()) trace(piece, pen_);
  }
  void operator()(const Points& points) {
    each_place(points, layout_, [&](Place place) { canvas_.dot(at(place), pen_); });
  }
  void operator()(const Bars& bars) {
    const double base = at({0, layout_.y.scale.place(0)}).y;
    for (std::size_t i = 0; i < bars.heights.size(); ++i) {
      const Pixel from = at({layout_.x.scale.place(bars.edges[i]), layout_.y.scale.place(bars.heights[i])});
      const Pixel to = at({layout_.x.scale.place(bars.edges[i + 1]), 0});
      if (bars.heights[i] == 0 || std::isnan(from.x + from.y + to.x + base)) continue;
      for (double x = std::ceil(from.x); x < std::max(to.x - 0.5, from.x + 0.5); ++x) {
        canvas_.line({x, from.y}, {x, base}, Pen{pen_.series});
      }
    }
  }
  void operator()(const Contours& contours) {
    const std::vector<double> levels =
        contours.levels.empty() ? contour_levels(contours.values) : contours.levels;
    for (std::size_t i = 0; i < levels.size(); i += 3) {  // every third: a character is coarse
      for (const std::vector<Place>& line : contour_lines(contours, levels[i])) {
        std::vector<Pixel> pixels;
        for (const Place p : line) {
          pixels.push_back(at({layout_.x.scale.place(std::lerp(contours.x_low, contours.x_high, p.x)),
                               layout_.y.scale.place(std::lerp(contours.y_low, contours.y_high, p.y))}));
        }
        if (!pixels.empty()) pixels.push_back(pixels.front());
        trace(pixels, kBackground);
      }
    }
  }
  void operator()(const Mark& mark) {
    const bool ascii = options_.symbols == Symbols::ascii;
    const std::string_view shape = mark.shape == Shape::cross  ? (ascii ? "x" : "×")
                                   : mark.shape == Shape::ring ? (ascii ? "o" : "○")
                                                               : (ascii ? "@" : "●");
    const Pixel place = at({layout_.x.scale.place(mark.x), layout_.y.scale.place(mark.y)});
    if (std::isnan(place.x) || std::isnan(place.y)) return;
    std::string text(shape);
    if (!mark.text.empty()) text.append(" ").append(printable(mark.text));
    const double left =
        std::max(0.0, std::min(place.x, canvas_.width() - 2.0 * static_cast<double>(character_count(text))));
    canvas_.put(static_cast<std::size_t>(left / 2),
                static_cast<std::size_t>(std::clamp(place.y, 0.0, canvas_.height() - 1) / 4), text);
  }
  void operator()(const Guide& guide) {
    const bool vertical = guide.direction == Direction::vertical;
    const double place = (vertical ? layout_.x : layout_.y).scale.place(guide.value);
    if (!(place >= 0 && place <= 1)) return;
    canvas_.line(at(vertical ? Place{place, 0} : Place{0, place}),
                 at(vertical ? Place{place, 1} : Place{1, place}), Pen{0, true, "10"});
    const Pixel end = at(vertical ? Place{place, 1} : Place{0.01, place});
    canvas_.put(static_cast<std::size_t>(end.x / 2) + 1, static_cast<std::size_t>(end.y / 4),
                printable(guide.text));
  }
  void operator()(const Cells&) {}  // drawn by terminal_cells()

 private:
  Pixel at(Place place) const {
    return {place.x * (canvas_.width() - 1), (1 - place.y) * (canvas_.height() - 1)};
  }

  void trace(const std::vector<Pixel>& piece, const Pen& pen) {
    if (piece.size() == 1) canvas_.dot(piece.front(), pen);
    for (std::size_t i = 1; i < piece.size(); ++i) canvas_.line(piece[i - 1], piece[i], pen);
  }

  const Layout& layout_;
  const TerminalOptions& options_;
  Canvas& canvas_;
  Pen pen_;
};

std::string tick_label(const Tick& tick, Symbols symbols) {
  return symbols == Symbols::ascii ? printable(tick.text) : typeset(printable(tick.text));
}

std::string heading(const Figure& figure, const TerminalOptions& options) {
  std::string text = figure.title.empty() ? "" : printable(figure.title) + "\n";
  const std::vector<std::size_t> numbers = series_numbers(figure);
  for (std::size_t i = 0; i < figure.layers.size(); ++i) {
    const std::string name = series_name(figure.layers[i]);
    if (name.empty()) continue;
    const Pen pen = series_pen(numbers[i], options.colour);
    Canvas sample(6, 1);
    sample.line({0, 2}, {11, 2}, pen);
    text += sample.row(0, options.symbols, options.colour) + " " + printable(name) + "\n";
  }
  if (!figure.y.label.empty()) text += printable(figure.y.label) + "\n";
  return text;
}

/// The floor line, the labels of its ticks as far as they keep apart, and the axis' own label at the right.
std::string footing(const SettledAxis& axis, const std::string& label, std::size_t margin,
                    std::size_t columns, Symbols symbols) {
  const Box& box = symbols == Symbols::ascii ? kPlain : kLines;
  std::vector<std::string_view> floor(columns, box.floor);
  Canvas labels(margin + 1 + columns, 1);
  std::size_t free_from = 0;
  for (const Tick& tick : axis.ticks) {
    const double place = axis.scale.place(tick.value);
    if (!(place >= -1e-9 && place <= 1 + 1e-9)) continue;
    const auto column =
        static_cast<std::size_t>(std::lround(std::clamp(place, 0.0, 1.0) * static_cast<double>(columns - 1)));
    const std::string text = tick_label(tick, symbols);
    const std::size_t width = character_count(text);
    const std::size_t middle = margin + 1 + column;
    const std::size_t start =
        std::min(middle - std::min(middle, width / 2), margin + 1 + columns - std::min(columns, width));
    if (start < free_from) continue;
    floor[column] = box.floor_tick;
    labels.put(start, 0, text);
    free_from = start + width + 1;
  }
  std::string text = std::string(margin, ' ') + std::string(box.corner);
  for (const std::string_view piece : floor) text += piece;
  text.append("\n").append(labels.row(0, symbols, Colour::none)).append("\n");
  if (label.empty()) return text;
  const std::string name = printable(label);
  const std::size_t width = margin + 1 + columns;
  return text + std::string(width - std::min(width, character_count(name)), ' ') + name + "\n";
}

/// The rows of the canvas with the vertical axis before them.
std::string body(const SettledAxis& axis, const Canvas& canvas, std::size_t margin,
                 const TerminalOptions& options) {
  const Box& box = options.symbols == Symbols::ascii ? kPlain : kLines;
  std::vector<std::string> labels(options.rows);
  for (const Tick& tick : axis.ticks) {
    const double place = axis.scale.place(tick.value);
    if (!(place >= -1e-9 && place <= 1 + 1e-9)) continue;
    const double dot = std::round((1 - std::clamp(place, 0.0, 1.0)) * (canvas.height() - 1));
    std::string& label = labels[static_cast<std::size_t>(dot / 4)];
    if (label.empty()) label = tick_label(tick, options.symbols);
  }
  std::string text;
  for (std::size_t row = 0; row < options.rows; ++row) {
    const std::string& label = labels[row];
    text += std::string(margin - 1 - character_count(label), ' ') + label + " ";
    text += label.empty() ? box.side : box.tick;
    text += canvas.row(row, options.symbols, options.colour) + "\n";
  }
  return text;
}

std::string plot_text(const Figure& figure, const TerminalOptions& options) {
  const Room room{static_cast<int>(std::max<std::size_t>(options.columns / 12, 2)),
                  static_cast<int>(std::clamp<std::size_t>(options.rows / 3, 2, 8))};
  const Layout layout = settle(figure, room);
  std::size_t margin = 1;
  for (const Tick& tick : layout.y.ticks) {
    margin = std::max(margin, character_count(tick_label(tick, options.symbols)) + 1);
  }
  const std::size_t columns =
      std::max<std::size_t>(options.columns - std::min(options.columns, margin + 1), 10);
  Canvas canvas(columns, options.rows);
  Drawing drawing(layout, options, canvas);
  const std::vector<std::size_t> numbers = series_numbers(figure);
  for (std::size_t i = 0; i < figure.layers.size(); ++i) drawing.draw(figure.layers[i], numbers[i]);
  return body(layout.y, canvas, margin, options) +
         footing(layout.x, figure.x.label, margin, columns, options.symbols);
}

}  // namespace

std::string to_terminal(const Figure& figure, const TerminalOptions& options) {
  if (options.columns < 20 || options.rows < 2) {
    throw UsageError(fmt::format("picture of {} columns and {} rows, expected 20 and 2 or more",
                                 options.columns, options.rows));
  }
  check(figure);
  const std::string head = heading(figure, options);
  for (const Layer& layer : figure.layers) {
    if (const auto* cells = std::get_if<Cells>(&layer)) return head + terminal_cells(figure, *cells, options);
  }
  return head + plot_text(figure, options);
}

}  // namespace calando::plot
