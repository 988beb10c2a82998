// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "calando/fields.h"

namespace calando {

/// Momentum of gradients that are divided by a running norm of the tensor's gradients: one second moment for each tensor.
///
///   v <- b2 v + (1 - b2) |g|^2,   |g|^2 while v is 0
///   m <- b1 m + gain (g / (sqrt(v) + eps) + wd p),   gain = 1, or 1 - b1 where gradients are averaged
///   p <- p - lr m
///
/// Error:   the norm is summed in double by a fixed tree over the blocks of the tensor
/// Source:  Ginsburg et al. 2019, algorithm 1.
/// Departs: v starts at the first gradient that is not 0, as in timm; the paper's and optax's at the first one.
struct NovoGrad {
  double beta1 = 0.95;
  double beta2 = 0.98;
  double epsilon = 1e-8;
  double weight_decay = 0;
  bool gradient_averaging = false;

  static constexpr std::string_view kName = "novograd";
  static constexpr std::string_view kFormula =
      "v <- b2 v + (1 - b2) |g|^2;  m <- b1 m + g / (sqrt(v) + eps) + wd p;  p <- p - lr m";
  static constexpr std::string_view kSource = "Ginsburg et al. 2019, algorithm 1";
  static constexpr std::string_view kDeparts = "v starts at the first gradient that is not 0";

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("beta1", self.beta1, range::half_open(0, 1), "decay of the first moment");
    visit("beta2", self.beta2, range::half_open(0, 1), "decay of the squared norm");
    visit("epsilon", self.epsilon, range::not_negative, "added to the norm");
    visit("weight_decay", self.weight_decay, range::not_negative, "share of p in the direction");
    visit("gradient_averaging", self.gradient_averaging, "multiply what goes into m by 1 - beta1");
  }
};

}  // namespace calando
