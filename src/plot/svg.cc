// SPDX-License-Identifier: MIT
#include "src/plot/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "src/plot/layout.h"
#include "src/plot/markup.h"
#include "src/plot/palette.h"
#include "src/plot/svg_layers.h"

namespace calando::plot {
namespace {

constexpr double kSmall = 12;  // size of all text but the title
constexpr double kLineHeight = 18;
constexpr double kTitleHeight = 26;
constexpr double kSample = 28;   // a legend's sample and the space after it
constexpr double kEdge = 14;     // of the picture
constexpr double kOverhang = 4;  // half of a line's width may lie outside the frame

struct LegendEntry {
  std::size_t layer = 0;
  double x = 0;
  std::size_t row = 0;
};

/// The named series side by side, in as many rows as they need.
std::vector<LegendEntry> legend(const Figure& figure, double width) {
  std::vector<LegendEntry> entries;
  double x = kEdge;
  std::size_t row = 0;
  for (std::size_t i = 0; i < figure.layers.size(); ++i) {
    const std::string name = series_name(figure.layers[i]);
    if (name.empty()) continue;
    const double wide = kSample + text_width(name, kSmall);
    if (x > kEdge && x + wide > width - kEdge) {
      x = kEdge;
      ++row;
    }
    entries.push_back({i, x, row});
    x += wide + 20;
  }
  return entries;
}

double widest(const std::vector<Tick>& ticks) {
  double width = 0;
  for (const Tick& tick : ticks) width = std::max(width, text_width(typeset(tick.text), kSmall));
  return width;
}

/// The element, part by part, from the top of the page to the bottom.
class Page {
 public:
  Page(const Figure& figure, const SvgOptions& options)
      : figure_(figure), options_(options), legend_(legend(figure, options.width)) {
    const double above = header_height(), below = footer_height();
    const Room room{static_cast<int>(std::clamp(options.width / 80, 2.0, 12.0)),
                    static_cast<int>(std::clamp((options.height - above - below) / 45, 2.0, 10.0))};
    layout_ = settle(figure, room);
    const double left = kEdge + (layout_.y.ticks.empty() ? 0 : widest(layout_.y.ticks) + 8);
    const double last =
        layout_.x.ticks.empty() ? 0 : text_width(typeset(layout_.x.ticks.back().text), kSmall) / 2;
    frame_ = {left, above, std::max(options.width - left - std::max(kEdge, last), 10.0),
              std::max(options.height - above - below, 10.0)};
    make_cells_square();
  }

  std::string draw() {
    open();
    add_header();
    add_grid();
    const Frame clip{frame_.left - kOverhang, frame_.top - kOverhang, frame_.width + 2 * kOverhang,
                     frame_.height + 2 * kOverhang};
    add(R"svg(<svg x="{}" y="{}" width="{}" height="{}"><g transform="translate({} {})">)svg",
        coordinate(clip.left), coordinate(clip.top), coordinate(clip.width), coordinate(clip.height),
        kOverhang, kOverhang);
    svg_ += svg_layers(figure_, layout_, frame_);
    svg_ += "</g></svg>";
    add_labels();
    svg_ += options_.use == Use::file ? "</svg>\n" : "</svg>";
    return std::move(svg_);
  }

 private:
  template <class... Values>
  void add(fmt::format_string<Values...> form, Values&&... values) {
    fmt::format_to(std::back_inserter(svg_), form, std::forward<Values>(values)...);
  }

  double header_height() const {
    double height = kEdge - 4;
    if (!figure_.title.empty()) height += kTitleHeight;
    if (!legend_.empty()) height += static_cast<double>(legend_.back().row + 1) * kLineHeight + 6;
    if (!figure_.y.label.empty()) height += kLineHeight + 4;
    return height + 4;
  }
  double footer_height() const { return kEdge + 16 + (figure_.x.label.empty() ? 0 : kLineHeight); }

  void make_cells_square() {
    for (const Layer& layer : figure_.layers) {
      const auto* cells = std::get_if<Cells>(&layer);
      if (cells == nullptr) continue;
      const auto columns = static_cast<double>(cells->columns), rows = static_cast<double>(cells->rows);
      const double size = std::min(frame_.width / columns, frame_.height / rows);
      frame_.width = size * columns;
      frame_.height = size * rows;
    }
  }

