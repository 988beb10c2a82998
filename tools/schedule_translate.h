// SPDX-License-Identifier: MIT
// calando schedule --translate, and --to PEER: a schedule in other words.
#pragma once

#include <string>
#include <vector>

#include "calando/schedule.h"
#include "tools/output.h"

namespace calando::tools {

/// The native form of each, one a line.
///
/// Throws:  UsageError, naming it, for what has none.
void print_native_forms(const std::vector<std::string>& specs, const std::vector<Schedule>& schedules,
                        bool json, Output& out);

/// The nearest call of a peer for each: call<TAB>largest difference<TAB>step of it.
void print_nearest_calls(const std::vector<std::string>& specs, const std::vector<Schedule>& schedules,
                         const std::string& peer, Step count, bool json, Output& out);

}  // namespace calando::tools
