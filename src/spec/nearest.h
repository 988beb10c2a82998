// SPDX-License-Identifier: MIT
// What a misspelt word most likely meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace calando::spec {

/// The candidate that a misspelt word most likely meant, or an empty string where none is near (more than a third of
/// the letters differ, by Damerau-Levenshtein distance without regard to case).
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// "; did you mean "adam"?", or an empty string.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace calando::spec
