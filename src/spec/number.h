// SPDX-License-Identifier: MIT
// Numbers as text, the same everywhere: no locale, and every double reads back to itself.
#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace calando::spec {

/// The shortest text that reads back to the same double: "0.1", "1e-05", "nan", "inf".
std::string to_text(double value);

/// The same into a buffer of at least 32 characters; returns the end. For loops that print millions of numbers.
char* to_text(char* out, double value);

/// Reads a whole text as a number (decimal, "inf", "nan" with a sign); nothing where it is not one.
std::optional<double> to_number(std::string_view text);

}  // namespace calando::spec
