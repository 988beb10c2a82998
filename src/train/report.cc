// SPDX-License-Identifier: MIT
#include "src/train/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "src/plot/markup.h"
#include "src/plot/palette.h"
#include "src/train/report_page.h"
#include "src/train/report_parts.h"

namespace calando::training {
namespace {

using Json = nlohmann::ordered_json;
using plot::escaped;

std::string variables(const plot::Paper& paper, std::string_view plot::Style::*colour) {
  std::string css = fmt::format("--paper:{};--ink:{};--muted:{};--axis:{};--grid:{};", paper.paper, paper.ink,
                                paper.muted, paper.axis, paper.grid);
  for (std::size_t i = 0; i < plot::kSeries.size(); ++i) {
    css += fmt::format("--series-{}:{};", i, plot::kSeries[i].*colour);
  }
  return css;
}

/// The colours of page, live charts and still pictures, all of one palette.
std::string style() {
  return fmt::format(
      ":root{{{}--fonts:{}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{}}}}}\n{}\n{}",
      variables(plot::kLight, &plot::Style::light), plot::kFonts, variables(plot::kDark, &plot::Style::dark),
      plot::style_sheet(), kReportStyle);
}

/// JSON that ends no script element and starts no comment, whatever its strings say.
std::string script_safe(const Json& json) {
  std::string text;
  for (const char c : json.dump(-1, ' ', false, Json::error_handler_t::replace)) {
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  }
  return text;
}

Json script_data(const Json& charts) {
  Json dashes = Json::array();
  for (const plot::Style& style : plot::kSeries) dashes.push_back(style.dash);
  return {{"dashes", dashes}, {"charts", charts}};
}

std::string parts(const ReportData& data, Json& charts) {
  std::string html = learning_part(data, charts);
  if (data.classification) {
    html += classes_part(*data.classification, data.scored_on);
    html += mistakes_part(*data.classification);
    html += calibration_part(*data.classification, charts);
  }
  if (data.regression) html += regression_part(*data.regression, data.scored_on, charts);
  if (data.coefficients) html += coefficients_part(*data.coefficients);
  return html + data_part(data) + run_part(data);
}

/// The template with each @name@ replaced; what is put in is not looked at again.
std::string filled(std::string_view page,
                   const std::vector<std::pair<std::string_view, std::string>>& values) {
  std::string result;
  while (!page.empty()) {
    const std::size_t at = std::min(page.find('@'), page.size());
    result += page.substr(0, at);
    page.remove_prefix(at);
    if (page.empty()) break;
    const std::string_view name = page.substr(1, page.find('@', 1) - 1);
    for (const auto& [key, value] : values) {
      if (key == name) result += value;
    }
    page.remove_prefix(name.size() + 2);
  }
  return result;
}

}  // namespace

std::string report_html(const ReportData& data) {
  Json charts = Json::array();
  const std::string content = parts(data, charts);
  return filled(kReportPage, {{"title", escaped(data.title)},
                              {"subtitle", escaped(data.subtitle)},
                              {"figures", key_figures(data)},
                              {"style", style()},
                              {"parts", content},
                              {"data", script_safe(script_data(charts))},
                              {"library", std::string(kChartLibrary)},
                              {"script", std::string(kReportScript)}});
}

}  // namespace calando::training
