// SPDX-License-Identifier: MIT
// One chart of the report: a figure drawn twice, as a still picture and as data for the page's script.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "src/plot/figure.h"

namespace calando::training {

enum class ChartSize {
  small,  // two side by side
  tall,   // the same, about square
  wide    // across the page
};

struct Chart {
  std::string id;
  std::string caption;
  plot::Figure figure;      // its title is left to the caption
  std::string cursor;       // charts of one name share the reader's place along x; empty: its own
  bool log_switch = false;  // lets the reader choose the logarithm of y
  ChartSize size = ChartSize::small;
};

/// Makes long lines short, so that a run of any length fits.
Chart thinned(Chart chart);

/// The chart's element: caption, room for the live chart, and the still picture for paper and for pages without
/// scripts.
std::string chart_html(const Chart& chart);

/// What the script draws: axes and layers.
nlohmann::ordered_json chart_data(const Chart& chart);

/// Charts side by side, each thinned, their data added to `charts`.
std::string chart_grid(std::vector<Chart> list, nlohmann::ordered_json& charts);

}  // namespace calando::training
