// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "calando/similarity.h"
#include "tools/command.h"

namespace calando::tools {

/// --undefined nan|zero|error
void declare_undefined(CLI::App& app, std::string& word);

/// Throws:  UsageError for another word.
Undefined parse_undefined(const std::string& word);

}  // namespace calando::tools
