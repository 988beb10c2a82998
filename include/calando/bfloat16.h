// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstdint>

namespace calando {

/// The upper half of the bits of a float: its range with 8 bits of precision.
struct BFloat16 {
  std::uint16_t bits;

  constexpr operator float() const noexcept {  // NOLINT(google-explicit-constructor): exact
    return std::bit_cast<float>(std::uint32_t{bits} << 16);
  }
};

}  // namespace calando
