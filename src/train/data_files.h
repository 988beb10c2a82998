// SPDX-License-Identifier: MIT
// Which files a data set is read from, and the reader for each of them.
#pragma once

#include <memory>
#include <string>

#include "calando/data_options.h"
#include "src/cpu/threads.h"
#include "src/train/data_choices.h"
#include "src/train/raw_data.h"

namespace calando::training {

/// Paths as data_path() takes them; empty where there is none.
struct DataFiles {
  bool folder = false;  // of the MNIST family: train-*, t10k-*
  DataPath training;
  DataPath test;
};

/// Throws:  UsageError: options that do not fit the data; DataError: files of a folder that are not there
DataFiles find_files(const DataOptions& options);

/// All rows to learn from.
RawData read_training(const DataPath& path, const DataOptions& options, const DataChoices& choices,
                      cpu::Team& team);

/// Rows for a model that is there, from a file or from a folder's t10k-*.
///
/// Throws:  DataError: the file has another format than the model's data had, or other columns
std::unique_ptr<RawReader> open_rows(const DataPath& path, const Preprocessing& model, cpu::Team& team);

/// The same, all of them.
RawData read_rows(const DataPath& path, const Preprocessing& model, cpu::Team& team);

}  // namespace calando::training
