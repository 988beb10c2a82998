// SPDX-License-Identifier: MIT
#include "src/plot/svg_layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "src/plot/contour.h"
#include "src/plot/markup.h"
#include "src/plot/palette.h"

namespace calando::plot {
namespace {

constexpr double kSampleWidth = 22;
constexpr double kMarkRadius = 4.5;
constexpr double kNoteHeight = 15;
constexpr double kPointRadius = 2.6;
constexpr double kDotDistance = 7;  // nearer ones would hide their line

std::string dash_of(std::size_t series) {
  const std::string_view dash = series_style(series).dash;
  return dash.empty() ? "" : fmt::format(R"( stroke-dasharray="{}")", dash);
}

std::string dot_element(Pixel at, double radius) {
  return fmt::format(R"(<circle cx="{}" cy="{}" r="{}"/>)", coordinate(at.x), coordinate(at.y), radius);
}

/// Draws one layer after the other into one text.
class Drawing {
 public:
  Drawing(const Layout& layout, const Frame& frame) : layout_(layout), frame_(frame) {}

  void draw(const Layer& layer, std::size_t series) {
    series_ = series % kSeries.size();
    std::visit(*this, layer);
  }
  std::string take() { return std::move(svg_); }

  void operator()(const Line& line) {
    LineReducer reducer;
    each_place(line, layout_, [&](Place place) { reducer.add(within_reach(frame_.at(place))); });
    const std::string data = path_data(reducer.finish(), Ends::open);
    if (!data.empty()) {
      add(R"(<path class="line{} s{}"{} d="{}"/>)", line.faint ? " faint" : "", series_, dash_of(series_),
          data);
    }
    if (line.dots) add_dots(line);
  }

  void operator()(const Points& points) {
    add(R"(<g class="points f{}">)", series_);
    each_place(points, layout_, [&](Place place) {
      if (inside(place)) svg_ += dot_element(frame_.at(place), kPointRadius);
    });
    svg_ += "</g>";
  }

  void operator()(const Bars& bars) {
    const double base = frame_.at({0, layout_.y.scale.place(0)}).y;
    add(R"(<g class="bars f{}">)", series_);
    for (std::size_t i = 0; i < bars.heights.size(); ++i) {
      const Pixel from =
          frame_.at({layout_.x.scale.place(bars.edges[i]), layout_.y.scale.place(bars.heights[i])});
      const Pixel to = frame_.at({layout_.x.scale.place(bars.edges[i + 1]), 0});
      if (std::isnan(from.x) || std::isnan(from.y) || std::isnan(to.x) || from.y == base) continue;
      add(R"(<rect x="{}" y="{}" width="{}" height="{}"/>)", coordinate(from.x + 0.5),
          coordinate(std::min(from.y, base)), coordinate(std::max(to.x - from.x - 1, 0.5)),
          coordinate(std::abs(base - from.y)));
    }
    svg_ += "</g>";
  }

  /// Each band lies over the next higher one and is a little darker for it: the lowest ground is the darkest.
  void operator()(const Contours& contours) {
    const std::vector<double> levels =
        contours.levels.empty() ? contour_levels(contours.values) : contours.levels;
    const Pixel low =
        frame_.at({layout_.x.scale.place(contours.x_low), layout_.y.scale.place(contours.y_low)});
    const Pixel high =
        frame_.at({layout_.x.scale.place(contours.x_high), layout_.y.scale.place(contours.y_high)});
    add(R"(<svg width="{}" height="{}">)", coordinate(frame_.width), coordinate(frame_.height));
    for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
      std::vector<std::vector<Pixel>> lines;
      for (const std::vector<Place>& line : contour_lines(contours, *level)) {
        LineReducer reducer;
        for (const Place p : line)
          reducer.add({std::lerp(low.x, high.x, p.x), std::lerp(low.y, high.y, p.y)});
        for (std::vector<Pixel>& piece : reducer.finish()) lines.push_back(std::move(piece));
      }
      if (!lines.empty()) add(R"(<path class="band level" d="{}"/>)", path_data(lines, Ends::closed));
    }
    svg_ += "</svg>";
  }

