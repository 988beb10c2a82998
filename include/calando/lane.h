// SPDX-License-Identifier: MIT
#pragma once

/// A function on one element that is inlined into the loop that calls it, and vectorized with that loop for each instruction set.
#define CALANDO_LANE __attribute__((always_inline)) inline
