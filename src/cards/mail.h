// SPDX-License-Identifier: MIT
// The daily mail: five cards, and the stories that matter.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "src/cards/explain.h"
#include "src/cards/stories.h"

namespace calando::cards {

struct DailyMail {
  std::chrono::sys_days day;
  std::string from;  // "calando <cards@example.org>"
  std::string to;
  std::vector<Explanation> cards;
  std::vector<Story> stories;  // may be empty
};

/// The mail as it goes to `sendmail -t`: headers, the same content as text and as HTML, pictures inside. The same bytes for the same
/// content.
///
/// Throws:  UsageError for an address that is none
std::string compose(const DailyMail& mail);

}  // namespace calando::cards
