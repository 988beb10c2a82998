// SPDX-License-Identifier: MIT
// What a classification gets right and what it takes for what.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "calando/error.h"
#include "src/plot/markup.h"
#include "src/train/report_chart.h"
#include "src/train/report_parts.h"
#include "src/train/report_text.h"

namespace calando::training {
namespace {

using plot::escaped;

constexpr std::size_t kUprightLength = 3;       // of a class's name above its column
constexpr std::size_t kMostMatrixClasses = 30;  // more cells are no longer read
constexpr std::size_t kMostTableClasses = 300;
constexpr std::size_t kMostPairs = 12;

double share(double part, double whole) { return whole > 0 ? part / whole : kNotMeasured; }

std::vector<std::uint64_t> row_sums(const ClassificationReport& report) {
  const std::size_t count = report.classes.size();
  std::vector<std::uint64_t> sums(count, 0);
  for (std::size_t i = 0; i < report.confusion.size(); ++i) sums[i / count] += report.confusion[i];
  return sums;
}

std::string matrix_cell(const ClassificationReport& report, std::size_t truth, std::size_t predicted,
                        std::uint64_t row_sum) {
  const std::uint64_t rows = report.confusion[truth * report.classes.size() + predicted];
  if (rows == 0) return "<td class=\"none\">·</td>";
  const double part = share(static_cast<double>(rows), static_cast<double>(row_sum));
  return fmt::format("<td{} style=\"--share:{:.4f}\">{}</td>", truth == predicted ? " class=\"right\"" : "",
                     part, shown(static_cast<double>(rows)));
}

std::string confusion_matrix(const ClassificationReport& report) {
  const std::size_t count = report.classes.size();
  if (count > kMostMatrixClasses) return "";
  const std::vector<std::uint64_t> sums = row_sums(report);
  const bool upright = std::all_of(report.classes.begin(), report.classes.end(),
                                   [](const std::string& name) { return name.size() <= kUprightLength; });
  std::string html =
      "<h3>Confusion</h3>\n" + table_start("Confusion matrix", upright ? "confusion upright" : "confusion");
  html +=
      "<caption>Rows: the true class. Columns: what it was taken for. "
      "<output></output></caption>\n<thead><tr><td></td>";
  for (const std::string& name : report.classes)
    html += fmt::format("<th scope=\"col\"><span>{}</span></th>", escaped(name));
  html += "</tr></thead>\n<tbody>\n";
  for (std::size_t truth = 0; truth < count; ++truth) {
    html += fmt::format("<tr><th scope=\"row\">{}</th>", escaped(report.classes[truth]));
    for (std::size_t predicted = 0; predicted < count; ++predicted) {
      html += matrix_cell(report, truth, predicted, sums[truth]);
    }
    html += "</tr>\n";
  }
  return html + "</tbody>\n" + table_end();
}

std::string most_confused(const ClassificationReport& report) {
  const std::size_t count = report.classes.size();
  const std::vector<std::uint64_t> sums = row_sums(report);
  std::vector<std::size_t> pairs;
  for (std::size_t i = 0; i < report.confusion.size(); ++i) {
    if (i / count != i % count && report.confusion[i] > 0) pairs.push_back(i);
  }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [&](std::size_t a, std::size_t b) { return report.confusion[a] > report.confusion[b]; });
  pairs.resize(std::min(pairs.size(), kMostPairs));
  if (pairs.empty()) return "";
  std::string html = "<h3>Most often confused</h3>\n" + table_start("Most often confused", "pairs") +
                     "<thead><tr><th scope=\"col\">true</th><th scope=\"col\">taken for</th>"
                     "<th scope=\"col\" class=\"number\">rows</th><th scope=\"col\" class=\"number\">"
                     "of the class</th></tr></thead>\n<tbody>\n";
  for (const std::size_t i : pairs) {
    const auto rows = static_cast<double>(report.confusion[i]);
    html += fmt::format(
        "<tr><td>{}</td><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td></tr>\n",
        escaped(report.classes[i / count]), escaped(report.classes[i % count]), shown(rows),
        shown_share(share(rows, static_cast<double>(sums[i / count]))));
  }
  return html + "</tbody>\n" + table_end();
}

std::string beside(const std::string& left, const std::string& right) {
  if (left.empty() || right.empty()) return left + right;
  return fmt::format("<div class=\"beside\">\n<div>\n{}</div>\n<div>\n{}</div>\n</div>\n", left, right);
}

std::string class_table(const ClassificationReport& report) {
  const std::vector<ClassScore> scores = class_scores(report.classes.size(), report.confusion);
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const bool cut = order.size() > kMostTableClasses;
  if (cut) {  // the worst are the ones to look at
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return scores[a].f1 < scores[b].f1; });
    order.resize(kMostTableClasses);
  }
  std::string html =
      cut ? fmt::format("<h3>The {} classes told worst</h3>\n", order.size()) : "<h3>Class by class</h3>\n";
  html += table_start("Scores of each class", "classes sortable") + "<thead><tr>";
  for (const char* name : {"class", "rows", "precision", "recall", "F1"}) {
    html += fmt::format("<th scope=\"col\"><button type=\"button\">{}</button></th>", name);
  }
  html += "</tr></thead>\n<tbody>\n";
  for (const std::size_t i : order) {
    html += fmt::format(
        "<tr><th scope=\"row\">{}</th><td class=\"number\">{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        escaped(report.classes[i]), shown(static_cast<double>(scores[i].support)),
        share_bar(scores[i].precision), share_bar(scores[i].recall), share_bar(scores[i].f1));
  }
  return html + "</tbody>\n" + table_end();
}

}  // namespace

