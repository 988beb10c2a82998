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

/// Adam whose second moment moves by at most a step of the squared gradient, in either direction.
///
///   m <- b1 m + (1 - b1) g
///   v <- v - (1 - b2) sign(v - g^2) g^2
///   p <- p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
///
/// Source:  Zaheer et al. 2018, algorithm 2.
/// Departs: the bias is corrected, as in optax; bias_correction=false is the paper's.
struct Yogi {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-3;
  double weight_decay = 0;
  Decay decay = Decay::coupled;
  double initial_accumulator = 1e-6;
  bool bias_correction = true;

  static constexpr std::string_view kName = "yogi";
  static constexpr std::string_view kFormula =
      "adam's m;  v <- v - (1 - b2) sign(v - g^2) g^2;  p <- p - lr m^ / (sqrt(v^) + eps)";
  static constexpr std::string_view kSource = "Zaheer et al. 2018, algorithm 2";
  static constexpr std::string_view kDeparts =
      "the bias is corrected and m starts from initial_accumulator too, as in optax";
  static constexpr std::array<std::string_view, 2> kStates = {"m", "v"};
  static constexpr std::array<StateKind, 2> kKinds = {StateKind::moment, StateKind::square};
  std::size_t states() const { return 2; }
  double initial_state(std::size_t) const { return initial_accumulator; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    moment_fields(self, visit);
    visit("initial_accumulator", self.initial_accumulator, range::not_negative, "what m and v start from");
    visit("bias_correction", self.bias_correction, "divide the moments by what they lack at the start");
  }

  using Scalars = NoScalars;
  template <class T>
  using Coefficients = Moments<T>;

  template <class T>
  Moments<T> at(std::int64_t step, double lr, Scalars&) const {
    const auto t = static_cast<double>(step);
    const double bias2 = bias_correction ? bias(beta2, t) : 1.0;
    return moments_of<T>(*this, lr, numerator(beta1, t, false, bias_correction),
                         moment_root<T>(epsilon, MomentEpsilon::outside, 0, bias2));
  }

  template <class T>
  static CALANDO_LANE void update(const Moments<T>& k, T& p, T g, T& m, T& v) {
    g = k.gradient(g, p);
    m = towards(m, k.gain1, g);
    const T square = g * g;
    v = v - k.gain2 * sign(v - square) * square;
    p = p - (k.pull.of(p) + k.step(g, m, v));
  }
};

}  // namespace calando
