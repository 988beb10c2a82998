// SPDX-License-Identifier: MIT
#pragma once

#include <functional>

#include "tools/command.h"

namespace calando::tools {

/// Writes the share that is done on standard error, over itself, some times a second; nothing where that is no terminal or nobody wants
/// to see it: then the function is empty.
std::function<void(double)> share_progress(const Common& common);

/// Takes the line away again.
void end_progress(const std::function<void(double)>& progress);

}  // namespace calando::tools
