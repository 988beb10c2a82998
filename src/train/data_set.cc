// SPDX-License-Identifier: MIT
#include "src/train/data_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "calando/error.h"
#include "src/io/csv_cells.h"
#include "src/train/data_choices.h"
#include "src/train/data_files.h"
#include "src/train/data_identity.h"
#include "src/train/data_summary.h"
#include "src/train/learn_columns.h"
#include "src/train/split.h"
#include "src/train/table_words.h"
#include "src/train/target.h"

namespace calando::training {
namespace {

constexpr double kDefaultShare = 0.1;

void require_rows(const RawData& data, std::size_t rows) {
  if (rows == 0) throw DataError::in_file(data.file, "has no rows to use");
  if (data.rows->rows > std::numeric_limits<std::uint32_t>::max()) {
    throw DataError::in_file(data.file,
                             fmt::format("has {} rows, expected fewer than 2^32", data.rows->rows));
  }
}

/// The columns of a row that have no value: the first of them, or none.
const RawColumn* missing_in(const RawData& data, std::size_t row) {
  const float* const cells = data.rows->number_row(row);
  for (std::size_t c = 0; c < data.columns.size(); ++c) {
    if (std::isnan(cells[c])) return &data.columns[c];
  }
  return nullptr;
}

[[noreturn]] void refuse_missing(const RawData& data, std::size_t row, const std::string& name) {
  throw DataError(fmt::format("{}: column {}: there is no value, and --missing refuse allows none",
                              data.place_of(row), io::shown(name)));
}

/// The rows to use: those that have a target, and every value where the choice is to leave out others.
std::vector<std::uint32_t> usable_rows(const RawData& data, Missing choice, LeftOut& left_out) {
  const bool look = choice != Missing::impute &&
                    std::any_of(data.missing.begin(), data.missing.end(), [](auto n) { return n > 0; });
  std::vector<std::uint32_t> rows;
  rows.reserve(data.rows->rows);
  for (std::size_t row = 0; row < data.rows->rows; ++row) {
    const RawColumn* const column = look ? missing_in(data, row) : nullptr;
    const bool has_target = data.target->has(row);
    if (choice == Missing::refuse && column != nullptr) refuse_missing(data, row, column->name);
    if (choice == Missing::refuse && !has_target) refuse_missing(data, row, data.target->name);
    if (!has_target) {
      ++left_out.without_target;
    } else if (column != nullptr) {
      ++left_out.with_missing;
    } else {
      rows.push_back(static_cast<std::uint32_t>(row));
    }
  }
  require_rows(data, rows.size());
  return rows;
}

DataPart make_part(std::string name, const RawData& data, std::vector<std::uint32_t> rows,
                   const Preprocessing& model) {
  DataPart part;
  part.name = std::move(name);
  fill_targets(data, rows, model, part);
  part.features = make_features(data.rows, std::move(rows), model);
  return part;
}

void warn_of_unknown(const RawData& data, std::vector<std::string>& warnings) {
  for (std::size_t c = 0; c < data.unknown.size(); ++c) {
    if (data.unknown[c] == 0) continue;
    warnings.push_back(fmt::format("{}: {} cells of column {} hold words that training never showed",
                                   data.file, data.unknown[c], io::shown(data.columns[c].name)));
  }
}

/// Rows of a file of their own, to measure on.
DataPart read_part(const char* name, const DataPath& path, Missing missing, DataSet& set, cpu::Team& team) {
  const RawData data = read_rows(path, set.preprocessing, team);
  if (!data.target) {
    const std::string what = set.preprocessing.kind == DataKind::table
                                 ? "column " + io::shown(set.preprocessing.target)
                                 : "labels, named as ROWS.npy:LABELS.npy,";
    throw DataError::in_file(data.file, fmt::format("there is no {} to measure against", what));
  }
  LeftOut left_out;
  std::vector<std::uint32_t> rows = usable_rows(data, missing, left_out);
  warn_of_unknown(data, set.warnings);
  if (left_out.without_target + left_out.with_missing > 0) {
    set.warnings.push_back(fmt::format("{}: {} rows left out: {} without a target, {} with missing values",
                                       data.file, left_out.without_target + left_out.with_missing,
                                       left_out.without_target, left_out.with_missing));
  }
  identify(name, data, team, set.identity);
  return make_part(fmt::format("{} data", name), data, std::move(rows), set.preprocessing);
}

Preprocessing columns_of(const RawData& data, const DataOptions& options) {
  Preprocessing model;
  model.kind = data.kind;
  model.columns = data.columns;
  model.image_rows = data.image_rows;
  model.image_columns = data.image_columns;
  model.header = data.header;
  model.missing_words = options.missing_words;
  return model;
}

/// All rows train where a folder has test data; a tenth is kept back otherwise.
double validation_share(const DataChoices& choices, const DataFiles& files) {
  if (!choices.validation_file.empty()) return 0;
  const bool tested_folder = files.folder && !files.test.rows.empty();
  return choices.validation_share.value_or(tested_folder ? 0 : kDefaultShare);
}

Split split_of(const RawData& data, const std::vector<std::uint32_t>& rows, const Preprocessing& model,
               double share, std::uint64_t seed) {
  if (share == 0) return {rows, {}};
  std::vector<std::int32_t> labels;
  if (model.task == Task::classification) {
    const LabelFinder label_of(model, *data.target);
    for (const std::uint32_t row : rows) labels.push_back(label_of(row));
  }
  return split_rows(rows, labels, model.classes.size(), share, seed);
}

std::string title_of(const std::string& path) {
  const std::filesystem::path whole = std::filesystem::path(path).lexically_normal();
  const std::string name = whole.filename().string();
  return name.empty() ? whole.parent_path().filename().string() : name;
}

}  // namespace

DataSet read_data(const DataOptions& options, std::uint64_t seed, cpu::Team& team) {
  const DataChoices choices = choices_of(options);
  const DataFiles files = find_files(options);
  RawData data = read_training(files.training, options, choices, team);
  require_rows(data, data.rows->rows);
  LeftOut left_out;
  const std::vector<std::uint32_t> rows = usable_rows(data, choices.missing, left_out);

  DataSet set;
  set.title = title_of(options.path);
  set.preprocessing = columns_of(data, options);
  set.warnings = doubtful_words(data, options);
  identify("training", data, team, set.identity);
  learn_target(data, rows, choices.task, set.preprocessing);
  Split split = split_of(data, rows, set.preprocessing, validation_share(choices, files), seed);
  learn_columns(data, split.training, set.preprocessing, team);
  learn_target_scale(*data.target, split.training, set.preprocessing);
  for (std::string& warning : doubtful_numbers(data, set.preprocessing))
    set.warnings.push_back(std::move(warning));

  set.training = make_part("training data", data, std::move(split.training), set.preprocessing);
  if (!split.validation.empty()) {
    set.validation = make_part("validation data", data, std::move(split.validation), set.preprocessing);
  }
  if (!choices.validation_file.empty()) {
    set.validation = read_part("validation", data_path(choices.validation_file), choices.missing, set, team);
  }
  if (!files.test.rows.empty()) set.test = read_part("test", files.test, choices.missing, set, team);
  set.summary = summary_of(data, set, choices, left_out);
  set.columns = notes_of(data, set);
  return set;
}

}  // namespace calando::training
