// SPDX-License-Identifier: MIT
// Markdown as lines of a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "src/plot/terminal.h"

namespace calando::cards {

/// Paragraphs, headings, lists, code and tables in lines of at most `columns` characters; emphasis only where there is colour.
std::string markdown_to_terminal(std::string_view markdown, std::size_t columns, plot::Colour colour);

/// The number of characters of UTF-8 text.
std::size_t width_of(std::string_view text);

/// Text broken between words; every line but the first begins with `indent`.
std::string wrapped(std::string_view text, std::size_t columns, std::string_view indent);

}  // namespace calando::cards
