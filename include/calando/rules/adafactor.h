// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "calando/fields.h"

namespace calando {

/// Where Adafactor keeps its divisor off 0.
enum class AdafactorEpsilon { added, floor };
constexpr std::array<std::string_view, 2> enum_names(AdafactorEpsilon) { return {"added", "floor"}; }

/// What Adafactor multiplies its weight decay by.
enum class AdafactorDecay { rate, none };
constexpr std::array<std::string_view, 2> enum_names(AdafactorDecay) { return {"rate", "none"}; }

/// Second moments of a matrix kept as one number for each row and each column.
///
///   b2 = 1 - t^-decay_power
///   r <- b2 r + (1 - b2) mean of each row of (g^2 + eps),   c <- the same of columns,   v = r c / mean(r)
///   u  = g / sqrt(v),   u <- u / max(1, rms(u) / clip)
///   p <- p - max(smallest_scale, rms(p)) min(lr, 1 / sqrt(t)) u
///
/// Vectors keep v itself. floor: nothing is added to g^2; mean(r) is at least eps, v at least eps^2.
///
/// Shapes:  of a tensor with more axes, the last two are rows and columns, and each leading index is a matrix of its own
/// Error:   sums are taken in double, in an order that depends on the shape alone
/// Source:  Shazeer & Stern 2018, algorithms 4 to 6; floor: PyTorch.
/// Departs: of more than two axes, optax factors the two longest.
struct Adafactor {
  double decay_power = 0.8;
  std::optional<double> epsilon = 1e-30;
  AdafactorEpsilon epsilon_place = AdafactorEpsilon::added;
  double clip = 1;
  double smallest_scale = 1e-3;
  bool relative_step = true;
  bool scale_parameter = true;
  double weight_decay = 0;
  AdafactorDecay decay = AdafactorDecay::rate;
  double beta1 = 0;
  int smallest_factored = 1;

  static constexpr std::string_view kName = "adafactor";
  static constexpr std::string_view kFormula =
      "v = rows columns / mean(rows);  u = g / sqrt(v);  p <- p - rms(p) min(lr, 1/sqrt t) u / max(1, rms(u) "
      "/ clip)";
  static constexpr std::string_view kSource = "Shazeer & Stern 2018, algorithms 4 to 6";
  static constexpr std::string_view kDeparts = "of more than two axes the last two are factored";

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("decay_power", self.decay_power, range::not_negative, "beta2 = 1 - t^-decay_power");
    visit("epsilon", self.epsilon, range::not_negative,
          "keeps the divisor off 0; None: the type's, 2^-23 or 2^-52");
    visit("epsilon_place", self.epsilon_place, "added to squares, or the floor of means");
    visit("clip", self.clip, range::not_negative, "largest root mean square of u; 0: none");
    visit("smallest_scale", self.smallest_scale, range::not_negative, "of rms(p), which multiplies the rate");
    visit("relative_step", self.relative_step, "the rate is at most 1 / sqrt(t)");
    visit("scale_parameter", self.scale_parameter, "multiply the rate by rms(p)");
    visit("weight_decay", self.weight_decay, range::not_negative, "share of p that is taken away");
    visit("decay", self.decay, "the decay is multiplied by the rate, or by none");
    visit("beta1", self.beta1, range::half_open(0, 1), "decay of a mean of the updates; 0: none kept");
    visit("smallest_factored", self.smallest_factored, range::at_least(1),
          "matrices with fewer rows or columns keep v itself");
  }
};

}  // namespace calando
