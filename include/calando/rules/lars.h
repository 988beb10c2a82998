// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>

#include "calando/fields.h"

namespace calando {

/// What the norm of a tensor's values is divided by.
enum class LarsNorm { separate, decayed };
constexpr std::array<std::string_view, 2> enum_names(LarsNorm) { return {"separate", "decayed"}; }

/// Momentum, with a rate for each tensor that follows the norms of its values and gradients.
///
///   r  = trust |p| / (|g| + wd |p| + eps),   decayed:  trust |p| / (|g + wd p| + eps);   1 where a norm is 0
///   b <- mu b + lr r (g + wd p)
///   p <- p - b,                              nesterov:  p - (mu b + lr r (g + wd p))
///
/// Error:   norms are summed in double by a fixed tree over the blocks of the tensor
/// Source:  You, Gitman & Ginsburg 2017, algorithm 1; decayed: optax.
/// Departs: the ratio is 1 where a norm is 0, as in optax and timm; the paper does not say.
struct Lars {
  double momentum = 0.9;
  double weight_decay = 0;
  double trust = 0.001;
  double epsilon = 0;
  LarsNorm norm = LarsNorm::separate;
  bool nesterov = false;
  bool rate_in_momentum = true;

  static constexpr std::string_view kName = "lars";
  static constexpr std::string_view kFormula =
      "r = trust |p| / (|g| + wd |p| + eps);  b <- mu b + lr r (g + wd p);  p <- p - b";
  static constexpr std::string_view kSource = "You, Gitman & Ginsburg 2017, algorithm 1";
  static constexpr std::string_view kDeparts = "the ratio is 1 where a norm is 0";

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("momentum", self.momentum, range::half_open(0, 1), "decay of the buffer");
    visit("weight_decay", self.weight_decay, range::not_negative, "share of p in the gradient");
    visit("trust", self.trust, range::positive, "what the ratio of the norms is multiplied by");
    visit("epsilon", self.epsilon, range::not_negative, "added to the norm that is divided by");
    visit("norm", self.norm, "separate: |g| + wd |p|, decayed: |g + wd p|");
    visit("nesterov", self.nesterov, "look one step ahead");
    visit("rate_in_momentum", self.rate_in_momentum,
          "lr multiplies what goes into the buffer, not what comes out");
  }
};

}  // namespace calando
