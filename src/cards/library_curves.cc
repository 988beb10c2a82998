// SPDX-License-Identifier: MIT
// Curves of an expression in x.
#include <fmt/format.h>

#include <array>

#include "calando/error.h"
#include "src/cards/library.h"

namespace calando::cards {
namespace {

constexpr int kPoints = 400;

/// "expression in x", ..., low, high[, "x label"[, "y label"]]
plot::Figure curve_picture(Given& given) {
  std::vector<Expression> curves;
  while (given.text_is_next()) curves.push_back(read_expression(given.text(), "curve"));
  const double low = given.number();
  const double high = given.number();
  if (!(low < high)) throw UsageError(fmt::format("curve: from {} to {}, expected low < high", low, high));
  plot::Figure figure;
  figure.x.label = given.more() ? given.text() : "x";
  figure.y.label = given.more() ? given.text() : "";
  for (const Expression& curve : curves) {
    plot::Line line{.name = curves.size() == 1 ? "" : curve.typeset()};
    for (int i = 0; i <= kPoints; ++i) {
      const double x = low + (high - low) * i / kPoints;
      line.x.push_back(x);
      line.y.push_back(curve.value({{"x", x}}, call_library));
    }
    figure.description += (figure.description.empty() ? "" : "; ") + curve.typeset();
    figure.layers.emplace_back(std::move(line));
  }
  return figure;
}

/// [values][, "label of x"[, "label of y"]]
plot::Figure bars_picture(Given& given) {
  plot::Bars bars;
  bars.heights = given.list();
  for (std::size_t i = 0; i <= bars.heights.size(); ++i) bars.edges.push_back(static_cast<double>(i) - 0.5);
  plot::Figure figure;
  figure.x.label = given.more() ? given.text() : "";
  figure.y.label = given.more() ? given.text() : "";
  figure.layers.emplace_back(std::move(bars));
  return figure;
}

constexpr std::array<Picture, 2> kPictures = {{
    {"curve", "\"expression in x\", ..., low, high[, \"x label\", \"y label\"]", "functions of x",
     curve_picture},
    {"bars", "[heights][, \"x label\", \"y label\"]", "bars side by side", bars_picture},
}};

}  // namespace

std::span<const Picture> curve_pictures() { return kPictures; }

}  // namespace calando::cards
