// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "calando/fields.h"
#include "calando/lane.h"
#include "calando/rules/parts/epsilon.h"
#include "calando/rules/parts/scalars.h"
#include "calando/rules/parts/weight_decay.h"
#include "calando/rules/state_kind.h"

namespace calando {

/// AdaGrad: the rate of each parameter divided by the root of the sum of its squared gradients.
///
///   s <- s + g^2
///   p <- p - lr / (1 + (t - 1) rate_decay) g / (sqrt(s) + eps)     or  g / sqrt(s + eps)
///
/// For gradients of constant size s grows linearly, so the effective rate falls like 1/sqrt(t).
///
/// Source:  Duchi, Hazan & Singer 2011, figure 1.
/// Departs: rate_decay and weight decay are PyTorch's.
struct AdaGrad {
  double epsilon = 1e-10;
  EpsilonPlace epsilon_place = EpsilonPlace::outside;
  double initial_accumulator = 0;
  double rate_decay = 0;
  double weight_decay = 0;
  Decay decay = Decay::coupled;

  static constexpr std::string_view kName = "adagrad";
  static constexpr std::string_view kFormula = "s <- s + g^2;  p <- p - lr g / (sqrt(s) + eps)";
  static constexpr std::string_view kSource = "Duchi, Hazan & Singer 2011, figure 1";
  static constexpr std::string_view kDeparts = "rate decay and weight decay, as in PyTorch";
  static constexpr std::array<std::string_view, 1> kStates = {"sum"};
  static constexpr std::array<StateKind, 1> kKinds = {StateKind::square};
  static constexpr std::array<std::string_view, 1> kTorch = {"sum"};
  static constexpr std::string_view kTorchClass = "Adagrad";
  std::size_t states() const { return 1; }
  double initial_state(std::size_t) const { return initial_accumulator; }
  bool idle_without_gradient() const { return weight_decay == 0 && (epsilon > 0 || initial_accumulator > 0); }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("epsilon", self.epsilon, range::not_negative, "keeps the denominator from zero");
    visit("epsilon_place", self.epsilon_place, "outside or inside of the root");
    visit("initial_accumulator", self.initial_accumulator, range::not_negative,
          "what the sum of squares starts from");
    visit("rate_decay", self.rate_decay, range::not_negative,
          "the rate falls by 1 / (1 + (t - 1) rate_decay)");
    decay_fields(self, visit);
  }

  using Scalars = NoScalars;
  template <class T>
  struct Coefficients {
    T rate;
    Root<T> root;
    Pull<T> pull;
  };

  template <class T>
  Coefficients<T> at(std::int64_t t, double lr, Scalars&) const {
    return {static_cast<T>(lr / (1 + static_cast<double>(t - 1) * rate_decay)),
            plain_root<T>(epsilon, epsilon_place), pull<T>(weight_decay, decay, lr)};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& sum) {
    g = k.pull.gradient(g, p);
    sum = sum + g * g;
    p = p - (k.pull.of(p) + k.rate * g / k.root(sum));
  }
};

}  // namespace calando
