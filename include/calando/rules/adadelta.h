// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "calando/fields.h"
#include "calando/lane.h"
#include "calando/rules/parts/elementary.h"
#include "calando/rules/parts/scalars.h"
#include "calando/rules/parts/weight_decay.h"
#include "calando/rules/state_kind.h"

namespace calando {

/// AdaDelta: steps in the units of the parameters, from the mean squares of gradients and of earlier steps.
///
///   s <- rho s + (1 - rho) g^2
///   u  = sqrt(d + eps) / sqrt(s + eps) g
///   d <- rho d + (1 - rho) u^2
///   p <- p - lr u
///
/// Source:  Zeiler 2012, algorithm 1.
/// Departs: the paper has no rate: lr = 1.
struct AdaDelta {
  double rho = 0.9;
  double epsilon = 1e-6;
  double weight_decay = 0;
  Decay decay = Decay::coupled;

  static constexpr std::string_view kName = "adadelta";
  static constexpr std::string_view kFormula =
      "s <- rho s + (1 - rho) g^2;  u = sqrt(d + eps) / sqrt(s + eps) g;  d <- rho d + (1 - rho) u^2;  p <- "
      "p - lr u";
  static constexpr std::string_view kSource = "Zeiler 2012, algorithm 1";
  static constexpr std::string_view kDeparts = "a rate, 1 in the paper";
  static constexpr std::array<std::string_view, 2> kStates = {"square", "step_square"};
  static constexpr std::array<StateKind, 2> kKinds = {StateKind::square, StateKind::square};
  static constexpr std::array<std::string_view, 2> kTorch = {"square_avg", "acc_delta"};
  static constexpr std::string_view kTorchClass = "Adadelta";
  std::size_t states() const { return 2; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("rho", self.rho, range::closed(0, 1), "decay of the mean squares");
    visit("epsilon", self.epsilon, range::not_negative,
          "keeps the first steps and the denominator from zero");
    decay_fields(self, visit);
  }

  using Scalars = NoScalars;
  template <class T>
  struct Coefficients {
    T rho, gain, epsilon, rate;
    Pull<T> pull;
  };

  template <class T>
  Coefficients<T> at(std::int64_t, double lr, Scalars&) const {
    return {static_cast<T>(rho), static_cast<T>(1 - rho), static_cast<T>(epsilon), static_cast<T>(lr),
            pull<T>(weight_decay, decay, lr)};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& square, T& step_square) {
    using std::sqrt;
    g = k.pull.gradient(g, p);
    square = decayed(k.rho, square, k.gain, g * g);
    const T u = sqrt(step_square + k.epsilon) / sqrt(square + k.epsilon) * g;
    step_square = decayed(k.rho, step_square, k.gain, u * u);
    p = p - (k.pull.of(p) + k.rate * u);
  }
};

}  // namespace calando
