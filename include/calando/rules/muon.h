// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>

#include "calando/fields.h"
#include "calando/rules/parts/moments.h"

namespace calando {

/// Where the norm that Muon divides by is kept off 0: at least epsilon, or with epsilon added.
enum class MuonEpsilon { floor, added };
constexpr std::array<std::string_view, 2> enum_names(MuonEpsilon) { return {"floor", "added"}; }

/// What the rate of an orthogonal update is multiplied by.
enum class MuonScale { original, match_rms, spectral, none };
constexpr std::array<std::string_view, 4> enum_names(MuonScale) {
  return {"original", "match_rms", "spectral", "none"};
}

/// What the products of the iteration are made of: numbers of the type of the parameters, or those rounded to bfloat16 and summed in
/// float32, which processors with avx512_bf16 do twice as fast and others by way of float32.
enum class MuonProducts { full, bf16 };
constexpr std::array<std::string_view, 2> enum_names(MuonProducts) { return {"full", "bf16"}; }

/// Momentum whose update of a matrix is made nearly orthogonal; Adam for everything that is no matrix.
///
///   b <- mu b + (1 - mu) g,   u = (1 - mu) g + mu b,   without nesterov: b
///   X  = u / max(|u|, eps);   steps times:  A = X X^T,   X <- (a I + b A + c A^2) X
///   p <- p - lr wd p - lr scale X,   scale = sqrt(max(1, rows / columns)), or rms sqrt(max(rows, columns)), ...
///
/// A matrix higher than wide is transposed for it. A and A^2 are symmetric, so that half of each is worked out. Parameters with other
/// than two axes, or where matrix=false in their group (embeddings, last layers), follow Adam at the rate adam_scale lr,
/// with adam_weight_decay.
///
/// Error:   the same bits for any number of threads on one machine
/// Source:  Jordan et al. 2024; scales: PyTorch, Liu et al. 2025 (match_rms), Bernstein 2025 (spectral).
/// Departs: products are in bfloat16 only with products=bf16. adam_scale = 0.015 is Jordan's 3e-4 beside 0.02.
struct Muon {
  double momentum = 0.95;
  bool nesterov = true;
  double weight_decay = 0.1;
  MuonScale scale = MuonScale::original;
  int steps = 5;
  double a = 3.4445;
  double b = -4.7750;
  double c = 2.0315;
  double epsilon = 1e-7;
  MuonProducts products = MuonProducts::full;
  bool matrix = true;
  double adam_scale = 0.015;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double adam_epsilon = 1e-8;
  MuonEpsilon epsilon_place = MuonEpsilon::floor;
  MomentEpsilon adam_epsilon_place = MomentEpsilon::outside;
  double adam_weight_decay = 0;
  double rms = 0.2;

  static constexpr std::string_view kName = "muon";
  static constexpr std::string_view kFormula =
      "X = u / |u|;  5 times X <- (a + b A + c A^2) X, A = X X^T;  p <- p - lr wd p - lr scale X";
  static constexpr std::string_view kSource = "Jordan et al. 2024";
  static constexpr std::string_view kDeparts = "products are in bfloat16 only with products=bf16";

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("momentum", self.momentum, range::half_open(0, 1), "decay of the buffer");
    visit("nesterov", self.nesterov, "look one step ahead");
    visit("weight_decay", self.weight_decay, range::not_negative, "of matrices, multiplied by lr");
    visit("scale", self.scale, "of the rate, by the shape");
    visit("steps", self.steps, range::closed(0, 99), "iterations of Newton and Schulz");
    visit("a", self.a, range::any, "coefficient of X");
    visit("b", self.b, range::any, "coefficient of A X");
    visit("c", self.c, range::any, "coefficient of A^2 X");
    visit("epsilon", self.epsilon, range::positive, "smallest norm that is divided by");
    visit("products", self.products, "in the type of the parameters, or in bfloat16");
    visit("matrix", self.matrix, "false: Adam here, whatever the shape");
    visit("adam_scale", self.adam_scale, range::not_negative, "of lr, for what is no matrix");
    visit("beta1", self.beta1, range::half_open(0, 1), "decay of Adam's first moment");
    visit("beta2", self.beta2, range::half_open(0, 1), "decay of Adam's second moment");
    visit("adam_epsilon", self.adam_epsilon, range::not_negative, "added to Adam's root");
    visit("epsilon_place", self.epsilon_place, "floor: the smallest norm; added: to the norm");
    visit("adam_epsilon_place", self.adam_epsilon_place, "as adam's epsilon_place");
    visit("adam_weight_decay", self.adam_weight_decay, range::not_negative,
          "of what is no matrix, times Adam's rate");
    visit("rms", self.rms, range::positive, "factor of match_rms");
  }
};

}  // namespace calando
