// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace calando {

/// What a state of a rule is, hence how it may be stored in fewer bits.
enum class StateKind : std::uint8_t {
  exact,   // parameters, step sizes: always in full precision
  moment,  // of either sign, a mean of gradients
  square   // never below 0, and a denominator: not 0 stays not 0
};

}  // namespace calando
