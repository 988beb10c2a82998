// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "calando/fields.h"
#include "calando/lane.h"
#include "calando/rules/parts/elementary.h"
#include "calando/rules/parts/scalars.h"
#include "calando/rules/parts/weight_decay.h"
#include "calando/rules/state_kind.h"

namespace calando {

/// Quasi-hyperbolic momentum: a step between the gradient and its mean, which starts from 0. nu = 0 is plain gradient descent; nu = beta
/// is Nesterov's momentum at the rate lr (1 - beta).
///
///   m <- b m + (1 - b) g
///   p <- p - lr ((1 - nu) g + nu m)
///
/// Source:  Ma & Yarats 2019, equations 3 and 4.
struct Qhm {
  double beta = 0.999;
  double nu = 0.7;
  double weight_decay = 0;
  Decay decay = Decay::coupled;

  static constexpr std::string_view kName = "qhm";
  static constexpr std::string_view kFormula = "m <- b m + (1 - b) g;  p <- p - lr ((1 - nu) g + nu m)";
  static constexpr std::string_view kSource = "Ma & Yarats 2019, equations 3 and 4";
  static constexpr std::string_view kDeparts = "";
  static constexpr std::array<std::string_view, 1> kStates = {"m"};
  static constexpr std::array<StateKind, 1> kKinds = {StateKind::moment};
  std::size_t states() const { return 1; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("beta", self.beta, range::half_open(0, 1), "decay of the mean gradient, m");
    visit("nu", self.nu, range::closed(0, 1), "share of m in the step");
    decay_fields(self, visit);
  }

  using Scalars = NoScalars;
  template <class T>
  struct Coefficients {
    T gain, nu, rate;
    Pull<T> pull;
  };

  template <class T>
  Coefficients<T> at(std::int64_t, double lr, Scalars&) const {
    return {static_cast<T>(1 - beta), static_cast<T>(nu), static_cast<T>(lr),
            pull<T>(weight_decay, decay, lr)};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& m) {
    g = k.pull.gradient(g, p);
    m = towards(m, k.gain, g);
    p = p - (k.pull.of(p) + k.rate * towards(g, k.nu, m));
  }
};

}  // namespace calando
