// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>

#include "calando/fields.h"

namespace calando {

enum class LineSearch { none, strong_wolfe };
constexpr std::array<std::string_view, 2> enum_names(LineSearch) { return {"none", "strong_wolfe"}; }

/// Newton's method with a curvature that the last steps tell: for full batches, of which it evaluates several a step.
///
///   s = p - p_before, y = g - g_before, kept where s y > 1e-10;   H0 = (s y / y y) I
///   d = -H g by two loops over the kept pairs,   at the first iteration d = -g
///   p <- p + t d,   t from lr (first lr min(1, 1 / |g|_1)), searched until
///   f(p + t d) <= f(p) + 1e-4 t g d   and   |g(p + t d) d| <= 0.9 |g d|
///
/// Needs Optimizer::step(lr, evaluate). A rate of 1 is Newton's. Dot products are in double.
///
/// Source:  Nocedal & Wright 2006, algorithms 7.4, 7.5, 3.5 and 3.6 with cubic interpolation; what is kept, the first step and where the
///          search stops: as in PyTorch.
struct Lbfgs {
  int iterations = 1;
  int evaluations = 25;
  double tolerance_gradient = 1e-7;
  double tolerance_change = 1e-9;
  int history = 10;
  LineSearch line_search = LineSearch::strong_wolfe;

  static constexpr std::string_view kName = "lbfgs";
  static constexpr std::string_view kFormula =
      "d = -H g, H from the last s = p - p' and y = g - g';  p <- p + t d, t by a search for the strong "
      "Wolfe conditions";
  static constexpr std::string_view kSource = "Nocedal & Wright 2006, algorithms 7.5 and 3.5";
  static constexpr std::string_view kDeparts = "first step, tolerances and bracketing are PyTorch's";
  static constexpr double kRate = 1;
  static constexpr bool kSearches =
      true;  // takes its own steps: an engine of its own, src/optimizer/lbfgs.cc

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("iterations", self.iterations, range::closed(1, 1e9), "at most so many in a step");
    visit("evaluations", self.evaluations, range::closed(1, 1e9), "at most so many in a step, roughly");
    visit("tolerance_gradient", self.tolerance_gradient, range::not_negative,
          "largest element at which it is done");
    visit("tolerance_change", self.tolerance_change, range::not_negative,
          "of point, loss or slope, below which a step ends");
    visit("history", self.history, range::closed(1, 10000), "pairs s, y that are kept");
    visit("line_search", self.line_search, "none: t = lr");
  }
};

}  // namespace calando
