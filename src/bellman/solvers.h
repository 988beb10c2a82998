// SPDX-License-Identifier: MIT
// The solvers of the discounted criterion: loops over the certified sweep, until it says that the solve is over.
#pragma once

#include "src/bellman/certified.h"

namespace calando::bellman {

/// v <- T v.
void value_iteration(CertifiedIterate& iterate);

/// Sweeps in which a state sees the new values of those before it in its block; the proof comes from sweeps between them.
void gauss_seidel(CertifiedIterate& iterate);

/// v <- T_pi^k v for the greedy policy pi of v, k times: `sweeps`, or where that is 0 until the change has fallen to a
/// fraction of that of the improvement.
///
/// Source:  Puterman & Shin 1978.
void modified_policy_iteration(CertifiedIterate& iterate, std::int64_t sweeps);

/// v <- the value of the greedy policy of v: by factorisation for small models, by many sweeps for others.
///
/// Source:  Howard 1960.
void policy_iteration(CertifiedIterate& iterate);

}  // namespace calando::bellman
