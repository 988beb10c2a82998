// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "calando/fields.h"

namespace calando {

/// Adam's direction, made as long in each tensor as the tensor's own values are.
///
///   m <- b1 m + (1 - b1) g,   v <- b2 v + (1 - b2) g^2
///   u  = (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps) + wd p
///   p <- p - lr (|p| / |u|) u,     the ratio being 1 where either norm is 0
///
/// Error:   norms are summed in double by a fixed tree over the blocks of the tensor
/// Source:  You et al. 2020, algorithm 2, with the identity for phi.
/// Departs: the global gradient norm is not clipped to 1 before, as timm and Apex do: that is the optimizer's option clip=1.
struct Lamb {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-6;
  double weight_decay = 0;
  bool bias_correction = true;
  double largest_ratio = 0;

  static constexpr std::string_view kName = "lamb";
  static constexpr std::string_view kFormula = "u = m^ / (sqrt(v^) + eps) + wd p;  p <- p - lr (|p| / |u|) u";
  static constexpr std::string_view kSource = "You et al. 2020, algorithm 2";
  static constexpr std::string_view kDeparts = "gradients are clipped only where the optimizer is asked to";

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("beta1", self.beta1, range::half_open(0, 1), "decay of the first moment");
    visit("beta2", self.beta2, range::half_open(0, 1), "decay of the second moment");
    visit("epsilon", self.epsilon, range::not_negative, "added to the root");
    visit("weight_decay", self.weight_decay, range::not_negative, "share of p in the direction");
    visit("bias_correction", self.bias_correction, "divide the moments by 1 - beta^t");
    visit("largest_ratio", self.largest_ratio, range::not_negative, "limit of |p| / |u|; 0: none");
  }
};

}  // namespace calando
