// SPDX-License-Identifier: MIT
// The texts of DataOptions, understood; nothing is read for it.
#pragma once

#include <optional>
#include <string>

#include "calando/data_options.h"
#include "src/train/model_options.h"

namespace calando::training {

/// What to do with rows in which a value is missing.
enum class Missing { impute, drop, refuse };

struct DataChoices {
  std::optional<Task> task;
  std::optional<bool> header;
  Missing missing = Missing::impute;
  std::optional<double> validation_share;  // in [0, 1)
  std::string validation_file;             // or empty
};

/// Throws:  UsageError that names the option, its word and the words it knows.
DataChoices choices_of(const DataOptions& options);

/// A path as the command line has it: "X.npy", or "X.npy:LABELS.npy".
struct DataPath {
  std::string rows;
  std::string labels;  // or empty
};
DataPath data_path(const std::string& text);

}  // namespace calando::training
