// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "calando/fields.h"
#include "calando/lane.h"

namespace calando {

/// Where epsilon keeps a denominator from zero.
enum class EpsilonPlace { outside, inside };
constexpr std::array<std::string_view, 2> enum_names(EpsilonPlace) { return {"outside", "inside"}; }

/// AdaGrad: the rate of each parameter divided by the root of the sum of its squared gradients.
///
///   g' = g + wd p
///   s <- s + g'^2
///   p <- p - lr / (1 + (t - 1) rate_decay) g' / (sqrt(s) + eps)     or  g' / sqrt(s + eps)
///
/// For gradients of constant size s grows linearly, so the effective rate falls like 1/sqrt(t).
///
/// Source:  Duchi, Hazan & Singer 2011, figure 1.
/// Departs: rate_decay and the coupled weight decay are PyTorch's.
struct AdaGrad {
  double epsilon = 1e-10;
  EpsilonPlace epsilon_place = EpsilonPlace::outside;
  double initial_accumulator = 0;
  double rate_decay = 0;
  double weight_decay = 0;

  static constexpr std::string_view kName = "adagrad";
  static constexpr std::string_view kFormula = "s <- s + g^2;  p <- p - lr g / (sqrt(s) + eps)";
  static constexpr std::string_view kSource = "Duchi, Hazan & Singer 2011, figure 1";
  static constexpr std::array<std::string_view, 1> kStates = {"sum"};
  std::size_t states() const { return 1; }
  double initial_state(std::size_t) const { return initial_accumulator; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("epsilon", self.epsilon, range::not_negative, "keeps the denominator from zero");
    visit("epsilon_place", self.epsilon_place, "outside or inside of the root");
    visit("initial_accumulator", self.initial_accumulator, range::not_negative, "what the sum of squares starts from");
    visit("rate_decay", self.rate_decay, range::not_negative, "the rate falls by 1 / (1 + (t - 1) rate_decay)");
    visit("weight_decay", self.weight_decay, range::not_negative, "pull of parameters towards zero, added to the gradient");
  }

  struct Scalars {
    template <class Self, class Visit>
    static void fields(Self&, Visit&&) {}
  };

  template <class T>
  struct Coefficients {
    T rate, inside, outside, decay;
  };

  template <class T>
  Coefficients<T> at(std::int64_t t, double lr, Scalars&) const {
    const bool in = epsilon_place == EpsilonPlace::inside;
    return {static_cast<T>(lr / (1 + static_cast<double>(t - 1) * rate_decay)), static_cast<T>(in ? epsilon : 0.0),
            static_cast<T>(in ? 0.0 : epsilon), static_cast<T>(weight_decay)};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& sum) {
    using std::sqrt;
    g = g + k.decay * p;
    sum = sum + g * g;
    p = p - k.rate * g / (sqrt(sum + k.inside) + k.outside);
  }
};

}  // namespace calando
