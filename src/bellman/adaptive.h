// SPDX-License-Identifier: MIT
#pragma once

#include "src/bellman/certified.h"

namespace calando::bellman {

/// The default: policies evaluated inexactly; where those promise to take long, a wavefront is tried, and kept if it promises
/// less. What is compared is the logarithm of the gap against transitions touched, never time: the same run everywhere.
/// Returns the method that was in charge at the end.
Method solve_adaptively(CertifiedIterate& iterate);

}  // namespace calando::bellman
