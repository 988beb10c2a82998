// SPDX-License-Identifier: MIT
// The rows that a classification got most wrong, as pictures or as a table.
#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>

#include "calando/error.h"
#include "src/io/png.h"
#include "src/plot/markup.h"
#include "src/train/report_parts.h"
#include "src/train/report_text.h"

namespace calando::training {
namespace {

using plot::escaped;

constexpr std::size_t kMostMistakes = 60;
constexpr std::size_t kMostPixels = 250'000;  // over all pictures, so that the page stays small

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j)
      group = group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    for (std::size_t j = 0; j < 4; ++j) {
      text += i + j <= bytes.size() ? kDigits[group >> (18 - 6 * j) & 63] : '=';
    }
  }
  return text;
}

const std::string& class_name(const ClassificationReport& report, std::size_t index) {
  if (index < report.classes.size()) return report.classes[index];
  throw UsageError(fmt::format("mistakes: class {} of {}", index, report.classes.size()));
}

std::string picture(const ClassificationReport& report, const Mistake& mistake) {
  const std::string& truth = class_name(report, mistake.truth);
  const std::string& predicted = class_name(report, mistake.predicted);
  return fmt::format(
      "<li><img src=\"data:image/png;base64,{}\" width=\"{}\" height=\"{}\" alt=\"row {}\"/>"
      "<p><b>{}</b><span>{}</span><small>{}</small></p></li>\n",
      base64(io::png_grey(report.image_rows, report.image_columns, mistake.pixels)), report.image_columns,
      report.image_rows, mistake.row, escaped(truth), escaped(predicted), shown_share(mistake.probability));
}

std::string pictures(const ClassificationReport& report) {
  const std::size_t each = report.image_rows * report.image_columns;
  const std::size_t count =
      std::min({report.mistakes.size(), kMostMistakes, std::max<std::size_t>(kMostPixels / each, 1)});
  std::string html = "<ul class=\"pictures\">\n";
  for (std::size_t i = 0; i < count; ++i) html += picture(report, report.mistakes[i]);
  return html + "</ul>\n";
}

std::string row_of(const ClassificationReport& report, const Mistake& mistake) {
  if (mistake.cells.size() != report.mistake_columns.size()) {
    throw UsageError(fmt::format("mistakes: {} cells in row {}, expected {}", mistake.cells.size(),
                                 mistake.row, report.mistake_columns.size()));
  }
  std::string html =
      fmt::format("<tr><td class=\"number\">{}</td><td><b>{}</b></td><td>{}</td><td class=\"number\">{}</td>",
                  mistake.row, escaped(class_name(report, mistake.truth)),
                  escaped(class_name(report, mistake.predicted)), shown_share(mistake.probability));
  for (const std::string& cell : mistake.cells)
    html += fmt::format("<td class=\"number\">{}</td>", escaped(cell));
  return html + "</tr>\n";
}

std::string table(const ClassificationReport& report) {
  std::string html = table_start("Worst mistakes", "mistakes") +
                     "<thead><tr><th scope=\"col\" class=\"number\">row</th><th scope=\"col\">true</th>"
                     "<th scope=\"col\">taken for</th><th scope=\"col\" class=\"number\">probability</th>";
  for (const std::string& name : report.mistake_columns) {
    html += fmt::format("<th scope=\"col\" class=\"number\">{}</th>", escaped(name));
  }
  html += "</tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < std::min(report.mistakes.size(), kMostMistakes); ++i) {
    html += row_of(report, report.mistakes[i]);
  }
  return html + "</tbody>\n" + table_end();
}

}  // namespace

std::string mistakes_part(const ClassificationReport& report) {
  if (report.mistakes.empty()) return "";
  const bool images = report.image_rows > 0 && report.image_columns > 0;
  return section(
      "mistakes", "Worst mistakes",
      images ? "The true class in bold; below it what the model took the picture for, and how sure it was."
             : "The rows whose wrong answer the model was surest of.",
      images ? pictures(report) : table(report));
}

}  // namespace calando::training
