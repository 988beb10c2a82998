// SPDX-License-Identifier: MIT
// A figure as SVG.
#pragma once

#include <string>

#include "src/plot/figure.h"

namespace calando::plot {

enum class Use {
  file,    // stands alone: declares its name space and carries its style
  in_page  // part of an HTML page that carries style_sheet() once
};

struct SvgOptions {
  double width = 720;
  double height = 420;
  Use use = Use::file;
};

/// The figure as an SVG element that scales to the width it is given, follows the reader's light or dark
/// scheme, and needs nothing from anywhere else. A line of 10^7 points takes no more room than the picture
/// has columns for.
///
/// Throws:  UsageError as check(figure)
std::string to_svg(const Figure& figure, const SvgOptions& options = {});

}  // namespace calando::plot
