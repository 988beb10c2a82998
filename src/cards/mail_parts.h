// SPDX-License-Identifier: MIT
// What the daily mail says, as text and as HTML.
#pragma once

#include <string>

#include "src/cards/mail.h"

namespace calando::cards {

std::string subject_of(const DailyMail& mail);
std::string mail_text(const DailyMail& mail);
/// Pictures are referred to as cid:picture1, picture2, ...: the first of each card.
std::string mail_html(const DailyMail& mail);

}  // namespace calando::cards
