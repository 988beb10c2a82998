// SPDX-License-Identifier: MIT
// The curves of a run.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "src/train/report_chart.h"
#include "src/train/report_parts.h"
#include "src/train/report_text.h"

namespace calando::training {
namespace {

template <class Record>
plot::Line line_of(const std::vector<Record>& records, double Record::*value, std::string name) {
  plot::Line line;
  line.name = std::move(name);
  for (const Record& record : records) {
    line.x.push_back(record.step);
    line.y.push_back(record.*value);
  }
  return line;
}

bool measured(const plot::Line& line) {
  return std::any_of(line.y.begin(), line.y.end(), [](double y) { return std::isfinite(y); });
}

void add_if_measured(plot::Line line, plot::Figure& figure) {
  if (measured(line)) figure.layers.emplace_back(std::move(line));
}

/// The vertical axis is named by the chart's caption.
plot::Figure figure_of(const std::string& caption) {
  plot::Figure figure;
  figure.x.label = "update";
  figure.description = caption + " over the updates of the run";
  return figure;
}

Chart loss_chart(const ReportData& data) {
  Chart chart{"loss", "Loss", figure_of("Loss"), "update", true, ChartSize::wide};
  plot::Figure& figure = chart.figure;
  for (const RunEvent& event : data.events) {
    figure.layers.emplace_back(plot::Guide{plot::Direction::vertical, event.step, event.text});
  }
  plot::Line batches = line_of(data.steps, &StepRecord::loss, "batches");
  batches.faint = true;
  add_if_measured(std::move(batches), figure);
  plot::Line train = line_of(data.epochs, &EpochRecord::train_loss, "train, mean of the epoch");
  plot::Line validation = line_of(data.epochs, &EpochRecord::validation_loss, "validation");
  train.dots = validation.dots = data.epochs.size() <= 60;
  add_if_measured(std::move(train), figure);
  add_if_measured(std::move(validation), figure);
  return chart;
}

/// A chart of one line.
Chart single_chart(std::string id, const std::string& caption, plot::Line line, bool log_switch) {
  Chart chart{std::move(id), caption, figure_of(caption), "update", log_switch, ChartSize::small};
  add_if_measured(std::move(line), chart.figure);
  return chart;
}

bool has_line(const Chart& chart) {
  return std::any_of(chart.figure.layers.begin(), chart.figure.layers.end(),
                     [](const plot::Layer& layer) { return std::holds_alternative<plot::Line>(layer); });
}

/// All the charts end where the run ends, so that one place along x is the same place in each.
void align(const ReportData& data, std::vector<Chart>& charts) {
  double last = 0;
  for (const StepRecord& record : data.steps) last = std::max(last, record.step);
  for (const EpochRecord& record : data.epochs) last = std::max(last, record.step);
  for (Chart& chart : charts) {
    chart.figure.x.low = 0;
    chart.figure.x.high = last;
  }
}

}  // namespace

std::string learning_part(const ReportData& data, nlohmann::ordered_json& charts) {
  plot::Line metric = line_of(data.epochs, &EpochRecord::metric, "");
  metric.dots = data.epochs.size() <= 60;
  std::vector<Chart> list;
  list.push_back(loss_chart(data));
  list.push_back(single_chart("metric", data.metric_name, std::move(metric), false));
  list.push_back(single_chart("rate", "Learning rate", line_of(data.steps, &StepRecord::rate, ""), true));
  list.push_back(single_chart("gradient", "Norm of the gradient",
                              line_of(data.steps, &StepRecord::gradient_norm, ""), true));
  list.push_back(
      single_chart("speed", "Rows per second", line_of(data.steps, &StepRecord::rows_per_second, ""), false));
  std::erase_if(list, [](const Chart& chart) { return !has_line(chart); });
  align(data, list);
  return section("learning", "Learning",
                 "How the run went, update by update. Point at a curve to read its values.",
                 chart_grid(std::move(list), charts));
}

}  // namespace calando::training
