// SPDX-License-Identifier: MIT
// Text and numbers as they stand in SVG and HTML.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/plot/reduce.h"

namespace calando::plot {

/// Text made safe for the content of an element and for an attribute in either quote. Control characters that
/// XML does not allow, and bytes that are not UTF-8, become U+FFFD.
std::string escaped(std::string_view text);

/// A coordinate to a tenth of a unit: "12.3", "4", never "-0".
std::string coordinate(double value);

/// The data of a path through points; closed where asked for. A single point becomes a dot under round line
/// ends.
enum class Ends { open, closed };
std::string path_data(const std::vector<std::vector<Pixel>>& pieces, Ends ends);

/// The label of a tick as a person would set it: a true minus sign, 2x10^-5 with a raised exponent, thousands
/// parted by thin spaces.
std::string typeset(std::string_view tick);

/// About the width of a text, in units of the drawing, at a size of font; the reader's system chooses the
/// font.
double text_width(std::string_view text, double size);

}  // namespace calando::plot
