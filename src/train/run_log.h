// SPDX-License-Identifier: MIT
// The lines of log.jsonl: written while a run goes on, read back for its report.
#pragma once

#include <string>
#include <vector>

#include "src/train/report.h"

namespace calando::training {

std::string to_line(const StepRecord& record);
/// `last` has the rate, the gradient's norm and the speed of the epoch's last update.
std::string to_line(const EpochRecord& record, const StepRecord& last);
std::string to_line(const RunEvent& event);

struct LoggedRun {
  std::vector<StepRecord> steps;
  std::vector<EpochRecord> epochs;
  std::vector<RunEvent> events;
};

/// Throws:  DataError with file:line where a line is not one of to_line().
LoggedRun read_log(const std::string& path);

}  // namespace calando::training
