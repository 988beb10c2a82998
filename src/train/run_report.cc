// SPDX-License-Identifier: MIT
#include "src/train/run_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/train/report_text.h"
#include "src/train/row_sets.h"

namespace calando::training {
namespace {

constexpr std::size_t kMostCells = 12;  // of a mistaken row
constexpr std::size_t kMostCoefficientRows = 2000;

std::string cell_text(const RawColumn& column, float raw) {
  if (std::isnan(raw)) return "";
  if (!column.categorical) return fmt::to_string(raw);
  return raw < 0 ? "(other)" : column.categories[static_cast<std::size_t>(raw)];
}

std::vector<std::string> cells_of(const Preprocessing& p, std::span<const float> raw) {
  std::vector<std::string> cells;
  for (std::size_t c = 0; c < std::min(kMostCells, raw.size()); ++c)
    cells.push_back(cell_text(p.columns[c], raw[c]));
  return cells;
}

Mistake mistake_of(const Preprocessing& p, const DataPart& part, const WrongRow& wrong) {
  const auto pixels = image_of(*part.features, wrong.row);
  return {file_row_of(*part.features, wrong.row),
          static_cast<std::size_t>(wrong.truth),
          static_cast<std::size_t>(wrong.predicted),
          static_cast<double>(wrong.probability),
          {pixels.begin(), pixels.end()},
          cells_of(p, raw_row_of(*part.features, wrong.row))};
}

std::vector<CalibrationBin> calibration_of(const ClassificationScores& scores) {
  std::vector<CalibrationBin> bins;
  for (const auto& bin : scores.calibration()) {
    if (bin.rows > 0) bins.push_back({bin.confidence / bin.rows, bin.right / bin.rows, bin.rows});
  }
  return bins;
}

ClassificationReport classes_of(const Preprocessing& p, const DataPart& part,
                                const ClassificationScores& scores) {
  ClassificationReport report;
  report.classes = p.classes;
  report.confusion = scores.confusion();
  report.image_rows = p.image_rows;
  report.image_columns = p.image_columns;
  if (p.kind == DataKind::table || p.kind == DataKind::array) {
    for (std::size_t c = 0; c < std::min(kMostCells, p.columns.size()); ++c)
      report.mistake_columns.push_back(p.columns[c].name);
  }
  for (const WrongRow& wrong : scores.worst()) report.mistakes.push_back(mistake_of(p, part, wrong));
  report.calibration = calibration_of(scores);
  return report;
}

/// How often each category of a column occurs in training, the missing one last.
std::vector<double> shares_of(const DataPart& training, const RawColumn& column, std::size_t c) {
  std::vector<double> shares(column.inputs(), 0);
  for (std::size_t row = 0; row < training.rows(); ++row) {
    const float code = raw_row_of(*training.features, row)[c];
    const std::size_t category = std::isnan(code) ? column.categories.size() : static_cast<std::size_t>(code);
    if (category < shares.size()) shares[category] += 1 / static_cast<double>(training.rows());
  }
  return shares;
}

/// Of each input in the data's own units: of a number its own, of a category that of a 0 or 1.
std::vector<double> deviations_of(const DataSet& data) {
  std::vector<double> deviations;
  const Preprocessing& p = data.preprocessing;
  for (std::size_t c = 0; c < p.columns.size(); ++c) {
    if (!p.columns[c].categorical) {
      deviations.push_back(p.columns[c].deviation);
      continue;
    }
    for (const double share : shares_of(data.training, p.columns[c], c))
      deviations.push_back(std::sqrt(share * (1 - share)));
  }
  return deviations;
}

/// Mean and deviation by which each input was standardised; 0 and 1 of a category's.
struct Scale {
  double mean = 0;
  double deviation = 1;
};
std::vector<Scale> scales_of(const Preprocessing& p) {
  std::vector<Scale> scales;
  for (const RawColumn& column : p.columns) {
    if (!column.categorical) scales.push_back({column.mean, column.deviation});
    for (std::size_t i = 0; column.categorical && i < column.inputs(); ++i) scales.push_back({});
  }
  return scales;
}

/// What the weights of standardised inputs say of the inputs as they are.
///
///   z = b + sum_i w_i (x_i - m_i) / d_i  =  (b - sum_i w_i m_i / d_i) + sum_i (w_i / d_i) x_i
CoefficientReport coefficients_of(const DataSet& data, Network& network) {
  const Preprocessing& p = data.preprocessing;
  const bool values = p.task == Task::regression;
  const double unit = values ? p.target_deviation : 1;
  const auto tensors = network.parameters();
  const auto& weight = tensors[0].values;
  const auto& bias = tensors[1].values;
  const std::size_t outputs = network.outputs();
  CoefficientReport report;
  report.outputs = values ? std::vector<std::string>{p.target.empty() ? "target" : p.target} : p.classes;
  Coefficient intercept{"intercept", kNotMeasured, std::vector<double>(outputs)};
  for (std::size_t o = 0; o < outputs; ++o)
    intercept.values[o] = static_cast<double>(bias[o]) * unit + (values ? p.target_mean : 0);
  const auto names = p.input_names();
  const auto scales = scales_of(p);
  const auto deviations = deviations_of(data);
  std::vector<Coefficient> rows;
  for (std::size_t i = 0; i < names.size(); ++i) {
    rows.push_back({names[i], deviations[i], {}});
    for (std::size_t o = 0; o < outputs; ++o) {
      const double slope = static_cast<double>(weight[i * outputs + o]) / scales[i].deviation * unit;
      rows.back().values.push_back(slope);
      intercept.values[o] -= slope * scales[i].mean;
    }
  }
  report.rows.push_back(std::move(intercept));
  report.rows.insert(report.rows.end(), rows.begin(), rows.end());
  return report;
}

/// What a reader looks for first: how well the scored rows are predicted, then the others, then the rest.
Metrics most_important_first(Metrics metrics) {
  const auto place = [](const std::pair<std::string, double>& metric) {
    if (metric.first.starts_with("test_")) return 0;
    if (metric.first.starts_with("validation_")) return 1;
    return metric.first.starts_with("train_") ? 2 : 3;
  };
  std::stable_sort(metrics.begin(), metrics.end(),
                   [&](const auto& a, const auto& b) { return place(a) < place(b); });
  return metrics;
}

std::string subtitle_of(const DataSet& data) {
  const Preprocessing& p = data.preprocessing;
  const bool classes = p.task == Task::classification;
  const std::string text =
      fmt::format("{}: {} rows, {} features", classes ? "classification" : "regression",
                  shown(static_cast<double>(data.training.rows() + data.validation.rows())),
                  shown(static_cast<double>(p.columns.size())));
  return classes ? fmt::format("{}, {} classes", text, p.classes.size()) : text;
}

}  // namespace

ReportData run_report(const RunFacts& facts, const DataSet& data, Network& network, const DataPart& scored,
                      const Evaluation& evaluation, LoggedRun log) {
  const Preprocessing& p = data.preprocessing;
  ReportData report;
  report.title = data.title;
  report.subtitle = subtitle_of(data);
  report.scored_on = fmt::format("{}, {} rows", scored.name, shown(static_cast<double>(scored.rows())));
  report.command = facts.command;
  report.model = to_string(facts.model);
  report.optimizer = facts.optimizer;
  report.schedule = facts.schedule;
  report.seed = facts.seed;
  report.versions = facts.versions;
  report.metrics = most_important_first(facts.metrics);
  report.data_summary = data.summary;
  report.columns = data.columns;
  report.metric_name = p.task == Task::classification ? "validation accuracy" : "validation rmse";
  report.steps = std::move(log.steps);
  report.epochs = std::move(log.epochs);
  report.events = std::move(log.events);
  if (evaluation.classification) report.classification = classes_of(p, scored, *evaluation.classification);
  if (evaluation.regression) {
    report.regression = RegressionReport{p.target.empty() ? "target" : p.target,
                                         evaluation.regression->truth(), evaluation.regression->predicted()};
  }
  const bool table = p.kind == DataKind::table || p.kind == DataKind::array;
  if (table && facts.model.hidden.empty() && p.inputs() <= kMostCoefficientRows) {
    report.coefficients = coefficients_of(data, network);
  }
  return report;
}

}  // namespace calando::training
