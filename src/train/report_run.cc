// SPDX-License-Identifier: MIT
// What the run was made of: its result at a glance, its data, its command and versions.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "src/plot/markup.h"
#include "src/train/report_parts.h"
#include "src/train/report_text.h"

namespace calando::training {
namespace {

using plot::escaped;

constexpr std::size_t kMostColumns = 500;

std::string code(const std::string& text) { return fmt::format("<code>{}</code>", escaped(text)); }

std::string column_table(const std::vector<ColumnNote>& columns) {
  if (columns.empty()) return "";
  std::string html =
      "<h3>Columns</h3>\n" + table_start("Columns", "columns") +
      "<thead><tr><th scope=\"col\">name</th><th scope=\"col\">kind</th>"
      "<th scope=\"col\" class=\"number\">missing</th><th scope=\"col\">note</th></tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < std::min(columns.size(), kMostColumns); ++i) {
    const ColumnNote& column = columns[i];
    html +=
        fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"number\">{}</td><td>{}</td></tr>\n",
                    escaped(column.name), escaped(column.kind), shown(static_cast<double>(column.missing)),
                    escaped(column.note));
  }
  html += "</tbody>\n" + table_end();
  if (columns.size() > kMostColumns) {
    html += fmt::format("<p class=\"note\">The first {} of {} columns.</p>\n", kMostColumns, columns.size());
  }
  return html;
}

std::string event_list(const std::vector<RunEvent>& events) {
  if (events.empty()) return "";
  std::string html = "<h3>What happened</h3>\n<ol class=\"events\">\n";
  for (const RunEvent& event : events) {
    html += fmt::format("<li><span>update {}</span>{}</li>\n", shown(event.step), escaped(event.text));
  }
  return html + "</ol>\n";
}

}  // namespace

std::string key_figures(const ReportData& data) {
  if (data.metrics.empty()) return "";
  std::string html = "<dl class=\"figures\">\n";
  for (const auto& [name, value] : data.metrics) {
    std::string words = name;
    for (char& c : words) c = c == '_' ? ' ' : c;
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escaped(words), shown(value));
  }
  return html + "</dl>\n";
}

std::string data_part(const ReportData& data) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const auto& [name, value] : data.data_summary) rows.emplace_back(name, escaped(value));
  return section("data", "Data", "As it was understood.", definitions(rows) + column_table(data.columns));
}

std::string run_part(const ReportData& data) {
  std::string html;
  if (!data.command.empty()) {
    html += fmt::format(
        "<div class=\"command\"><pre tabindex=\"0\" aria-label=\"The exact "
        "command\"><code>{}</code></pre></div>\n",
        escaped(data.command));
  }
  std::vector<std::pair<std::string, std::string>> rows;
  if (!data.model.empty()) rows.emplace_back("model", code(data.model));
  if (!data.optimizer.empty()) rows.emplace_back("optimizer", code(data.optimizer));
  if (!data.schedule.empty()) rows.emplace_back("schedule", code(data.schedule));
  rows.emplace_back("seed", std::to_string(data.seed));
  for (const auto& [name, value] : data.versions) rows.emplace_back(name, escaped(value));
  return section("run", "Run", "All it takes to make it again.",
                 html + definitions(rows) + event_list(data.events));
}

}  // namespace calando::training