  void operator()(const Cells& cells) {
    const auto [low, high] = finite_range(cells.values);
    for (std::size_t r = 0; r < cells.rows; ++r) {
      for (std::size_t c = 0; c < cells.columns; ++c) {
        const double value = cells.values[r * cells.columns + c];
        add_cell(r, c, high > low ? (value - low) / (high - low) : std::isnan(value) ? value : 0.5);
        if (!std::isnan(value)) add_cell_content(cells, r, c);
      }
    }
  }

  void operator()(const Mark& mark) {
    const Pixel at = frame_.at({layout_.x.scale.place(mark.x), layout_.y.scale.place(mark.y)});
    if (std::isnan(at.x) || std::isnan(at.y)) return;
    if (mark.shape == Shape::cross) {
      const double arm = kMarkRadius * 0.9;
      const std::string data = path_data({{{at.x - arm, at.y - arm}, {at.x + arm, at.y + arm}},
                                          {{at.x - arm, at.y + arm}, {at.x + arm, at.y - arm}}},
                                         Ends::open);
      add(R"(<path class="mark" d="{}"/>)", data);
    } else {
      add(R"(<circle class="mark{}" cx="{}" cy="{}" r="{}"/>)", mark.shape == Shape::dot ? " full" : "",
          coordinate(at.x), coordinate(at.y), kMarkRadius);
    }
    add_note({at.x, at.y}, mark.text);
  }

  void operator()(const Guide& guide) {
    const bool vertical = guide.direction == Direction::vertical;
    const double place = (vertical ? layout_.x : layout_.y).scale.place(guide.value);
    if (!(place >= 0 && place <= 1)) return;
    const Pixel from = frame_.at(vertical ? Place{place, 0} : Place{0, place});
    const Pixel to = frame_.at(vertical ? Place{place, 1} : Place{1, place});
    add(R"(<path class="guide" d="{}"/>)", path_data({{from, to}}, Ends::open));
    add_note(vertical ? Pixel{to.x - 4, to.y + 14 + kNoteHeight * static_cast<double>(guides_++ % 5)}
                      : Pixel{from.x - 4, from.y - 2},
             guide.text);
  }

 private:
  template <class... Values>
  void add(fmt::format_string<Values...> form, Values&&... values) {
    fmt::format_to(std::back_inserter(svg_), form, std::forward<Values>(values)...);
  }

  static bool inside(Place place) { return place.x >= 0 && place.x <= 1 && place.y >= 0 && place.y <= 1; }

  /// A dot at each point that stands clear of the dot before it.
  void add_dots(const Line& line) {
    std::vector<std::vector<Pixel>> dots;
    each_place(line, layout_, [&](Place place) {
      const Pixel at = frame_.at(place);
      const bool clear =
          dots.empty() || std::hypot(at.x - dots.back()[0].x, at.y - dots.back()[0].y) >= kDotDistance;
      if (inside(place) && clear) dots.push_back({at});
    });
    if (!dots.empty()) add(R"(<path class="dots s{}" d="{}"/>)", series_, path_data(dots, Ends::open));
  }

  /// A few words beside a point, on the side where there is room.
  void add_note(Pixel at, const std::string& text) {
    if (text.empty()) return;
    const double width = text_width(text, 12) + 10;
    const bool left = at.x + width > frame_.width && at.x > width;
    add(R"(<text class="halo" x="{}" y="{}"{}>{}</text>)", coordinate(at.x + (left ? -9 : 9)),
        coordinate(std::max(at.y - 4, 11.0)), left ? R"( text-anchor="end")" : "", escaped(text));
  }

