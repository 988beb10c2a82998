// SPDX-License-Identifier: MIT
// Where states have very many choices: a model with a few of each state's, for values to start from.
#pragma once

#include "src/bellman/certified.h"
#include "src/bellman/inexact.h"

namespace calando::bellman {

/// Whether the states of a model have so many choices that one with a few of them is much smaller.
bool has_many_choices(const BellmanOperator& model);

/// v <- about the values of the model that has a few choices of each state alone, evenly spread over its numbers. What has helped to
/// evaluate policies there, `policies` take over. True where the solve is over: nothing of this proves anything.
///
/// Source:  Chow & Tsitsiklis 1991, one-way multigrid, over choices instead of states
bool start_from_sample(CertifiedIterate& iterate, InexactPolicyIteration& policies);

}  // namespace calando::bellman
