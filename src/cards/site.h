// SPDX-License-Identifier: MIT
// The cards as one page that opens from the disk, offline.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/cards/card.h"

namespace calando::cards {

/// The parts of the page, as they were compiled in.
extern const std::string_view kSitePage;
extern const std::string_view kSiteStyle;
extern const std::string_view kSiteScript;

/// The whole page: the deck with its pictures, and the playground.
///
/// `module`: the script that answer.h was compiled to, with its WebAssembly inside; empty: pictures of the default values, no sliders.
std::string site_page(const std::vector<Card>& deck, std::string_view module);

}  // namespace calando::cards
