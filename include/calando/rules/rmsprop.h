// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "calando/fields.h"
#include "calando/lane.h"
#include "calando/rules/parts/elementary.h"
#include "calando/rules/parts/epsilon.h"
#include "calando/rules/parts/rate_place.h"
#include "calando/rules/parts/scalars.h"
#include "calando/rules/parts/weight_decay.h"
#include "calando/rules/state_kind.h"

namespace calando {

/// RMSprop: the gradient divided by the root of its mean square, with or without its mean taken off, with or without momentum.
///
///   s <- rho s + (1 - rho) g^2,    centered:  a <- rho a + (1 - rho) g,  s - a^2 in place of s
///   u  = g / (sqrt(s) + eps)       or  g / sqrt(s + eps)
///   outside:  b <- mu b + u,       p <- p - lr b,     Nesterov:  p <- p - lr (u + mu b)
///   inside:   b <- mu b + lr u,    p <- p - b,        Nesterov:  p <- p - (lr u + mu b)
///
/// Source:  Tieleman & Hinton 2012, lecture 6e; Graves 2013, equations 38 to 45 (centered).
/// Departs: where rounding makes s - a^2 negative it counts as 0; the peers give NaN there.
struct RmsProp {
  double rho = 0.99;
  double epsilon = 1e-8;
  EpsilonPlace epsilon_place = EpsilonPlace::outside;
  bool centered = false;
  double momentum = 0;
  bool nesterov = false;
  RatePlace rate = RatePlace::outside;
  double initial_square = 0;
  bool bias_correction = false;
  double weight_decay = 0;
  Decay decay = Decay::coupled;

  static constexpr std::string_view kName = "rmsprop";
  static constexpr std::string_view kFormula =
      "s <- rho s + (1 - rho) g^2;  b <- mu b + g / (sqrt(s) + eps);  p <- p - lr b";
  static constexpr std::string_view kSource =
      "Tieleman & Hinton 2012, lecture 6e; Graves 2013, equations 38 to 45";
  static constexpr std::string_view kDeparts = "a variance that rounding makes negative counts as 0";
  static constexpr std::array<std::string_view, 3> kStates = {"square", "buffer", "mean"};
  static constexpr std::array<StateKind, 3> kKinds = {StateKind::square, StateKind::moment,
                                                      StateKind::moment};
  static constexpr std::array<std::string_view, 3> kTorch = {"square_avg", "momentum_buffer", "grad_avg"};
  static constexpr std::string_view kTorchClass = "RMSprop";
  std::size_t states() const { return centered ? 3 : momentum > 0 ? 2 : 1; }
  double initial_state(std::size_t state) const { return state == 0 ? initial_square : 0; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("rho", self.rho, range::closed(0, 1), "decay of the mean square");
    visit("epsilon", self.epsilon, range::not_negative, "keeps the denominator from zero");
    visit("epsilon_place", self.epsilon_place, "outside or inside of the root");
    visit("centered", self.centered, "divide by the standard deviation of the gradient");
    visit("momentum", self.momentum, range::closed(0, 1), "share of the last step that goes on, mu");
    visit("nesterov", self.nesterov, "look ahead by one step of the buffer");
    visit("rate", self.rate, "whether the rate multiplies the buffer or what enters it");
    visit("initial_square", self.initial_square, range::not_negative, "what the mean square starts from");
    visit("bias_correction", self.bias_correction, "divide the means by what they lack at the start");
    decay_fields(self, visit);
  }

  using Scalars = NoScalars;
  /// p <- p - (of_step u + of_buffer b)
  template <class T>
  struct Coefficients {
    T rho, gain, mean_scale, momentum, into_buffer, of_step, of_buffer;
    Root<T> root;
    Pull<T> pull;
  };

  template <class T>
  Coefficients<T> at(std::int64_t t, double lr, Scalars&) const {
    const double correct = bias_correction ? 1 / (1 - std::pow(rho, static_cast<double>(t))) : 1;
    const double inner = rate == RatePlace::inside ? lr : 1.0;
    const double outer = rate == RatePlace::inside ? 1.0 : lr;
    const bool buffered = momentum > 0;
    const double of_step = !buffered || nesterov ? lr : 0.0;
    const double of_buffer = !buffered ? 0.0 : nesterov ? outer * momentum : outer;
    Root<T> root = plain_root<T>(epsilon, epsilon_place);
    root.scale = static_cast<T>(correct);
    return {static_cast<T>(rho),
            static_cast<T>(1 - rho),
            static_cast<T>(correct),
            static_cast<T>(momentum),
            static_cast<T>(inner),
            static_cast<T>(of_step),
            static_cast<T>(of_buffer),
            root,
            pull<T>(weight_decay, decay, lr)};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& square) {
    g = k.pull.gradient(g, p);
    square = decayed(k.rho, square, k.gain, g * g);
    p = p - (k.pull.of(p) + k.of_step * g / k.root(square));
  }
  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& square, T& buffer) {
    g = k.pull.gradient(g, p);
    square = decayed(k.rho, square, k.gain, g * g);
    advance(k, p, g / k.root(square), buffer);
  }
  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& square, T& buffer, T& mean) {
    g = k.pull.gradient(g, p);
    // Floats in double, because a difference of near numbers shows each of its roundings.
    using Wide = std::conditional_t<std::is_same_v<T, float>, double, T>;
    const Wide gain = static_cast<Wide>(k.gain);
    const Wide wide = static_cast<Wide>(g);
    square = static_cast<T>(static_cast<Wide>(k.rho) * static_cast<Wide>(square) + gain * (wide * wide));
    mean = static_cast<T>(static_cast<Wide>(mean) + gain * (wide - static_cast<Wide>(mean)));
    const Wide rounded = static_cast<Wide>(mean);
    const T variance =
        static_cast<T>(static_cast<Wide>(square) - static_cast<Wide>(k.mean_scale) * rounded * rounded);
    advance(k, p, g / k.root(variance < 0 ? T{0} : variance), buffer);
  }

 private:
  template <class T>
  static CALANDO_LANE void advance(const Coefficients<T>& k, T& p, T u, T& buffer) {
    buffer = k.momentum * buffer + k.into_buffer * u;
    p = p - (k.pull.of(p) + (k.of_step * u + k.of_buffer * buffer));
  }
};

}  // namespace calando
