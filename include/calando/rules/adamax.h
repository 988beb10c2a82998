// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "calando/fields.h"
#include "calando/lane.h"
#include "calando/rules/parts/elementary.h"
#include "calando/rules/parts/epsilon.h"
#include "calando/rules/parts/scalars.h"
#include "calando/rules/parts/weight_decay.h"
#include "calando/rules/state_kind.h"

namespace calando {

/// Adam in the infinity norm.
///
///   m <- b1 m + (1 - b1) g
///   inside:   u <- max(b2 u, |g| + eps),  p <- p - lr / (1 - b1^t) m / u
///   outside:  u <- max(b2 u, |g|),        p <- p - lr / (1 - b1^t) m / (u + eps)
///
/// Source:  Kingma & Ba 2015, algorithm 2.
/// Departs: the paper has no epsilon; inside is PyTorch's and optax's place for it, outside is Keras's.
struct Adamax {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  EpsilonPlace epsilon_place = EpsilonPlace::inside;
  double weight_decay = 0;
  Decay decay = Decay::coupled;

  static constexpr std::string_view kName = "adamax";
  static constexpr std::string_view kFormula =
      "m <- b1 m + (1 - b1) g;  u <- max(b2 u, |g| + eps);  p <- p - lr m^ / u";
  static constexpr std::string_view kSource = "Kingma & Ba 2015, algorithm 2";
  static constexpr std::string_view kDeparts = "an epsilon";
  static constexpr std::array<std::string_view, 2> kStates = {"m", "u"};
  static constexpr std::array<StateKind, 2> kKinds = {StateKind::moment, StateKind::square};
  static constexpr std::array<std::string_view, 2> kTorch = {"exp_avg", "exp_inf"};
  static constexpr std::string_view kTorchClass = "Adamax";
  std::size_t states() const { return 2; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("beta1", self.beta1, range::half_open(0, 1), "decay of the mean gradient, m");
    visit("beta2", self.beta2, range::half_open(0, 1), "decay of the largest gradient, u");
    visit("epsilon", self.epsilon, range::not_negative, "keeps the denominator from zero");
    visit("epsilon_place", self.epsilon_place, "inside or outside of the maximum");
    decay_fields(self, visit);
  }

  using Scalars = NoScalars;
  template <class T>
  struct Coefficients {
    T gain1, beta2, inside, outside, rate;
    Pull<T> pull;
  };

  template <class T>
  Coefficients<T> at(std::int64_t t, double lr, Scalars&) const {
    const bool in = epsilon_place == EpsilonPlace::inside;
    return {static_cast<T>(1 - beta1),
            static_cast<T>(beta2),
            static_cast<T>(in ? epsilon : 0.0),
            static_cast<T>(in ? 0.0 : epsilon),
            static_cast<T>(lr / (1 - std::pow(beta1, static_cast<double>(t)))),
            pull<T>(weight_decay, decay, lr)};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& m, T& u) {
    using std::abs;
    g = k.pull.gradient(g, p);
    m = towards(m, k.gain1, g);
    u = larger(k.beta2 * u, abs(g) + k.inside);
    p = p - (k.pull.of(p) + k.rate * m / (u + k.outside));
  }
};

}  // namespace calando
