// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "calando/fields.h"
#include "calando/lane.h"
#include "calando/rules/adagrad.h"

namespace calando {

/// Whether weight decay is part of the gradient or shrinks the parameters apart from it.
enum class Decay { coupled, decoupled };
constexpr std::array<std::string_view, 2> enum_names(Decay) { return {"coupled", "decoupled"}; }

/// Adam; AdamW where the decay is decoupled.
///
///   coupled:  g' = g + wd p            decoupled:  p <- p - lr wd p, first
///   m <- b1 m + (1 - b1) g'
///   v <- b2 v + (1 - b2) g'^2          amsgrad:  v in the denominator is the largest so far
///   p <- p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)       or  / sqrt(v / (1 - b2^t) + eps)
///
/// With bias_correction=false the divisions by 1 - b^t are left out; the first steps are then of the wrong size, by
/// (1 - b1) / sqrt(1 - b2), 3.16 at the usual betas.
///
/// Source:  Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019, algorithm 2; Reddi et al. 2018, algorithm 2.
/// Departs: the decoupled decay is multiplied by lr, as in PyTorch; the paper multiplies it by the schedule alone.
struct Adam {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  Decay decay = Decay::coupled;
  bool bias_correction = true;
  bool amsgrad = false;
  EpsilonPlace epsilon_place = EpsilonPlace::outside;

  static constexpr std::string_view kName = "adam";
  static constexpr std::string_view kFormula =
      "m <- b1 m + (1 - b1) g;  v <- b2 v + (1 - b2) g^2;  p <- p - lr m^ / (sqrt(v^) + eps)";
  static constexpr std::string_view kSource = "Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019, algorithm 2";
  static constexpr std::array<std::string_view, 3> kStates = {"m", "v", "largest_v"};
  std::size_t states() const { return amsgrad ? 3 : 2; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("beta1", self.beta1, range::half_open(0, 1), "decay of the mean gradient, m");
    visit("beta2", self.beta2, range::half_open(0, 1), "decay of the mean squared gradient, v");
    visit("epsilon", self.epsilon, range::not_negative, "keeps the denominator from zero");
    visit("weight_decay", self.weight_decay, range::not_negative, "pull of parameters towards zero");
    visit("decay", self.decay, "coupled: part of the gradient; decoupled: AdamW");
    visit("bias_correction", self.bias_correction, "divide the moments by what they lack at the start");
    visit("amsgrad", self.amsgrad, "divide by the largest v so far");
    visit("epsilon_place", self.epsilon_place, "outside or inside of the root");
  }

  struct Scalars {
    template <class Self, class Visit>
    static void fields(Self&, Visit&&) {}
  };

  template <class T>
  struct Coefficients {
    T beta1, gain1, beta2, gain2, coupled, keep, rate, root, inside, outside;
  };

  template <class T>
  Coefficients<T> at(std::int64_t t, double lr, Scalars&) const {
    const auto steps = static_cast<double>(t);
    const double bias1 = bias_correction ? 1 - std::pow(beta1, steps) : 1.0;
    const double bias2 = bias_correction ? 1 - std::pow(beta2, steps) : 1.0;
    const bool in = epsilon_place == EpsilonPlace::inside;
    const bool apart = decay == Decay::decoupled;
    return {static_cast<T>(beta1), static_cast<T>(1 - beta1), static_cast<T>(beta2), static_cast<T>(1 - beta2),
            static_cast<T>(apart ? 0.0 : weight_decay), static_cast<T>(apart ? 1 - lr * weight_decay : 1.0),
            static_cast<T>(lr / bias1), static_cast<T>(1 / bias2), static_cast<T>(in ? epsilon : 0.0),
            static_cast<T>(in ? 0.0 : epsilon)};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& m, T& v) {
    g = moments(k, p, g, m, v);
    descend(k, p, m, v);
  }
  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& m, T& v, T& largest_v) {
    g = moments(k, p, g, m, v);
    largest_v = largest_v > v ? largest_v : v;
    descend(k, p, m, largest_v);
  }

 private:
  template <class T>
  static CALANDO_LANE T moments(const Coefficients<T>& k, T p, T g, T& m, T& v) {
    g = g + k.coupled * p;
    m = k.beta1 * m + k.gain1 * g;
    v = k.beta2 * v + k.gain2 * (g * g);
    return g;
  }
  template <class T>
  static CALANDO_LANE void descend(const Coefficients<T>& k, T& p, T m, T v) {
    using std::sqrt;
    p = k.keep * p - k.rate * m / (sqrt(v * k.root + k.inside) + k.outside);
  }
};

}  // namespace calando
