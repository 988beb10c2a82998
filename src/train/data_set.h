// SPDX-License-Identifier: MIT
// A run's data: read from files of any format, understood, split, and seen as features.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "calando/data_options.h"
#include "src/cpu/threads.h"
#include "src/train/features.h"
#include "src/train/network.h"
#include "src/train/preprocessing.h"
#include "src/train/report.h"

namespace calando::training {

/// Rows to train on or to measure on.
struct DataPart {
  std::string name;                    // "t10k-images-idx3-ubyte.gz, 10000 rows", for messages and the report
  std::unique_ptr<Features> features;  // none: there are no such rows
  std::vector<std::int32_t> labels;    // of a classification, by row: an index into Preprocessing::classes
  std::vector<float> values;           // of a regression, by row, in the data's own units
  std::vector<float> scaled;           // the same as the network is to predict them

  std::size_t rows() const { return features == nullptr ? 0 : features->rows(); }
  Targets targets() const { return {labels, scaled}; }
};

/// What tells one data set from another: name, text. Compared before a run is resumed.
using DataIdentity = std::vector<std::pair<std::string, std::string>>;

struct DataSet {
  std::string title;            // the data's name, for the report
  Preprocessing preprocessing;  // learnt from the training rows
  DataPart training;            // never empty
  DataPart validation;          // empty with --validation 0
  DataPart test;                // empty where no test data are named
  std::vector<std::pair<std::string, std::string>>
      summary;                      // what was understood: task, rows, features, classes, ...
  std::vector<ColumnNote> columns;  // of a table
  std::vector<std::string> warnings;
  DataIdentity identity;
};

/// Reads the files that the options name and splits off the validation rows by `seed`.
///
/// Error:   the same data set for any team
/// Throws:  UsageError: a column or a word that is not there; DataError: a file is wrong, or there is nothing to learn in it
DataSet read_data(const DataOptions& options, std::uint64_t seed, cpu::Team& team);

/// One line of JSON for a checkpoint, and back.
///
/// Throws:  DataError naming `file`.
std::string to_json(const DataIdentity& identity);
DataIdentity identity_from_json(const std::string& file, const std::string& text);

/// Throws:  UsageError that names what of the data differs, and both texts.
void require_same_data(const DataIdentity& before, const DataIdentity& now, const DataOptions& options,
                       const std::string& folder);

}  // namespace calando::training
