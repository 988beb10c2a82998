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

/// Lion: the sign of a mean of the gradient and its mean.
///
///   u  = sign(b1 m + (1 - b1) g)
///   m <- b2 m + (1 - b2) g
///   p <- p - lr u
///
/// Source:  Chen et al. 2023, algorithm 2.
/// Departs: the sign of 0 is 0, that of NaN NaN.
struct Lion {
  double beta1 = 0.9;
  double beta2 = 0.99;
  double weight_decay = 0;
  Decay decay = Decay::decoupled;

  static constexpr std::string_view kName = "lion";
  static constexpr std::string_view kFormula = "p <- p - lr sign(b1 m + (1 - b1) g);  m <- b2 m + (1 - b2) g";
  static constexpr std::string_view kSource = "Chen et al. 2023, algorithm 2";
  static constexpr std::string_view kDeparts = "";
  static constexpr std::array<std::string_view, 1> kStates = {"m"};
  static constexpr std::array<StateKind, 1> kKinds = {StateKind::moment};
  std::size_t states() const { return 1; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("beta1", self.beta1, range::closed(0, 1), "share of m in the step");
    visit("beta2", self.beta2, range::closed(0, 1), "decay of the mean gradient, m");
    decay_fields(self, visit);
  }

  using Scalars = NoScalars;
  template <class T>
  struct Coefficients {
    T gain1, gain2, rate;
    Pull<T> pull;
  };

  template <class T>
  Coefficients<T> at(std::int64_t, double lr, Scalars&) const {
    return {static_cast<T>(1 - beta1), static_cast<T>(1 - beta2), static_cast<T>(lr),
            pull<T>(weight_decay, decay, lr)};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& m) {
    g = k.pull.gradient(g, p);
    const T u = sign(towards(m, k.gain1, g));
    m = towards(m, k.gain2, g);
    p = p - (k.pull.of(p) + k.rate * u);
  }
};

}  // namespace calando
