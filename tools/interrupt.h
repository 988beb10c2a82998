// SPDX-License-Identifier: MIT
#pragma once

namespace calando::tools {

/// From now on the first Ctrl-C (or SIGTERM) is only remembered; a second one ends the process at once.
void catch_interrupts();
bool was_interrupted();

}  // namespace calando::tools
