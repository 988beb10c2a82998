// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "calando/rules/parts/moments.h"
#include "calando/rules/parts/scalars.h"
#include "calando/rules/state_kind.h"

namespace calando {

/// Adam whose first steps are plain momentum, until enough gradients are known to divide by their root, and rectified after.
///
///   rho_t > threshold:  p <- p - lr r_t (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
///   otherwise:          p <- p - lr (m / (1 - b1^t))
///
/// m and v are Adam's; rho and r: parts/moments.h.
///
/// Source:  Liu et al. 2020, algorithm 2.
/// Departs: the threshold is 5, as in PyTorch and optax; the paper has 4. epsilon_place=hat is PyTorch's.
struct RAdam {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  Decay decay = Decay::coupled;
  double threshold = 5;
  MomentEpsilon epsilon_place = MomentEpsilon::outside;
  double epsilon_root = 0;
  bool nesterov = false;

  static constexpr std::string_view kName = "radam";
  static constexpr std::string_view kFormula =
      "adam's m and v;  p <- p - lr r m^ / (sqrt(v^) + eps), at first p - lr m^";
  static constexpr std::string_view kSource = "Liu et al. 2020, algorithm 2";
  static constexpr std::string_view kDeparts = "the threshold is 5, as in PyTorch and optax; the paper has 4";
  static constexpr std::array<std::string_view, 2> kStates = {"m", "v"};
  static constexpr std::array<StateKind, 2> kKinds = {StateKind::moment, StateKind::square};
  static constexpr std::array<std::string_view, 2> kTorch = {"exp_avg", "exp_avg_sq"};
  static constexpr std::string_view kTorchClass = "RAdam";
  std::size_t states() const { return 2; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    moment_fields(self, visit);
    visit("threshold", self.threshold, range::at_least(4),
          "length of the mean from which steps are adaptive");
    visit("epsilon_place", self.epsilon_place,
          "outside or inside of the root, or hat: before v's bias is corrected");
    visit("epsilon_root", self.epsilon_root, range::not_negative, "added inside of the root as well");
    visit("nesterov", self.nesterov, "look ahead by one step of m");
  }

  using Scalars = NoScalars;
  template <class T>
  using Coefficients = Moments<T>;

  template <class T>
  Moments<T> at(std::int64_t step, double lr, Scalars&) const {
    const auto t = static_cast<double>(step);
    const Rectified rect = rectified(beta2, t, threshold);
    Numerator part = numerator(beta1, t, nesterov, true);
    part.of_m *= rect.factor;
    part.of_g *= rect.factor;
    return moments_of<T>(
        *this, lr, part,
        rect.adaptive ? moment_root<T>(epsilon, epsilon_place, epsilon_root, bias(beta2, t)) : kNoRoot<T>);
  }

  template <class T>
  static CALANDO_LANE void update(const Moments<T>& k, T& p, T g, T& m, T& v) {
    update_moments(k, p, g, m, v);
  }
};

}  // namespace calando
