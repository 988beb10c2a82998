// SPDX-License-Identifier: MIT
// How far a regression is off, and what a linear model made of each feature.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "calando/error.h"
#include "src/plot/markup.h"
#include "src/train/report_chart.h"
#include "src/train/report_parts.h"
#include "src/train/report_text.h"

namespace calando::training {
namespace {

using plot::escaped;

constexpr std::size_t kMostPoints = 1500;
constexpr std::size_t kMostCoefficients = 200;

/// Every n-th row, so that at most kMostPoints are drawn: the same rows for the same data.
std::size_t stride_of(const RegressionReport& report) {
  return std::max<std::size_t>(1, (report.truth.size() + kMostPoints - 1) / kMostPoints);
}

/// One range for both axes, so that equality is the diagonal.
plot::Scale common_range(const plot::Points& points) {
  plot::Scale range{plot::Mapping::linear, HUGE_VAL, -HUGE_VAL};
  for (const std::vector<double>* values : {&points.x, &points.y}) {
    for (const double value : *values) {
      if (!std::isfinite(value)) continue;
      range.low = std::min(range.low, value);
      range.high = std::max(range.high, value);
    }
  }
  return plot::widened(plot::sane(range), 6);
}

Chart scatter(const RegressionReport& report) {
  Chart chart{"scatter", "Predicted against true", {}, "", false, ChartSize::tall};
  plot::Figure& figure = chart.figure;
  figure.description = "The prediction for each row against its true value; on the diagonal both are equal";
  figure.x.label = "true " + report.target;
  figure.y.label = "predicted";
  plot::Points points{.name = stride_of(report) == 1 ? "rows"
                                                     : fmt::format("rows, one in {}", stride_of(report))};
  for (std::size_t i = 0; i < report.truth.size(); i += stride_of(report)) {
    points.x.push_back(report.truth[i]);
    points.y.push_back(report.predicted[i]);
  }
  const plot::Scale range = common_range(points);
  figure.x.low = figure.y.low = range.low;
  figure.x.high = figure.y.high = range.high;
  plot::Line diagonal{.name = "equal", .x = {range.low, range.high}, .y = {range.low, range.high}};
  figure.layers.emplace_back(std::move(points));
  figure.layers.emplace_back(std::move(diagonal));
  return chart;
}

Chart residuals(const RegressionReport& report) {
  Chart chart{"residuals", "Residuals", {}, "", false, ChartSize::tall};
  chart.figure.description = "How many rows have which difference of prediction and true value";
  chart.figure.x.label = "predicted − true";
  chart.figure.y.label = "rows";
  std::vector<double> values;
  for (std::size_t i = 0; i < report.truth.size(); ++i)
    values.push_back(report.predicted[i] - report.truth[i]);
  chart.figure.layers.emplace_back(plot::histogram(values, 40));
  chart.figure.layers.emplace_back(plot::Guide{plot::Direction::vertical, 0, ""});
  return chart;
}

/// The largest change of an output by one standard deviation of the feature.
double effect(const Coefficient& row) {
  double largest = 0;
  for (const double value : row.values) largest = std::max(largest, std::abs(value * row.deviation));
  return std::isnan(row.deviation) ? kNotMeasured : largest;
}

/// A value with a bar to the left or right of the middle, its effect as a share of the largest of all.
std::string signed_bar(double value, double share) {
  return fmt::format("<span class=\"signed {}\" style=\"--share:{:.4f}\">{}</span>",
                     value < 0 ? "minus" : "plus", std::isnan(share) ? 0 : share, shown(value));
}

std::string coefficient_row(const Coefficient& row, double largest) {
  std::string html = fmt::format("<tr><th scope=\"row\">{}</th>", escaped(row.feature));
  for (const double value : row.values) {
    const double share =
        std::isnan(row.deviation) || largest == 0 ? 0 : std::abs(value * row.deviation) / largest;
    html += fmt::format("<td>{}</td>", signed_bar(value, share));
  }
  return html + fmt::format("<td class=\"number\">{}</td></tr>\n", shown(effect(row)));
}

/// The rows in the order of their effects, the largest first, the intercept before all.
std::vector<Coefficient> ordered(const CoefficientReport& report) {
  std::vector<Coefficient> rows = report.rows;
  const auto key = [](const Coefficient& row) { return std::isnan(row.deviation) ? HUGE_VAL : effect(row); };
  std::stable_sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) { return key(a) > key(b); });
  rows.resize(std::min(rows.size(), kMostCoefficients));
  return rows;
}

void check(const CoefficientReport& report) {
  for (const Coefficient& row : report.rows) {
    if (row.values.size() == report.outputs.size()) continue;
    throw UsageError(fmt::format("coefficients: {} values for \"{}\", expected {}", row.values.size(),
                                 row.feature, report.outputs.size()));
  }
}

}  // namespace

std::string regression_part(const RegressionReport& report, const std::string& scored_on,
                            nlohmann::ordered_json& charts) {
  if (report.truth.size() != report.predicted.size()) {
    throw UsageError(
        fmt::format("regression: {} predictions for {} rows", report.predicted.size(), report.truth.size()));
  }
  if (report.truth.empty()) return "";
  std::vector<Chart> list;
  list.push_back(scatter(report));
  list.push_back(residuals(report));
  return section("predictions", "Predictions", scored_on, chart_grid(std::move(list), charts));
}

std::string coefficients_part(const CoefficientReport& report) {
  check(report);
  if (report.rows.empty()) return "";
  const std::vector<Coefficient> rows = ordered(report);
  double largest = 0;
  for (const Coefficient& row : rows) largest = std::fmax(largest, effect(row));
  std::string html =
      table_start("Coefficients", "coefficients") + "<thead><tr><th scope=\"col\">feature</th>";
  for (const std::string& output : report.outputs)
    html += fmt::format("<th scope=\"col\">{}</th>", escaped(output));
  html += "<th scope=\"col\" class=\"number\">effect of one deviation</th></tr></thead>\n<tbody>\n";
  for (const Coefficient& row : rows) html += coefficient_row(row, largest);
  html += "</tbody>\n" + table_end();
  if (rows.size() < report.rows.size()) {
    html += fmt::format("<p class=\"note\">The {} largest of {} features.</p>\n", rows.size(),
                        report.rows.size());
  }
  return section("coefficients", "Coefficients",
                 "In the data's own units: what one unit more of a feature adds. The bars show the effect of "
                 "one standard "
                 "deviation, which can be compared.",
                 html);
}

}  // namespace calando::training
