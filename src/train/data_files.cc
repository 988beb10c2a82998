// SPDX-License-Identifier: MIT
#include "src/train/data_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "calando/error.h"
#include "src/io/file.h"
#include "src/train/array_data.h"
#include "src/train/sparse_data.h"
#include "src/train/table_data.h"

namespace calando::training {
namespace {

namespace fs = std::filesystem;

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

/// The file of a folder whose name starts so; a plain one before its gzipped twin; empty where there is none.
std::string find_file(const std::string& folder, const std::string& start) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with(start)) found.push_back(entry.path().string());
  }
  std::sort(found.begin(), found.end());
  if (found.size() > 2 || (found.size() == 2 && found[1] != found[0] + ".gz")) {
    throw DataError::in_file(
        folder, fmt::format("several files are named {}*: {} and {}", start, found[0], found[1]));
  }
  return found.empty() ? "" : found.front();
}

DataPath find_pair(const std::string& folder, const std::string& set) {
  const DataPath pair{find_file(folder, set + "-images"), find_file(folder, set + "-labels")};
  if (pair.rows.empty() && !pair.labels.empty()) {
    throw DataError::in_file(folder, fmt::format("there are {}-labels* and no {}-images*", set, set));
  }
  return pair;
}

DataPath find_training(const std::string& folder) {
  const DataPath pair = find_pair(folder, "train");
  if (pair.rows.empty() || pair.labels.empty()) {
    throw DataError::in_file(
        folder,
        "a folder of data holds train-images* and train-labels* (IDX), and t10k-* to test with; "
        "for a table name its file");
  }
  return pair;
}

void refuse(const char* option, const std::string& value, const char* why) {
  if (!value.empty()) throw UsageError(fmt::format("{} {}: {}", option, value, why));
}

void refuse_table_options(const DataOptions& options) {
  constexpr const char* kWhy = "only a table has named columns";
  refuse("--header", options.header, kWhy);
  for (const std::string& name : options.categorical) refuse("--categorical", name, kWhy);
  for (const std::string& name : options.numeric) refuse("--numeric", name, kWhy);
  for (const std::string& name : options.ignore) refuse("--ignore", name, kWhy);
  for (const std::string& word : options.missing_words) refuse("--missing-word", word, kWhy);
}

bool is_array(io::Format format) { return format == io::Format::idx || format == io::Format::npy; }

[[noreturn]] void refuse_format(const std::string& file) {
  throw DataError::in_file(file, "is safetensors; expected a table, LIBSVM text, .npy or IDX");
}

io::Format format_of(io::Source& source) { return io::detect(source.name(), source.peek(io::kDetectBytes)); }

const char* words_for(DataKind kind) {
  switch (kind) {
    case DataKind::images:
      return "images";
    case DataKind::table:
      return "a table";
    case DataKind::array:
      return "an array";
    case DataKind::sparse:
      break;
  }
  return "sparse rows (LIBSVM)";
}

}  // namespace

DataFiles find_files(const DataOptions& options) {
  DataFiles files;
  files.folder = is_folder(options.path);
  if (!options.test.empty()) files.test = data_path(options.test);
  if (!files.folder) {
    files.training = data_path(options.path);
    return files;
  }
  files.training = find_training(options.path);
  refuse("--target", options.target, "a folder has its labels in train-labels*");
  if (options.test.empty()) files.test = find_pair(options.path, "t10k");
  return files;
}

RawData read_training(const DataPath& path, const DataOptions& options, const DataChoices& choices,
                      cpu::Team& team) {
  io::Source source(path.rows);
  const io::Format format = format_of(source);
  if (format == io::Format::csv) return read_training_table(std::move(source), options, choices, team);
  if (format == io::Format::safetensors) refuse_format(source.name());
  refuse_table_options(options);
  if (format == io::Format::libsvm) {
    refuse("--target", options.target, "the labels of LIBSVM text are the first word of each line");
    return read_training_sparse(std::move(source), team);
  }
  const std::string labels = path.labels.empty() ? options.target : path.labels;
  if (labels.empty()) {
    throw UsageError(
        fmt::format("--target is missing: the file with a label for each row of {}, .npy or IDX", path.rows));
  }
  return read_array(std::move(source), labels);
}

std::unique_ptr<RawReader> open_rows(const DataPath& path, const Preprocessing& model, cpu::Team& team) {
  if (is_folder(path.rows)) {
    const DataPath test = find_pair(path.rows, "t10k");
    return open_rows(test.rows.empty() ? find_training(path.rows) : test, model, team);
  }
  io::Source source(path.rows);
  const io::Format format = format_of(source);
  const bool text = format == io::Format::csv || format == io::Format::libsvm;
  const bool table = model.kind == DataKind::table || model.kind == DataKind::array;
  if (text && model.kind == DataKind::sparse) return open_sparse(std::move(source), model, team);
  if (format == io::Format::csv && table) return open_table(std::move(source), model, team);
  if (is_array(format) && (model.kind == DataKind::images || model.kind == DataKind::array)) {
    return open_array(std::move(source), path.labels, model);
  }
  if (format == io::Format::safetensors) refuse_format(source.name());
  throw DataError::in_file(source.name(),
                           fmt::format("has another format than the data that the model was trained on: {}",
                                       words_for(model.kind)));
}

RawData read_rows(const DataPath& path, const Preprocessing& model, cpu::Team& team) {
  return open_rows(path, model, team)->all();
}

}  // namespace calando::training
