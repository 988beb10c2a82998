// SPDX-License-Identifier: MIT
// calando list schedules: every curve, shape and combinator, and every class of every peer, from the registries.
#pragma once

#include "tools/output.h"

namespace calando::tools {

/// form<TAB>formula<TAB>source, a line an entry; or JSON.
void list_schedules(bool json, Output& out);

}  // namespace calando::tools