std::vector<ClassScore> class_scores(std::size_t classes, const std::vector<std::uint64_t>& confusion) {
  if (confusion.size() != classes * classes) {
    throw UsageError(fmt::format("confusion matrix: {} cells for {} classes, expected {}", confusion.size(),
                                 classes, classes * classes));
  }
  std::vector<ClassScore> scores;
  for (std::size_t c = 0; c < classes; ++c) {
    std::uint64_t found = 0, support = 0;
    for (std::size_t other = 0; other < classes; ++other) {
      support += confusion[c * classes + other];
      found += confusion[other * classes + c];
    }
    const auto right = static_cast<double>(confusion[c * classes + c]);
    scores.push_back({share(right, static_cast<double>(found)), share(right, static_cast<double>(support)),
                      share(2 * right, static_cast<double>(found + support)), support});
  }
  return scores;
}

std::string classes_part(const ClassificationReport& report, const std::string& scored_on) {
  if (report.classes.empty() || report.confusion.empty()) return "";
  const std::string scores = class_table(report);  // checks the matrix
  return section("classes", "Classes", scored_on,
                 beside(confusion_matrix(report), most_confused(report)) + scores);
}

std::string calibration_part(const ClassificationReport& report, nlohmann::ordered_json& charts) {
  if (report.calibration.empty()) return "";
  Chart chart{"calibration", "Right, by how sure the model was", {}, "", false, ChartSize::tall};
  plot::Figure& figure = chart.figure;
  figure.description = "Share of right predictions against the probability the model gave them";
  figure.x = {.label = "probability given", .low = 0, .high = 1};
  figure.y = {.label = "share that is right", .low = 0, .high = 1};
  plot::Line bins{.name = "model", .dots = true};
  for (const CalibrationBin& bin : report.calibration) {
    bins.x.push_back(bin.confidence);
    bins.y.push_back(bin.rows > 0 ? bin.accuracy : kNotMeasured);
  }
  figure.layers.emplace_back(std::move(bins));
  figure.layers.emplace_back(plot::Line{.name = "perfectly calibrated", .x = {0, 1}, .y = {0, 1}});
  std::vector<Chart> list;
  list.push_back(std::move(chart));
  return section("calibration", "Calibration",
                 "Below the diagonal the model was surer than it should have been.",
                 chart_grid(std::move(list), charts));
}

}  // namespace calando::training
