// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>

namespace calando {

/// Where the rate enters a rule with a buffer; it matters when the rate changes.
enum class RatePlace { outside, inside };
constexpr std::array<std::string_view, 2> enum_names(RatePlace) { return {"outside", "inside"}; }

}  // namespace calando
