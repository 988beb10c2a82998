// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "calando/fields.h"
#include "calando/lane.h"
#include "calando/rules/parts/moments.h"
#include "calando/rules/parts/scalars.h"
#include "calando/rules/state_kind.h"

namespace calando {

/// Adam whose second moment is the gradient's distance from its mean: long steps where gradients are as expected.
///
///   m <- b1 m + (1 - b1) g
///   v <- b2 v + (1 - b2) (g - m)^2 + eps_root
///   p <- p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
///
/// Source:  Zhuang et al. 2020, algorithm 2; Liu et al. 2020, algorithm 2 (rectify).
struct AdaBelief {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-16;
  double weight_decay = 0;
  Decay decay = Decay::coupled;
  double epsilon_root = 1e-16;
  MomentEpsilon epsilon_place = MomentEpsilon::outside;
  bool nesterov = false;
  bool rectify = false;

  static constexpr std::string_view kName = "adabelief";
  static constexpr std::string_view kFormula =
      "adam's m;  v <- b2 v + (1 - b2) (g - m)^2 + eps_root;  p <- p - lr m^ / (sqrt(v^) + eps)";
  static constexpr std::string_view kSource = "Zhuang et al. 2020, algorithm 2";
  static constexpr std::string_view kDeparts =
      "rectify, which the authors' program does by default, is an option";
  static constexpr std::array<std::string_view, 2> kStates = {"m", "v"};
  static constexpr std::array<StateKind, 2> kKinds = {StateKind::moment, StateKind::square};
  std::size_t states() const { return 2; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    moment_fields(self, visit);
    visit("epsilon_root", self.epsilon_root, range::not_negative, "added to v at every step");
    visit("epsilon_place", self.epsilon_place,
          "outside or inside of the root, or hat: before v's bias is corrected");
    visit("nesterov", self.nesterov, "look ahead by one step of m");
    visit("rectify", self.rectify, "first steps without v, later ones rectified: see radam");
  }

  using Scalars = NoScalars;
  template <class T>
  struct Coefficients : Moments<T> {
    T floor;
  };

  template <class T>
  Coefficients<T> at(std::int64_t step, double lr, Scalars&) const {
    const auto t = static_cast<double>(step);
    Numerator part = numerator(beta1, t, nesterov, true);
    Root<T> root = moment_root<T>(epsilon, epsilon_place, 0, bias(beta2, t));
    if (rectify) {
      const Rectified rect = rectified(beta2, t, 5);
      part.of_m *= rect.factor;
      part.of_g *= rect.factor;
      if (!rect.adaptive) root = kNoRoot<T>;
    }
    return {moments_of<T>(*this, lr, part, root), static_cast<T>(epsilon_root)};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& m, T& v) {
    g = k.gradient(g, p);
    m = towards(m, k.gain1, g);
    const T surprise = g - m;
    v = decayed(k.beta2, v, k.gain2, surprise * surprise) + k.floor;
    p = p - (k.pull.of(p) + k.step(g, m, v));
  }
};

}  // namespace calando
