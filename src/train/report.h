// SPDX-License-Identifier: MIT
// The report of a run: one HTML file that opens without a network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace calando::training {

inline constexpr double kNotMeasured = std::numeric_limits<double>::quiet_NaN();

/// One line of the log per step interval.
struct StepRecord {
  double step = 0;   // updates done
  double epoch = 0;  // with its fraction
  double loss = kNotMeasured;
  double rate = kNotMeasured;
  double gradient_norm = kNotMeasured;
  double rows_per_second = kNotMeasured;
};

struct EpochRecord {
  double step = 0;  // updates done at its end
  double epoch = 0;
  double train_loss = kNotMeasured;
  double validation_loss = kNotMeasured;
  double metric = kNotMeasured;
};

/// Something that happened: "rolled back", "early stop", "resumed".
struct RunEvent {
  double step = 0;
  std::string text;
};

/// A column of a table, as it was understood.
struct ColumnNote {
  std::string name;
  std::string kind;  // "numeric", "categorical, 12 values"
  std::size_t missing = 0;
  std::string note;  // what else a reader should know; may be empty
};

struct Mistake {
  std::size_t row = 0;  // of the scored data, from 0
  std::size_t truth = 0;
  std::size_t predicted = 0;
  double probability = kNotMeasured;  // given to `predicted`
  std::vector<std::uint8_t> pixels;   // where the data are images
  std::vector<std::string> cells;     // where they are a table: one text per name in mistake_columns
};

/// Rows with a predicted probability in one range: how sure the model was, and how often it was right.
struct CalibrationBin {
  double confidence = 0;
  double accuracy = 0;
  double rows = 0;
};

struct ClassificationReport {
  std::vector<std::string> classes;
  std::vector<std::uint64_t> confusion;  // true class x predicted class, row-major
  std::vector<Mistake> mistakes;         // the worst first
  std::size_t image_rows = 0;            // 0: not images
  std::size_t image_columns = 0;
  std::vector<std::string> mistake_columns;
  std::vector<CalibrationBin> calibration;  // may be empty
};

struct RegressionReport {
  std::string target;
  std::vector<double> truth;
  std::vector<double> predicted;  // as many
};

/// The model in the data's own units: what one unit more of a feature adds to each output.
struct Coefficient {
  std::string feature;
  double deviation =
      kNotMeasured;  // the feature's standard deviation, for the size of its effect; NaN: the intercept
  std::vector<double> values;  // one per output
};

struct CoefficientReport {
  std::vector<std::string> outputs;  // classes, or the target
  std::vector<Coefficient> rows;
};

/// All that a report says. Parts left empty are left out.
struct ReportData {
  std::string title;      // the data's name
  std::string subtitle;   // "classification: 60 000 rows, 784 features, 10 classes"
  std::string scored_on;  // what the last parts were scored on: "test data, 10 000 rows"
  std::string command;    // exactly as typed
  std::string model;
  std::string optimizer;
  std::string schedule;
  std::uint64_t seed = 0;
  std::vector<std::pair<std::string, std::string>> versions;  // calando, compiler, instruction set, kernel
  std::vector<std::pair<std::string, double>> metrics;        // the result, most important first
  std::vector<std::pair<std::string, std::string>> data_summary;
  std::vector<ColumnNote> columns;
  std::string metric_name;  // of EpochRecord::metric: "validation accuracy"
  std::vector<StepRecord> steps;
  std::vector<EpochRecord> epochs;
  std::vector<RunEvent> events;
  std::optional<ClassificationReport> classification;
  std::optional<RegressionReport> regression;
  std::optional<CoefficientReport> coefficients;
};

/// How well one class is told from the others; NaN where a share is of nothing.
struct ClassScore {
  double precision = kNotMeasured;  // of the rows taken for it, the share that is right
  double recall = kNotMeasured;     // of its rows, the share that is found
  double f1 = kNotMeasured;         // their harmonic mean
  std::uint64_t support = 0;        // its rows
};

/// Throws:  UsageError where the matrix is not square
std::vector<ClassScore> class_scores(std::size_t classes, const std::vector<std::uint64_t>& confusion);

/// The page: its style, its script and its pictures inside, nothing fetched from anywhere. The same bytes for the
/// same data.
///
/// Throws:  UsageError where sizes of parts do not fit together, naming the part
std::string report_html(const ReportData& data);

}  // namespace calando::training
