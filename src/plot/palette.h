// SPDX-License-Identifier: MIT
// The colours and dashes that tell series apart, on light paper, on dark, and in a terminal.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace calando::plot {

struct Style {
  std::string_view light;  // #rrggbb on kLight.paper
  std::string_view dark;   // #rrggbb on kDark.paper
  std::string_view dash;   // SVG stroke-dasharray; empty: solid
  int terminal;            // of the 256 colours of xterm
};

/// Okabe and Ito's hues (2008, "Color Universal Design"), told apart with every common colour blindness,
/// darkened or lightened until each stands out from its paper by 3 : 1 or more (WCAG 2.1, 1.4.11).
inline constexpr std::array<Style, 7> kSeries = {{
    {"#0a66b0", "#62b0f4", "", 33},
    {"#cc4e0c", "#ff9259", "7 3", 208},
    {"#00845c", "#3cc99a", "2 2.5", 36},
    {"#a8438f", "#e08fcb", "9 3 2 3", 175},
    {"#8f6c00", "#d8b03a", "4 2", 178},
    {"#1b8db5", "#7bd4ec", "1 3", 80},
    {"#5c5c5c", "#b4b4b4", "12 3", 248},
}};

inline const Style& series_style(std::size_t number) { return kSeries[number % kSeries.size()]; }

struct Paper {
  std::string_view paper, ink, muted, axis, grid;
};

inline constexpr Paper kLight = {"#ffffff", "#1c1c1e", "#5b5b60", "#8e8e93", "#e7e7ea"};
inline constexpr Paper kDark = {"#151619", "#ececee", "#a5a6ab", "#77787e", "#2b2d32"};

/// The fonts of the reader's system.
inline constexpr std::string_view kFonts =
    "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif";

/// The rules of style for every picture of to_svg(), once for a page that holds several.
std::string style_sheet();

}  // namespace calando::plot
