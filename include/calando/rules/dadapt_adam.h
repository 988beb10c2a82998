// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "calando/rules/parts/weight_decay.h"

namespace calando {

/// Adam with a rate that follows from a lower bound d on the distance to the solution.
///
///   r <- sqrt(b2) r + (1 - sqrt(b2)) d lr <g, s / (sqrt(v) + eps)>
///   m <- b1 m + (1 - b1) d lr g,   v <- b2 v + (1 - b2) g^2,   s <- sqrt(b2) s + (1 - sqrt(b2)) d lr g
///   d <- max(d, r / ((1 - sqrt(b2)) |s|_1)), at most growth d
///   p <- p - lr d wd p - m / (sqrt(v) + eps)
///
/// Sums are over all tensors of a group. lr = 1, or a schedule that starts from 1.
///
/// Source:  Defazio & Mishchenko 2023, algorithm 5, as in the authors' program (dadaptation 3).
/// Departs: groups of options have their own d.
struct DAdaptAdam {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  Decay decay = Decay::coupled;
  bool bias_correction = false;
  double d0 = 1e-6;
  std::optional<double> growth = std::nullopt;

  static constexpr std::string_view kName = "dadapt_adam";
  static constexpr std::string_view kFormula =
      "adam's m of d lr g, v;  s <- sqrt(b2) s + (1 - sqrt(b2)) d lr g;  d <- max(d, mean of d lr <g, s / "
      "(sqrt(v) + eps)> / |s|_1);  p <- "
      "p - m / (sqrt(v) + eps)";
  static constexpr std::string_view kSource = "Defazio & Mishchenko 2023, algorithm 5";
  static constexpr std::string_view kDeparts = "as in the authors' program; a d for each group of options";
  static constexpr double kRate = 1;
  static constexpr bool kWholeGroup = true;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("beta1", self.beta1, range::half_open(0, 1), "decay of the first moment");
    visit("beta2", self.beta2, range::open(0, 1), "decay of the second moment");
    visit("epsilon", self.epsilon, range::positive, "added to the root");
    decay_fields(self, visit);
    visit("bias_correction", self.bias_correction, "correct Adam's bias, in the rate");
    visit("d0", self.d0, range::positive, "first estimate of the distance");
    visit("growth", self.growth, range::at_least(1), "d grows at most by this factor a step; None: by any");
  }
};

}  // namespace calando
