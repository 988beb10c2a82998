// SPDX-License-Identifier: MIT
// summary.json: how a run ended. A run that has it is over.
#pragma once

#include <string>

#include "calando/train.h"

namespace calando::training {

/// Units:   of the metrics, those that are not numbers are null.
std::string to_json(const TrainResult& result);

/// Throws:  DataError naming `file`.
TrainResult result_from_json(const std::string& file, const std::string& text);

}  // namespace calando::training
