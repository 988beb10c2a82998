// SPDX-License-Identifier: MIT
// Tables of text as raw rows.
#pragma once

#include <memory>

#include "calando/data_options.h"
#include "src/cpu/threads.h"
#include "src/io/file.h"
#include "src/train/data_choices.h"
#include "src/train/raw_data.h"

namespace calando::training {

/// The whole of the table that a model is to learn from: its columns but the target are the features.
///
/// Throws:  UsageError: a column that is not there, or no target; DataError
RawData read_training_table(io::Source source, const DataOptions& options, const DataChoices& choices,
                            cpu::Team& team);

/// A later table: its columns are found by the names of the model's.
///
/// Throws:  DataError: a column of the model is not there
std::unique_ptr<RawReader> open_table(io::Source source, const Preprocessing& model, cpu::Team& team);

}  // namespace calando::training
