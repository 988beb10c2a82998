// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "calando/fields.h"

namespace calando {

/// Adam in the eigenbasis of Shampoo's preconditioners.
///
///   m <- b1 m + (1 - b1) g,   v <- b2 v + (1 - b2) g'^2,   g' = g times Q_k along each axis k,   m' of m
///   u = m' / (sqrt(v) + eps) turned back,   p <- (1 - lr wd) (p - lr sqrt(1 - b2^t) / (1 - b1^t) u)
///   L_k <- b L_k + (1 - b) G_k G_k^T;   every `frequency` steps  Q_k <- QR(L_k Q_k), columns by their eigenvalues
///
/// The first step sets L and Q, their eigenvectors, and changes no parameter: t is 1 at the second. Axes longer than `largest`, and a
/// tensor of one axis unless `vectors`, are not turned.
///
/// Error:   products in the type of the parameters, decompositions in double; the same bits for any number of threads on one machine
/// Source:  Vyas et al. 2024, algorithm 3, as in the authors' program.
/// Departs: the QR decomposition is not in float32.
struct Soap {
  double beta1 = 0.95;
  double beta2 = 0.95;
  std::optional<double> beta = std::nullopt;
  double epsilon = 1e-8;
  double weight_decay = 0.01;
  int frequency = 10;
  int largest = 4096;
  bool vectors = false;
  bool bias_correction = true;

  static constexpr std::string_view kName = "soap";
  static constexpr std::string_view kFormula =
      "adam on Q_L^T G Q_R, Q the eigenvectors of the means of G G^T and G^T G;  p <- p - lr Q_L u Q_R^T";
  static constexpr std::string_view kSource = "Vyas et al. 2024, algorithm 3";
  static constexpr std::string_view kDeparts = "the QR decomposition is in double";

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("beta1", self.beta1, range::half_open(0, 1), "decay of the first moment");
    visit("beta2", self.beta2, range::half_open(0, 1), "decay of the second moment");
    visit("beta", self.beta, range::half_open(0, 1), "decay of the preconditioners; None: beta2");
    visit("epsilon", self.epsilon, range::not_negative, "added to the root, before v's bias is corrected");
    visit("weight_decay", self.weight_decay, range::not_negative, "parameters shrink by lr times this");
    visit("frequency", self.frequency, range::closed(1, 1e9), "steps between two turns of the basis");
    visit("largest", self.largest, range::closed(1, 1e6), "longest axis that is turned");
    visit("vectors", self.vectors, "turn tensors of one axis too");
    visit("bias_correction", self.bias_correction, "correct the moments' bias");
  }
};

}  // namespace calando
