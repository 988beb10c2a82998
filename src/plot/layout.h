// SPDX-License-Identifier: MIT
// The axes of a figure settled: its scales from data and wishes, its ticks, and which style each series has.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "src/plot/figure.h"

namespace calando::plot {

struct SettledAxis {
  Scale scale;
  std::vector<Tick> ticks;
};

struct Layout {
  SettledAxis x;
  SettledAxis y;
};

/// How many ticks an axis has room for.
struct Room {
  int x_ticks = 8;
  int y_ticks = 6;
};

/// Throws:  UsageError as check(figure)
Layout settle(const Figure& figure, const Room& room);

/// The number of each layer's series, counted over lines, points and bars; 0 for the others.
std::vector<std::size_t> series_numbers(const Figure& figure);

/// The name of a layer's series, empty where it has none.
std::string series_name(const Layer& layer);

/// The place of a point in the unit square, y upward.
struct Place {
  double x = 0;
  double y = 0;
};

/// Calls use(Place) for each point of a line or a cloud; a point without a place has NaN in x or y.
template <class Series, class Use>
void each_place(const Series& series, const Layout& layout, Use use) {
  for (std::size_t i = 0; i < series.y.size(); ++i) {
    const double x = series.x.empty() ? static_cast<double>(i) : series.x[i];
    use(Place{layout.x.scale.place(x), layout.y.scale.place(series.y[i])});
  }
}

}  // namespace calando::plot
