// SPDX-License-Identifier: MIT
// Value iteration over choices that get fewer: what the bounds prove not to be the best is never looked at again.
#pragma once

#include "src/bellman/certified.h"

namespace calando::bellman {

/// Choice c of state s is dropped where (Q(c) - v(s)) + beta(c) upper < lower, rounding included, with the shifts of the same sweep:
/// its value is below one that is proven for the state.
///
/// Source:  MacQueen 1967; Porteus 1971
void action_elimination(CertifiedIterate& iterate);

}  // namespace calando::bellman
