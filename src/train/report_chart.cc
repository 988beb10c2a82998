// SPDX-License-Identifier: MIT
#include "src/train/report_chart.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "src/plot/layout.h"
#include "src/plot/markup.h"
#include "src/plot/svg.h"

namespace calando::training {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kColumns = 600;  // of points kept, as wide as the charts are shown

/// A number as short as a chart needs; null for what leaves a gap.
Json number(double value, int digits) {
  if (!std::isfinite(value)) return nullptr;
  return std::strtod(fmt::format("{:.{}g}", value, digits).c_str(), nullptr);
}

Json numbers(const std::vector<double>& values, int digits) {
  Json list = Json::array();
  for (const double value : values) list.push_back(number(value, digits));
  return list;
}

constexpr int kPlaceDigits = 9;  // steps stay whole
constexpr int kValueDigits = 6;

/// One layer as the script reads it; layers that only the still picture has are null.
struct LayerData {
  std::size_t series;

  template <class Series>
  Json pairs(const char* kind, const Series& layer) const {
    std::vector<double> x = layer.x;
    for (std::size_t i = x.size(); i < layer.y.size(); ++i) x.push_back(static_cast<double>(i));
    return {{"kind", kind},
            {"name", layer.name},
            {"series", series},
            {"x", numbers(x, kPlaceDigits)},
            {"y", numbers(layer.y, kValueDigits)}};
  }
  Json operator()(const plot::Line& line) const {
    Json json = pairs("line", line);
    json["faint"] = line.faint;
    json["dots"] = line.dots;
    return json;
  }
  Json operator()(const plot::Points& points) const { return pairs("points", points); }
  Json operator()(const plot::Bars& bars) const {
    return {{"kind", "bars"},
            {"name", bars.name},
            {"series", series},
            {"edges", numbers(bars.edges, kPlaceDigits)},
            {"y", numbers(bars.heights, kPlaceDigits)}};
  }
  Json operator()(const plot::Guide& guide) const {
    return {{"kind", "guide"},
            {"at", number(guide.value, kPlaceDigits)},
            {"vertical", guide.direction == plot::Direction::vertical},
            {"text", guide.text}};
  }
  Json operator()(const plot::Contours&) const { return nullptr; }
  Json operator()(const plot::Cells&) const { return nullptr; }
  Json operator()(const plot::Mark&) const { return nullptr; }
};

Json axis_data(const plot::Axis& axis, const plot::SettledAxis& settled) {
  return {{"label", axis.label},
          {"low", number(settled.scale.low, 12)},
          {"high", number(settled.scale.high, 12)},
          {"log", axis.mapping == plot::Mapping::logarithmic}};
}

}  // namespace

Chart thinned(Chart chart) {
  for (plot::Layer& layer : chart.figure.layers) {
    if (auto* line = std::get_if<plot::Line>(&layer)) *line = plot::thinned(*line, kColumns);
  }
  return chart;
}

std::string chart_html(const Chart& chart) {
  const bool wide = chart.size == ChartSize::wide;
  const plot::SvgOptions options{.width = wide ? 900.0 : 440.0,
                                 .height = chart.size == ChartSize::small ? 240.0 : 340.0,
                                 .use = plot::Use::in_page};
  const char* size = wide ? " wide" : chart.size == ChartSize::tall ? " tall" : "";
  return fmt::format(
      "<figure class=\"chart{}\" id=\"{}\">\n<figcaption><span class=\"caption\">{}</span></figcaption>\n"
      "<div class=\"live\"></div>\n<div class=\"still\">{}</div>\n</figure>\n",
      size, chart.id, plot::escaped(chart.caption), plot::to_svg(chart.figure, options));
}

Json chart_data(const Chart& chart) {
  const plot::Layout layout = plot::settle(chart.figure, {});
  const std::vector<std::size_t> numbers_of = plot::series_numbers(chart.figure);
  Json layers = Json::array();
  for (std::size_t i = 0; i < chart.figure.layers.size(); ++i) {
    Json layer = std::visit(LayerData{numbers_of[i]}, chart.figure.layers[i]);
    if (!layer.is_null()) layers.push_back(std::move(layer));
  }
  return {{"id", chart.id},
          {"cursor", chart.cursor},
          {"logSwitch", chart.log_switch},
          {"x", axis_data(chart.figure.x, layout.x)},
          {"y", axis_data(chart.figure.y, layout.y)},
          {"layers", layers}};
}

std::string chart_grid(std::vector<Chart> list, Json& charts) {
  std::string html;
  for (Chart& chart : list) {
    const Chart thin = thinned(std::move(chart));
    html += chart_html(thin);
    charts.push_back(chart_data(thin));
  }
  return html.empty() ? "" : "<div class=\"charts\">\n" + html + "</div>\n";
}

}  // namespace calando::training
