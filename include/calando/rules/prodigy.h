// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "calando/rules/parts/weight_decay.h"

namespace calando {

/// Adam that finds its own rate: d estimates the distance to the solution.
///
///   m <- b1 m + (1 - b1) d g,   v <- b2 v + (1 - b2) d^2 g^2,   s <- b3 s + (d / d0) d lr g
///   r <- b3 r + (d / d0) d lr <g, p0 - p>,   d <- max(d, coefficient r / |s|_1), at most growth d
///   p <- p - lr d wd p - lr d m / (sqrt(v) + d eps)
///
/// The new d takes part in the root only; the rest of the step has the old one. Sums are over all tensors of a group. lr = 1, or a
/// schedule that starts from 1.
///
/// Source:  Mishchenko & Defazio 2024, algorithm 4.
/// Departs: as in the authors' program (prodigyopt): d / d0 in r and s, the estimate kept as the largest so far. Groups of options have
///          their own d.
struct Prodigy {
  double beta1 = 0.9;
  double beta2 = 0.999;
  std::optional<double> beta3 = std::nullopt;
  double epsilon = 1e-8;
  double weight_decay = 0;
  Decay decay = Decay::decoupled;
  bool bias_correction = false;
  bool safeguard_warmup = false;
  double d0 = 1e-6;
  double coefficient = 1;
  std::optional<double> growth = std::nullopt;

  static constexpr std::string_view kName = "prodigy";
  static constexpr std::string_view kFormula =
      "adam's m and v of d g;  s <- b3 s + d^2/d0 lr g;  r <- b3 r + d^2/d0 lr <g, p0 - p>;  d <- max(d, r / "
      "|s|_1);  p <- p - "
      "lr d m / (sqrt(v) + d eps)";
  static constexpr std::string_view kSource = "Mishchenko & Defazio 2024, algorithm 4";
  static constexpr std::string_view kDeparts = "as in the authors' program; a d for each group of options";
  static constexpr double kRate = 1;
  static constexpr bool kWholeGroup = true;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("beta1", self.beta1, range::half_open(0, 1), "decay of the first moment");
    visit("beta2", self.beta2, range::half_open(0, 1), "decay of the second moment");
    visit("beta3", self.beta3, range::half_open(0, 1), "decay of s and r; None: sqrt(beta2)");
    visit("epsilon", self.epsilon, range::not_negative, "added to the root, times d");
    decay_fields(self, visit);
    visit("bias_correction", self.bias_correction, "correct Adam's bias, in the rate");
    visit("safeguard_warmup", self.safeguard_warmup, "leave the rate out of s");
    visit("d0", self.d0, range::positive, "first estimate of the distance");
    visit("coefficient", self.coefficient, range::positive, "of the estimate");
    visit("growth", self.growth, range::at_least(1), "d grows at most by this factor a step; None: by any");
  }
};

}  // namespace calando
