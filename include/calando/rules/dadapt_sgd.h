// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "calando/fields.h"

namespace calando {

/// SGD with a rate that follows from a lower bound d on the distance to the solution.
///
///   l = d lr / |g of the first step|,   r <- r + l <g, s>,   s <- s + l g
///   d <- max(d, 2 r / |s|), at most growth d
///   p <- mu p + (1 - mu) (p0 - s)
///
/// Sums are over all tensors of a group. lr = 1, or a schedule that starts from 1.
///
/// Source:  Defazio & Mishchenko 2023, algorithm 4, as in the authors' program (dadaptation 3).
/// Departs: groups of options have their own d; steps before the first gradient that is not 0 do nothing.
struct DAdaptSgd {
  double momentum = 0;
  double weight_decay = 0;
  double d0 = 1e-6;
  std::optional<double> growth = std::nullopt;

  static constexpr std::string_view kName = "dadapt_sgd";
  static constexpr std::string_view kFormula =
      "l = d lr / |g1|;  r <- r + l <g, s>;  s <- s + l (g + wd p);  d <- max(d, 2 r / |s|);  p <- mu p + (1 "
      "- mu) (p0 - s)";
  static constexpr std::string_view kSource = "Defazio & Mishchenko 2023, algorithm 4";
  static constexpr std::string_view kDeparts = "as in the authors' program; a d for each group of options";
  static constexpr double kRate = 1;
  static constexpr bool kWholeGroup = true;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("momentum", self.momentum, range::half_open(0, 1), "share of the weights that stays");
    visit("weight_decay", self.weight_decay, range::not_negative, "added to the gradient, times the weight");
    visit("d0", self.d0, range::positive, "first estimate of the distance");
    visit("growth", self.growth, range::at_least(1), "d grows at most by this factor a step; None: by any");
  }
};

}  // namespace calando
