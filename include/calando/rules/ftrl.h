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

/// Follow the regularized leader: AdaGrad whose parameters are worked out anew from the sum of gradients, and exactly 0 where that
/// is small.
///
///   n' = n + g^2,   s = (n'^a - n^a) / lr
///   z <- z + g + 2 shrinkage p - s p
///   p <- 0 where |z| <= l1,  else (sign(z) l1 - z) / (n'^a / lr + 2 l2 + beta / lr)
///
/// lr must be above 0: rates that reach 0 give NaN.
///
/// Source:  McMahan et al. 2013, algorithm 1 (a = 1/2).
/// Departs: the power a and the shrinkage are TensorFlow's; 2 l2 stands for the paper's lambda2.
struct Ftrl {
  double power = 0.5;
  double initial_accumulator = 0.1;
  double l1 = 0;
  double l2 = 0;
  double shrinkage = 0;
  double beta = 0;
  double weight_decay = 0;
  Decay decay = Decay::decoupled;

  static constexpr std::string_view kName = "ftrl";
  static constexpr std::string_view kFormula =
      "n' = n + g^2;  z <- z + g - (sqrt(n') - sqrt(n)) / lr p;  p <- (clamp(z, -l1, l1) - z) / ((beta + "
      "sqrt(n')) / lr + 2 l2)";
  static constexpr std::string_view kSource = "McMahan et al. 2013, algorithm 1";
  static constexpr std::string_view kDeparts =
      "2 l2 is the paper's lambda2; the power and the shrinkage are TensorFlow's";
  static constexpr std::array<std::string_view, 2> kStates = {"accumulator", "linear"};
  static constexpr std::array<StateKind, 2> kKinds = {StateKind::square, StateKind::exact};
  std::size_t states() const { return 2; }
  double initial_state(std::size_t state) const { return state == 0 ? initial_accumulator : 0; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("power", self.power, range::closed(0, 1), "of the sum of squares, a");
    visit("initial_accumulator", self.initial_accumulator, range::not_negative,
          "what the sum of squares starts from");
    visit("l1", self.l1, range::not_negative, "bound of the sum of gradients below which a parameter is 0");
    visit("l2", self.l2, range::not_negative, "pull of parameters towards zero");
    visit("shrinkage", self.shrinkage, range::not_negative, "a pull that is added to the gradient");
    visit("beta", self.beta, range::not_negative, "keeps the first rates small");
    decay_fields(self, visit);
  }

  using Scalars = NoScalars;
  template <class T>
  struct Coefficients {
    T power, per_rate, l1, more, shrinkage;  // per_rate: 1 / lr; a division takes as long as ten products
    Pull<T> pull;
    bool rare;  // a power that is no square root: drivers compile a loop for each
  };

  template <class T>
  Coefficients<T> at(std::int64_t, double lr, Scalars&) const {
    return {static_cast<T>(power),
            static_cast<T>(1 / lr),
            static_cast<T>(l1),
            static_cast<T>(2 * l2 + beta / lr),
            static_cast<T>(2 * shrinkage),
            pull<T>(weight_decay, decay, lr),
            power != 0.5};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& accumulator, T& linear) {
    g = k.pull.gradient(g, p);
    p = p - k.pull.of(p);
    const T grown = accumulator + g * g;
    const T root = raised(k, grown);
    linear = linear + (g + k.shrinkage * p - (root - raised(k, accumulator)) * k.per_rate * p);
    accumulator = grown;
    p = (clamped(linear, -k.l1, k.l1) - linear) / (root * k.per_rate + k.more);
  }

 private:
  template <class T>
  static CALANDO_LANE T raised(const Coefficients<T>& k, T x) {
    using std::sqrt;
    return k.rare ? calando::power(x, k.power) : sqrt(x);
  }
};

}  // namespace calando
