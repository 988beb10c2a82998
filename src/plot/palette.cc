// SPDX-License-Identifier: MIT
#include "src/plot/palette.h"

#include <fmt/format.h>

#include <iterator>

namespace calando::plot {
namespace {

/// Sizes and shapes, the same on any paper.
constexpr std::string_view kShapes =
    ".calando-plot text{{font-family:{};font-size:12px;font-variant-numeric:tabular-nums}}"
    ".calando-plot .title{{font-size:15px;font-weight:600}}"
    ".calando-plot .cell{{font-size:11px}}"
    ".calando-plot .grid,.calando-plot .axis,.calando-plot .guide{{fill:none;stroke-width:1}}"
    ".calando-plot .guide{{stroke-dasharray:3 3}}"
    ".calando-plot .line{{fill:none;stroke-width:1.75;stroke-linejoin:round;stroke-linecap:round}}"
    ".calando-plot .faint{{stroke-width:1;stroke-opacity:.55}}"
    ".calando-plot .dots{{fill:none;stroke-width:4.5;stroke-linecap:round}}"
    ".calando-plot .level{{stroke-width:.75;stroke-opacity:.35}}"
    ".calando-plot .band{{fill-opacity:.04;fill-rule:evenodd}}"
    ".calando-plot .points{{fill-opacity:.45}}"
    ".calando-plot .bars{{fill-opacity:.75}}"
    ".calando-plot .arrow,.calando-plot .mark{{fill:none;stroke-width:1.5;stroke-linecap:round;"
    "stroke-linejoin:round}}";

/// What takes its colour from the paper.
constexpr std::string_view kColours =
    ".calando-plot .paper{{fill:{paper}}}"
    ".calando-plot text{{fill:{ink}}}"
    ".calando-plot .muted{{fill:{muted}}}"
    ".calando-plot .halo{{stroke:{paper};stroke-width:3;stroke-linejoin:round;paint-order:stroke}}"
    ".calando-plot .grid{{stroke:{grid}}}"
    ".calando-plot .axis,.calando-plot .guide{{stroke:{axis}}}"
    ".calando-plot .wall{{fill:{axis}}}"
    ".calando-plot .faint{{stroke-width:1;stroke-opacity:.55}}"
    ".calando-plot .dots{{fill:none;stroke-width:4.5;stroke-linecap:round}}"
    ".calando-plot .level{{stroke:{ink}}}"
    ".calando-plot .band{{fill:{ink}}}"
    ".calando-plot .arrow,.calando-plot .mark{{stroke:{ink}}}"
    ".calando-plot .mark.full{{fill:{ink}}}"
    ".calando-plot .cell-frame{{stroke:{paper};stroke-width:1}}";

void add_colours(const Paper& paper, bool dark, std::string& css) {
  auto out = std::back_inserter(css);
  fmt::format_to(out, kColours, fmt::arg("paper", paper.paper), fmt::arg("ink", paper.ink),
                 fmt::arg("muted", paper.muted), fmt::arg("axis", paper.axis), fmt::arg("grid", paper.grid));
  for (std::size_t i = 0; i < kSeries.size(); ++i) {
    const std::string_view colour = dark ? kSeries[i].dark : kSeries[i].light;
    fmt::format_to(out, ".calando-plot .s{0}{{stroke:{1}}}.calando-plot .f{0}{{fill:{1}}}", i, colour);
  }
}

}  // namespace

std::string style_sheet() {
  std::string css = fmt::format(kShapes, kFonts);
  add_colours(kLight, false, css);
  css += "@media screen and (prefers-color-scheme:dark){";
  add_colours(kDark, true, css);
  css += "}";
  return css;
}

}  // namespace calando::plot
