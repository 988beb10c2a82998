// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "calando/rules/parts/moments.h"
#include "calando/rules/parts/scalars.h"
#include "calando/rules/state_kind.h"

namespace calando {

/// Which v AMSGrad takes the largest of: before its bias is corrected, or after.
enum class AmsgradOf { raw, corrected };
constexpr std::array<std::string_view, 2> enum_names(AmsgradOf) { return {"raw", "corrected"}; }

/// Adam; AdamW where the decay is decoupled.
///
///   m <- b1 m + (1 - b1) g
///   v <- b2 v + (1 - b2) g^2          amsgrad:  v in the denominator is the largest so far
///   p <- p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t) + eps_root) + eps)
///
/// With bias_correction=false the divisions by 1 - b^t are left out; the first steps are then of the wrong size, by
/// (1 - b1) / sqrt(1 - b2), 3.16 at the usual betas. The formula: parts/moments.h.
///
/// Source:  Kingma & Ba 2015, algorithm 1; Reddi et al. 2018, algorithm 2; Dozat 2016, algorithm 2 (nesterov).
struct Adam {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  Decay decay = Decay::coupled;
  bool bias_correction = true;
  bool amsgrad = false;
  MomentEpsilon epsilon_place = MomentEpsilon::outside;
  double epsilon_root = 0;
  AmsgradOf amsgrad_of = AmsgradOf::raw;
  bool nesterov = false;
  Mask mask = Mask::none;

  static constexpr std::string_view kName = "adam";
  static constexpr std::string_view kFormula =
      "m <- b1 m + (1 - b1) g;  v <- b2 v + (1 - b2) g^2;  p <- p - lr m^ / (sqrt(v^) + eps)";
  static constexpr std::string_view kSource = "Kingma & Ba 2015, algorithm 1";
  static constexpr std::string_view kDeparts = "a decoupled decay is multiplied by lr, as in PyTorch";
  static constexpr std::array<std::string_view, 3> kStates = {"m", "v", "largest_v"};
  static constexpr std::array<StateKind, 3> kKinds = {StateKind::moment, StateKind::square,
                                                      StateKind::square};
  static constexpr std::array<std::string_view, 3> kTorch = {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"};
  static constexpr std::string_view kTorchClass = "Adam";
  std::size_t states() const { return amsgrad ? 3 : 2; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    moment_fields(self, visit);
    visit("bias_correction", self.bias_correction, "divide the moments by what they lack at the start");
    visit("amsgrad", self.amsgrad, "divide by the largest v so far");
    visit("epsilon_place", self.epsilon_place,
          "outside or inside of the root, or hat: before v's bias is corrected");
    visit("epsilon_root", self.epsilon_root, range::not_negative, "added inside of the root as well");
    visit("amsgrad_of", self.amsgrad_of, "the largest v before or after its bias is corrected");
    visit("nesterov", self.nesterov, "look ahead by one step of m");
    visit("mask", self.mask, "grams: the step takes the gradient's sign");
  }

  using Scalars = NoScalars;
  template <class T>
  using Coefficients = Moments<T>;

  template <class T>
  Moments<T> at(std::int64_t step, double lr, Scalars&) const {
    const auto t = static_cast<double>(step);
    const double bias2 = bias_correction ? bias(beta2, t) : 1.0;
    Moments<T> k = moments_of<T>(*this, lr, numerator(beta1, t, nesterov, bias_correction),
                                 moment_root<T>(epsilon, epsilon_place, epsilon_root, bias2));
    if (amsgrad && amsgrad_of == AmsgradOf::corrected) std::swap(k.before_largest, k.root.scale);
    k.grams = mask == Mask::grams ? T{1} : T{0};
    k.rare = k.rare || mask == Mask::grams;
    return k;
  }

  template <class T>
  static CALANDO_LANE void update(const Moments<T>& k, T& p, T g, T& m, T& v) {
    update_moments(k, p, g, m, v);
  }
  template <class T>
  static CALANDO_LANE void update(const Moments<T>& k, T& p, T g, T& m, T& v, T& largest_v) {
    update_moments(k, p, g, m, v, largest_v);
  }
};

}  // namespace calando