  void open() {
    const std::string description = figure_.description.empty() ? figure_.title : figure_.description;
    const char* space = options_.use == Use::file ? R"( xmlns="http://www.w3.org/2000/svg")" : "";
    add(R"(<svg{} class="calando-plot" viewBox="0 0 {} {}" width="{}" height="{}" role="img")", space,
        coordinate(options_.width), coordinate(options_.height), coordinate(options_.width),
        coordinate(options_.height));
    add(R"( aria-label="{}">)", escaped(description));
    if (!figure_.title.empty()) add("<title>{}</title>", escaped(figure_.title));
    if (!description.empty()) add("<desc>{}</desc>", escaped(description));
    if (options_.use == Use::file) add("<style>{}</style>", style_sheet());
    svg_ += R"(<rect class="paper" width="100%" height="100%"/>)";
  }

  void add_header() {
    double y = kEdge - 4;
    if (!figure_.title.empty()) {
      add(R"(<text class="title" x="{}" y="{}">{}</text>)", kEdge, coordinate(y + 16),
          escaped(figure_.title));
      y += kTitleHeight;
    }
    const std::vector<std::size_t> numbers = series_numbers(figure_);
    for (const LegendEntry& entry : legend_) {
      const double middle = y + 9 + static_cast<double>(entry.row) * kLineHeight;
      const Layer& layer = figure_.layers[entry.layer];
      svg_ += svg_sample(layer, numbers[entry.layer], entry.x, middle);
      add(R"(<text x="{}" y="{}">{}</text>)", coordinate(entry.x + kSample), coordinate(middle + 4),
          escaped(series_name(layer)));
    }
    if (!figure_.y.label.empty()) {
      add(R"(<text class="muted" x="{}" y="{}">{}</text>)", kEdge, coordinate(frame_.top - 14),
          escaped(figure_.y.label));
    }
  }

  bool has_areas() const {
    return std::any_of(figure_.layers.begin(), figure_.layers.end(), [](const Layer& layer) {
      return std::holds_alternative<Contours>(layer) || std::holds_alternative<Cells>(layer);
    });
  }

  /// The lines behind the data; areas would hide them and get short ticks outside the frame instead.
  void add_grid() {
    const bool areas = has_areas();
    std::vector<std::vector<Pixel>> lines, marks;
    for (const Tick& tick : layout_.y.ticks) {
      const double y = frame_.top + frame_.at({0, layout_.y.scale.place(tick.value)}).y;
      lines.push_back({{frame_.left, y}, {frame_.left + frame_.width, y}});
    }
    for (const Tick& tick : layout_.x.ticks) {
      const double x = frame_.left + frame_.at({layout_.x.scale.place(tick.value), 0}).x;
      marks.push_back({{x, frame_.top + frame_.height}, {x, frame_.top + frame_.height + 4}});
    }
    const bool bare = layout_.x.ticks.empty() && layout_.y.ticks.empty();
    if (!areas && !lines.empty()) add(R"(<path class="grid" d="{}"/>)", path_data(lines, Ends::open));
    if (bare) return;
    const double bottom = frame_.top + frame_.height;
    if (!areas) marks.push_back({{frame_.left, bottom}, {frame_.left + frame_.width, bottom}});
    if (!marks.empty()) add(R"(<path class="axis" d="{}"/>)", path_data(marks, Ends::open));
  }

  void add_labels() {
    const double bottom = frame_.top + frame_.height;
    for (const Tick& tick : layout_.y.ticks) {
      const double y = frame_.top + frame_.at({0, layout_.y.scale.place(tick.value)}).y;
      add(R"(<text class="muted" x="{}" y="{}" text-anchor="end">{}</text>)", coordinate(frame_.left - 8),
          coordinate(y + 4), escaped(typeset(tick.text)));
    }
    for (const Tick& tick : layout_.x.ticks) {
      const double x = frame_.left + frame_.at({layout_.x.scale.place(tick.value), 0}).x;
      add(R"(<text class="muted" x="{}" y="{}" text-anchor="middle">{}</text>)", coordinate(x),
          coordinate(bottom + 18), escaped(typeset(tick.text)));
    }
    if (figure_.x.label.empty()) return;
    add(R"(<text class="muted" x="{}" y="{}" text-anchor="end">{}</text>)",
        coordinate(frame_.left + frame_.width), coordinate(bottom + 18 + kLineHeight),
        escaped(figure_.x.label));
  }

  const Figure& figure_;
  SvgOptions options_;
  std::vector<LegendEntry> legend_;
  Layout layout_;
  Frame frame_;
  std::string svg_;
};

}  // namespace

std::string to_svg(const Figure& figure, const SvgOptions& options) { return Page(figure, options).draw(); }

}  // namespace calando::plot
