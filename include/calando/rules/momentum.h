// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "calando/fields.h"
#include "calando/lane.h"
#include "calando/rules/parts/rate_place.h"
#include "calando/rules/parts/scalars.h"
#include "calando/rules/parts/weight_decay.h"
#include "calando/rules/state_kind.h"

namespace calando {

/// Gradient descent with momentum: the heavy ball, or Nesterov's.
///
///   outside:  b <- mu b + (1 - d) g,     heavy ball:  p <- p - lr b,    Nesterov:  p <- p - lr (g + mu b)
///   inside:   b <- mu b + lr (1 - d) g,  heavy ball:  p <- p - b,       Nesterov:  p <- p - (lr g + mu b)
///
/// At the first step the dampening d is left out: b = g.
///
/// Source:  Polyak 1964; Sutskever et al. 2013, equations 3 and 4.
/// Departs: rate outside of the buffer is PyTorch's form; Sutskever's has it inside.
struct Momentum {
  double momentum = 0.9;
  double dampening = 0;
  bool nesterov = false;
  RatePlace rate = RatePlace::outside;
  double weight_decay = 0;
  Decay decay = Decay::coupled;

  static constexpr std::string_view kName = "momentum";
  static constexpr std::string_view kFormula = "b <- mu b + (1 - d) g;  p <- p - lr b, or p - lr (g + mu b)";
  static constexpr std::string_view kSource = "Polyak 1964; Sutskever et al. 2013, equations 3 and 4";
  static constexpr std::string_view kDeparts = "the rate stands outside of the buffer unless rate=inside";
  static constexpr std::array<std::string_view, 1> kStates = {"buffer"};
  static constexpr std::array<StateKind, 1> kKinds = {StateKind::moment};
  static constexpr std::array<std::string_view, 1> kTorch = {"momentum_buffer"};
  static constexpr std::string_view kTorchClass = "SGD";
  std::size_t states() const { return 1; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("momentum", self.momentum, range::closed(0, 1), "share of the last step that goes on, mu");
    visit("dampening", self.dampening, range::closed(0, 1),
          "share of the gradient kept out of the buffer, d");
    visit("nesterov", self.nesterov, "look ahead by one step of the buffer");
    visit("rate", self.rate, "whether the rate multiplies the buffer or what enters it");
    decay_fields(self, visit);
  }

  using Scalars = NoScalars;
  /// p <- p - (of_gradient g + of_buffer b)
  template <class T>
  struct Coefficients {
    T momentum, gain, of_gradient, of_buffer;
    Pull<T> pull;
  };

  template <class T>
  Coefficients<T> at(std::int64_t t, double lr, Scalars&) const {
    const double inner = rate == RatePlace::inside ? lr : 1.0;
    const double outer = rate == RatePlace::inside ? 1.0 : lr;
    const double kept = t == 1 ? 1.0 : 1.0 - dampening;
    return {static_cast<T>(momentum), static_cast<T>(inner * kept), static_cast<T>(nesterov ? lr : 0.0),
            static_cast<T>(nesterov ? outer * momentum : outer), pull<T>(weight_decay, decay, lr)};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& buffer) {
    g = k.pull.gradient(g, p);
    buffer = k.momentum * buffer + k.gain * g;
    p = p - (k.pull.of(p) + (k.of_gradient * g + k.of_buffer * buffer));
  }
};

}  // namespace calando
