// SPDX-License-Identifier: MIT
// What of a run's options decides its result, as text: written beside a run, compared before it is resumed.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "calando/train.h"

namespace calando::training {

/// Name of the command line's option, value; empty where it is left to its default.
using RecordedOptions = std::vector<std::pair<std::string, std::string>>;

/// All options but those that change no result (threads, times of checkpoints), the folder, and the data's path: data are
/// told apart by their content.
RecordedOptions recorded(const TrainOptions& options);

/// The text of options.json, and back.
///
/// Throws:  DataError naming `file` where the text is not one of to_json().
std::string to_json(const RecordedOptions& options, const std::string& command);
RecordedOptions recorded_from_json(const std::string& file, const std::string& text);

/// Throws:  UsageError that names the first option that differs and both its values.
void require_same(const RecordedOptions& before, const RecordedOptions& now, const std::string& folder);

}  // namespace calando::training
