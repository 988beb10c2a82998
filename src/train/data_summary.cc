// SPDX-License-Identifier: MIT
#include "src/train/data_summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "src/io/csv_cells.h"

namespace calando::training {
namespace {

constexpr std::size_t kShownClasses = 12;
constexpr std::size_t kShownWords = 6;
constexpr double kCoarse = 1e-5;  // of a column's mean: float32 has 7 digits

std::string counted(std::size_t count, const char* one, const char* many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string task_text(const RawData& data, const Preprocessing& model) {
  const std::string of = data.kind == DataKind::table ? " of " + io::shown(model.target) : "";
  if (model.task == Task::regression) return "regression" + of;
  const char* const why = model.target_is_text ? "words" : "whole numbers";
  return fmt::format("classification{}, {} different {}", of, model.classes.size(), why);
}

std::string rows_text(const DataSet& set) {
  std::string text = fmt::format("{} to train", set.training.rows());
  if (set.validation.rows() > 0) text += fmt::format(", {} to validate", set.validation.rows());
  if (set.test.rows() > 0) text += fmt::format(", {} to test", set.test.rows());
  return text;
}

std::string features_text(const Preprocessing& model) {
  const std::size_t all = model.columns.size();
  if (model.kind == DataKind::images && model.image_rows > 0) {
    return fmt::format("{} pixels, {} x {}", all, model.image_rows, model.image_columns);
  }
  const auto words = static_cast<std::size_t>(std::count_if(
      model.columns.begin(), model.columns.end(), [](const RawColumn& c) { return c.categorical; }));
  if (words == 0) return fmt::format("{} numeric", all);
  return fmt::format("{}: {} numeric, {} categorical; {} inputs of the model", all, all - words, words,
                     model.inputs());
}

std::string classes_text(const DataSet& set) {
  const std::vector<std::string>& classes = set.preprocessing.classes;
  std::vector<std::size_t> rows(classes.size(), 0);
  for (const std::int32_t label : set.training.labels) ++rows[static_cast<std::size_t>(label)];
  std::string text;
  for (std::size_t c = 0; c < std::min(kShownClasses, classes.size()); ++c) {
    text += fmt::format("{}{} ({} rows)", c == 0 ? "" : ", ", classes[c], rows[c]);
  }
  return classes.size() > kShownClasses ? fmt::format("{}, {} more", text, classes.size() - kShownClasses)
                                        : text;
}

std::string missing_text(const RawData& data, const DataChoices& choices, const LeftOut& left_out) {
  const std::size_t cells = std::accumulate(data.missing.begin(), data.missing.end(), std::size_t{0});
  const auto columns = static_cast<std::size_t>(
      std::count_if(data.missing.begin(), data.missing.end(), [](std::size_t count) { return count > 0; }));
  std::string text = "none";
  if (cells > 0) {
    text = counted(cells, "cell", "cells") + " in " + counted(columns, "column", "columns");
    text += choices.missing == Missing::drop
                ? fmt::format(", {} left out", counted(left_out.with_missing, "row", "rows"))
                : ", numbers taken as their column's mean, words as a category of their own";
  }
  if (left_out.without_target > 0) {
    text += fmt::format("; {} without a target left out", counted(left_out.without_target, "row", "rows"));
  }
  return text;
}

ColumnNote note_of(const RawColumn& column, std::size_t missing) {
  if (!column.categorical) {
    return {column.name, "numeric", missing,
            fmt::format("mean {:.6g}, deviation {:.6g}", column.mean, column.deviation)};
  }
  const auto& words = column.categories;
  const auto end = words.begin() + static_cast<std::ptrdiff_t>(std::min(kShownWords, words.size()));
  return {
      column.name, fmt::format("categorical, {} values", words.size()), missing,
      fmt::format("{}{}", fmt::join(words.begin(), end, ", "), words.size() > kShownWords ? ", ..." : "")};
}

}  // namespace

std::vector<std::pair<std::string, std::string>> summary_of(const RawData& data, const DataSet& set,
                                                            const DataChoices& choices,
                                                            const LeftOut& left_out) {
  std::vector<std::pair<std::string, std::string>> summary = {
      {"data", data.file + ": " + data.format},
      {"task", task_text(data, set.preprocessing)},
      {"rows", rows_text(set)},
      {"features", features_text(set.preprocessing)},
  };
  if (set.preprocessing.task == Task::classification) {
    summary.emplace_back("classes", classes_text(set));
  } else {
    summary.emplace_back("target", fmt::format("mean {:.6g}, deviation {:.6g}", set.preprocessing.target_mean,
                                               set.preprocessing.target_deviation));
  }
  if (data.kind == DataKind::table) summary.emplace_back("missing", missing_text(data, choices, left_out));
  return summary;
}

std::vector<ColumnNote> notes_of(const RawData& data, const DataSet& set) {
  std::vector<ColumnNote> notes;
  const Preprocessing& model = set.preprocessing;
  if (data.kind != DataKind::table) return notes;
  for (std::size_t c = 0; c < model.columns.size(); ++c)
    notes.push_back(note_of(model.columns[c], data.missing[c]));
  std::size_t without = 0;
  for (std::size_t row = 0; row < data.rows->rows; ++row) without += data.target->has(row) ? 0 : 1;
  const bool classes = model.task == Task::classification;
  notes.push_back(
      {model.target, classes ? fmt::format("target, {} classes", model.classes.size()) : "target, numeric",
       without,
       classes ? classes_text(set)
               : fmt::format("mean {:.6g}, deviation {:.6g}", model.target_mean, model.target_deviation)});
  return notes;
}

std::vector<std::string> doubtful_numbers(const RawData& data, const Preprocessing& model) {
  std::vector<std::string> warnings;
  for (std::size_t c = 0; data.kind == DataKind::table && c < model.columns.size(); ++c) {
    const RawColumn& column = model.columns[c];
    if (column.categorical) continue;
    if (data.missing[c] == data.rows->rows) {
      warnings.push_back(fmt::format("column {} has no values at all", io::shown(column.name)));
    } else if (column.deviation < kCoarse * std::abs(column.mean)) {
      warnings.push_back(fmt::format(
          "column {} varies by {:.2g} around {:.9g}, less than float32 tells apart well; subtract a "
          "constant from it",
          io::shown(column.name), column.deviation, column.mean));
    }
  }
  return warnings;
}

}  // namespace calando::training
