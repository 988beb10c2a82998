// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "calando/fields.h"
#include "calando/lane.h"
#include "calando/rules/parts/elementary.h"
#include "calando/rules/parts/scalars.h"
#include "calando/rules/parts/weight_decay.h"
#include "calando/rules/state_kind.h"

namespace calando {

/// ADOPT: Adam that divides a gradient by the root of the mean square of those before it, and only then takes the mean.
///
///   t = 1:  v <- g^2
///   t > 1:  n  = clamp(g / max(sqrt(v), eps), -c_t, c_t),   c_t = (t - 1)^clip_exponent
///           m <- b1 m + (1 - b1) n
///           v <- b2 v + (1 - b2) g^2
///           p <- p - lr m                nesterov:  p <- p - lr (b1 m + (1 - b1) n)
///
/// Source:  Taniguchi et al. 2024, algorithm 2 and its clipping.
struct Adopt {
  double beta1 = 0.9;
  double beta2 = 0.9999;
  double epsilon = 1e-6;
  std::optional<double> clip_exponent = 0.25;
  double weight_decay = 0;
  Decay decay = Decay::coupled;
  bool nesterov = false;

  static constexpr std::string_view kName = "adopt";
  static constexpr std::string_view kFormula =
      "m <- b1 m + (1 - b1) clamp(g / max(sqrt(v), eps), (t - 1)^0.25);  v <- b2 v + (1 - b2) g^2;  p <- p - "
      "lr m";
  static constexpr std::string_view kSource = "Taniguchi et al. 2024, algorithm 2";
  static constexpr std::string_view kDeparts = "";
  static constexpr std::array<std::string_view, 2> kStates = {"m", "v"};
  static constexpr std::array<StateKind, 2> kKinds = {StateKind::moment, StateKind::square};
  std::size_t states() const { return 2; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("beta1", self.beta1, range::half_open(0, 1), "decay of the mean, m");
    visit("beta2", self.beta2, range::half_open(0, 1), "decay of the mean squared gradient, v");
    visit("epsilon", self.epsilon, range::not_negative, "the least denominator");
    visit("clip_exponent", self.clip_exponent, range::not_negative, "of the bound on n; None: no bound");
    decay_fields(self, visit);
    visit("nesterov", self.nesterov, "look ahead by one step of m");
  }

  using Scalars = NoScalars;
  template <class T>
  struct Coefficients {
    T gain1, beta2, gain2, least, bound, of_m, of_n;
    Pull<T> pull;
  };

  template <class T>
  Coefficients<T> at(std::int64_t t, double lr, Scalars&) const {
    const bool first = t == 1;
    const double infinity = std::numeric_limits<double>::infinity();
    const double bound = clip_exponent ? std::pow(static_cast<double>(t - 1), *clip_exponent) : infinity;
    Coefficients<T> k{};
    k.gain1 = static_cast<T>(first ? 0.0 : 1 - beta1);
    k.beta2 = static_cast<T>(first ? 0.0 : beta2);
    k.gain2 = static_cast<T>(first ? 1.0 : 1 - beta2);
    k.least = static_cast<T>(first ? 1.0 : epsilon);
    k.bound = static_cast<T>(first ? 0.0 : bound);
    k.of_m = static_cast<T>(first ? 0.0 : nesterov ? lr * beta1 : lr);
    k.of_n = static_cast<T>(first || !nesterov ? 0.0 : lr * (1 - beta1));
    k.pull = pull<T>(weight_decay, decay, first ? 0.0 : lr);
    return k;
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& m, T& v) {
    using std::sqrt;
    g = k.pull.gradient(g, p);
    const T n = clamped(g / larger(k.least, sqrt(v)), -k.bound, k.bound);
    m = towards(m, k.gain1, n);
    v = decayed(k.beta2, v, k.gain2, g * g);
    p = p - (k.pull.of(p) + (k.of_m * m + k.of_n * n));
  }
};

}  // namespace calando