  static std::pair<double, double> finite_range(const std::vector<double>& values) {
    double low = INFINITY, high = -INFINITY;
    for (const double value : values) {
      if (!std::isfinite(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
    return {low, high};
  }

  Pixel cell_corner(std::size_t r, std::size_t c) const {
    return frame_.at(
        {layout_.x.scale.place(static_cast<double>(c)), layout_.y.scale.place(static_cast<double>(r))});
  }

  void add_cell(std::size_t r, std::size_t c, double shade) {
    const Pixel from = cell_corner(r, c), to = cell_corner(r + 1, c + 1);
    const std::string paint = std::isnan(shade)
                                  ? R"(class="wall")"
                                  : fmt::format(R"(class="f0 cell-frame" fill-opacity="{:.3f}")",
                                                0.03 + 0.57 * std::clamp(shade, 0.0, 1.0));
    add(R"(<rect {} x="{}" y="{}" width="{}" height="{}"/>)", paint, coordinate(from.x), coordinate(from.y),
        coordinate(to.x - from.x), coordinate(to.y - from.y));
  }

  void add_cell_content(const Cells& cells, std::size_t r, std::size_t c) {
    const std::size_t index = r * cells.columns + c;
    const Pixel from = cell_corner(r, c), to = cell_corner(r + 1, c + 1);
    const Arrow arrow = cells.arrows.empty() ? Arrow::none : cells.arrows[index];
    const bool labelled = !cells.labels.empty() && !cells.labels[index].empty();
    const double size = std::min(to.x - from.x, to.y - from.y);
    const double lift = labelled && arrow != Arrow::none ? size * 0.16 : 0;
    const Pixel middle{(from.x + to.x) / 2, (from.y + to.y) / 2};
    add_arrow(arrow, {middle.x, middle.y - lift}, size * 0.22);
    if (!labelled) return;
    add(R"(<text class="cell" x="{}" y="{}" text-anchor="middle">{}</text>)", coordinate(middle.x),
        coordinate(middle.y + 4 + (lift > 0 ? size * 0.26 : 0)), escaped(typeset(cells.labels[index])));
  }

  void add_arrow(Arrow arrow, Pixel at, double reach) {
    if (arrow == Arrow::none) return;
    if (arrow == Arrow::stay) {
      add(R"(<circle class="arrow" cx="{}" cy="{}" r="{}"/>)", coordinate(at.x), coordinate(at.y),
          coordinate(reach * 0.4));
      return;
    }
    const int turn = arrow == Arrow::right ? 0 : arrow == Arrow::down ? 90 : arrow == Arrow::left ? 180 : 270;
    const double back = reach * 0.4, wing = reach * 0.55;
    const std::string data =
        path_data({{{-reach, 0}, {reach, 0}}, {{back, -wing}, {reach, 0}, {back, wing}}}, Ends::open);
    add(R"svg(<path class="arrow" transform="translate({} {}) rotate({})" d="{}"/>)svg", coordinate(at.x),
        coordinate(at.y), turn, data);
  }

  const Layout& layout_;
  const Frame& frame_;
  std::size_t series_ = 0;
  std::size_t guides_ = 0;  // so far; their words stand one below the other
  std::string svg_;
};

}  // namespace

std::string svg_layers(const Figure& figure, const Layout& layout, const Frame& frame) {
  Drawing drawing(layout, frame);
  const std::vector<std::size_t> numbers = series_numbers(figure);
  for (std::size_t i = 0; i < figure.layers.size(); ++i) drawing.draw(figure.layers[i], numbers[i]);
  return drawing.take();
}

std::string svg_sample(const Layer& layer, std::size_t series, double x, double y) {
  const std::size_t style = series % kSeries.size();
  if (const auto* line = std::get_if<Line>(&layer)) {
    return fmt::format(R"(<path class="line{} s{}"{} d="M{},{}h{}"/>)", line->faint ? " faint" : "", style,
                       dash_of(style), coordinate(x), coordinate(y), kSampleWidth);
  }
  if (std::holds_alternative<Points>(layer)) {
    return fmt::format(R"(<g class="f{}">{}</g>)", style, dot_element({x + kSampleWidth / 2, y}, 3.2));
  }
  return fmt::format(R"(<rect class="bars f{}" x="{}" y="{}" width="12" height="9"/>)", style,
                     coordinate(x + 5), coordinate(y - 4.5));
}

}  // namespace calando::plot
