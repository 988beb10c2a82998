// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "calando/rules/parts/moments.h"
#include "calando/rules/parts/scalars.h"
#include "calando/rules/state_kind.h"

namespace calando {

/// Adam with Nesterov's momentum, whose strength grows with the steps.
///
///   mu_t = b1 (1 - 0.96^(t psi) / 2),   M_t = mu_1 ... mu_t
///   p <- p - lr (mu_{t+1} m / (1 - M_t mu_{t+1}) + (1 - mu_t) g / (1 - M_t)) / (sqrt(v / (1 - b2^t)) + eps)
///
/// m and v are Adam's. The product M is kept beside them.
///
/// Source:  Dozat 2016, algorithm 2 and its schedule of mu.
/// Departs: psi is 0.004, as in the paper and PyTorch; Keras has 1. v is not multiplied by b2 once more.
struct NAdam {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  Decay decay = Decay::coupled;
  double momentum_decay = 0.004;
  MomentEpsilon epsilon_place = MomentEpsilon::outside;

  static constexpr std::string_view kName = "nadam";
  static constexpr std::string_view kFormula =
      "adam's m and v;  p <- p - lr (mu' m / (1 - M mu') + (1 - mu) g / (1 - M)) / (sqrt(v^) + eps)";
  static constexpr std::string_view kSource = "Dozat 2016, algorithm 2";
  static constexpr std::string_view kDeparts = "v is not multiplied by b2 once more, as in PyTorch and Keras";
  static constexpr std::array<std::string_view, 2> kStates = {"m", "v"};
  static constexpr std::array<StateKind, 2> kKinds = {StateKind::moment, StateKind::square};
  static constexpr std::array<std::string_view, 2> kTorch = {"exp_avg", "exp_avg_sq"};
  static constexpr std::string_view kTorchClass = "NAdam";
  std::size_t states() const { return 2; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    moment_fields(self, visit);
    visit("momentum_decay", self.momentum_decay, range::not_negative,
          "how fast the momentum reaches beta1, psi");
    visit("epsilon_place", self.epsilon_place,
          "outside or inside of the root, or hat: before v's bias is corrected");
  }

  struct Scalars {
    double product = 1;

    template <class Self, class Visit>
    static void fields(Self& self, Visit&& visit) {
      visit("momentum_product", self.product);
    }
  };
  template <class T>
  using Coefficients = Moments<T>;

  double momentum_at(double t) const { return beta1 * (1 - 0.5 * std::pow(0.96, t * momentum_decay)); }

  template <class T>
  Moments<T> at(std::int64_t step, double lr, Scalars& scalars) const {
    const auto t = static_cast<double>(step);
    const double now = momentum_at(t);
    const double next = momentum_at(t + 1);
    scalars.product *= now;
    const Numerator part{next / (1 - scalars.product * next), (1 - now) / (1 - scalars.product)};
    return moments_of<T>(*this, lr, part, moment_root<T>(epsilon, epsilon_place, 0, bias(beta2, t)));
  }

  template <class T>
  static CALANDO_LANE void update(const Moments<T>& k, T& p, T g, T& m, T& v) {
    update_moments(k, p, g, m, v);
  }
};

}  // namespace calando
