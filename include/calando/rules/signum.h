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

/// The sign of the mean gradient; of the gradient itself where beta is 0.
///
///   m <- b m + (1 - b) g
///   p <- p - lr sign(m)
///
/// Source:  Bernstein et al. 2018, algorithms 1 and 2.
/// Departs: the sign of 0 is 0, that of NaN NaN.
struct Signum {
  double beta = 0.9;
  double weight_decay = 0;
  Decay decay = Decay::decoupled;

  static constexpr std::string_view kName = "signum";
  static constexpr std::string_view kFormula = "m <- b m + (1 - b) g;  p <- p - lr sign(m)";
  static constexpr std::string_view kSource = "Bernstein et al. 2018, algorithms 1 and 2";
  static constexpr std::string_view kDeparts = "";
  static constexpr std::array<std::string_view, 1> kStates = {"m"};
  static constexpr std::array<StateKind, 1> kKinds = {StateKind::moment};
  std::size_t states() const { return 1; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("beta", self.beta, range::half_open(0, 1), "decay of the mean gradient, m");
    decay_fields(self, visit);
  }

  using Scalars = NoScalars;
  template <class T>
  struct Coefficients {
    T gain, rate;
    Pull<T> pull;
  };

  template <class T>
  Coefficients<T> at(std::int64_t, double lr, Scalars&) const {
    return {static_cast<T>(1 - beta), static_cast<T>(lr), pull<T>(weight_decay, decay, lr)};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& m) {
    g = k.pull.gradient(g, p);
    m = towards(m, k.gain, g);
    p = p - (k.pull.of(p) + k.rate * sign(m));
  }
};

}  // namespace calando
