// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "calando/rules/parts/weight_decay.h"

namespace calando {

/// A preconditioner for each axis of a tensor.
///
///   for each axis k:  L_k <- beta L_k + G_k G_k^T,   G_k: g with axis k as rows, the others as columns;   L_k starts as eps I
///   u = g times L_k^(-power) along each axis k,   power = 1 / (2 axes)
///   b <- mu b + u,   p <- p - lr wd p - lr b
///
/// An axis longer than `largest` is left as it is. Roots are worked out every `frequency` steps, in double.
///
/// Error:   products in the type of the parameters, the same bits for any number of threads on one machine
/// Source:  Gupta, Koren & Singer 2018, algorithms 1 and 2 (beta = 1).
/// Departs: beta below 1, momentum, weight decay and long axes left alone, as implementations have them.
struct Shampoo {
  double momentum = 0;
  double beta = 1;
  double epsilon = 1e-4;
  double weight_decay = 0;
  Decay decay = Decay::coupled;
  std::optional<double> power = std::nullopt;
  int frequency = 1;
  int largest = 4096;

  static constexpr std::string_view kName = "shampoo";
  static constexpr std::string_view kFormula =
      "L <- beta L + G G^T, R <- beta R + G^T G;  b <- mu b + L^(-1/4) G R^(-1/4);  p <- p - lr b";
  static constexpr std::string_view kSource = "Gupta, Koren & Singer 2018, algorithms 1 and 2";
  static constexpr std::string_view kDeparts = "momentum and beta; long axes are left alone";

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("momentum", self.momentum, range::half_open(0, 1), "decay of the buffer");
    visit("beta", self.beta, range::above_up_to(0, 1), "decay of the preconditioners; 1: sums");
    visit("epsilon", self.epsilon, range::positive, "the preconditioners start from this times I");
    decay_fields(self, visit);
    visit("power", self.power, range::closed(0, 1), "of the preconditioners; None: 1 / (2 axes)");
    visit("frequency", self.frequency, range::closed(1, 1e9), "steps between two roots");
    visit("largest", self.largest, range::closed(1, 1e6), "longest axis that has a preconditioner");
  }
};

}  // namespace calando
