// SPDX-License-Identifier: MIT
// The report of a finished run, filled from what the run has at its end.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "src/cpu/threads.h"
#include "src/train/data_set.h"
#include "src/train/evaluation.h"
#include "src/train/model_options.h"
#include "src/train/network.h"
#include "src/train/report.h"
#include "src/train/run_log.h"

namespace calando::training {

/// What the report says of the run itself.
struct RunFacts {
  std::string command;
  ModelOptions model;
  std::string optimizer;
  std::string schedule;
  std::uint64_t seed = 0;
  std::vector<std::pair<std::string, std::string>> versions;  // calando, compiler, instruction set, kernel
  Metrics metrics;
};

/// `scored`: the test rows where there are some, else validation, else training; with its evaluation by the final weights.
ReportData run_report(const RunFacts& facts, const DataSet& data, Network& network, const DataPart& scored,
                      const Evaluation& evaluation, LoggedRun log);

}  // namespace calando::training
