// SPDX-License-Identifier: MIT
// Numbers as text, the same everywhere: no locale, and every double reads back to itself.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace calando::spec {

/// The shortest text that reads back to the same double: "0.1", "1e-05", "nan", "inf".
std::string to_text(double value);

/// The same into a buffer of at least 32 characters; returns the end. For loops that print millions of numbers.
char* to_text(char* out, double value);

/// Reads a whole text as a number: decimal, or "inf", "infinity", "nan", each with a sign or without.
/// Nothing where it is not one, or where it lies beyond the range of a double: 1e400, 1e-400.
std::optional<double> to_number(std::string_view text);

}  // namespace calando::spec
