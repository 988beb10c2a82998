// SPDX-License-Identifier: MIT
#pragma once

#include "src/bellman/certified.h"

namespace calando::bellman {

/// v <- sum_i a_i T v_i over the last iterates, sum a_i = 1, where the same mixture of T v_i - v_i is smallest. What does not
/// lower the residual by what a plain sweep would is dropped, and the memory with it.
///
/// Source:  Geist & Scherrer 2018; the safeguard after Zhang, O'Donoghue & Boyd 2020
void anderson(CertifiedIterate& iterate);

}  // namespace calando::bellman
