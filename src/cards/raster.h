// SPDX-License-Identifier: MIT
// Pictures for programs that draw no SVG, such as most that read mail.
#pragma once

#include <string>
#include <string_view>

namespace calando::cards {

/// An SVG drawn into a PNG of this width in pixels, on white.
///
/// Throws:  RunError where librsvg or cairo refuses.
std::string png_of_svg(std::string_view svg, int width);

}  // namespace calando::cards
