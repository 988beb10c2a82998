// SPDX-License-Identifier: MIT
// calando schedule --fit: a log of steps and rates, and the schedule behind it.
#pragma once

#include <string>

#include "tools/output.h"

namespace calando::tools {

/// Reads `step<TAB>rate` lines (spaces, commas and semicolons separate too; a first line without numbers is a header,
/// lines that begin with # are skipped) and prints what fits.
///
/// Throws:  DataError with the line
void fit_log(const std::string& file, bool json, bool quiet, Output& out);

}  // namespace calando::tools
