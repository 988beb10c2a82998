// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "calando/fields.h"
#include "calando/lane.h"
#include "calando/rules/parts/elementary.h"
#include "calando/rules/parts/moments.h"
#include "calando/rules/parts/scalars.h"
#include "calando/rules/parts/weight_decay.h"
#include "calando/rules/state_kind.h"

namespace calando {

/// Adam whose rate of each parameter is kept within bounds that close in on a common one: Adam at first, gradient descent at last.
///
///   l_t = f (1 - 1 / (gamma t + 1)),   u_t = f (1 + 1 / (gamma t)),   f = final_rate lr / (the first lr)
///   p <- p - clamp(lr sqrt(1 - b2^t) / (1 - b1^t) / (sqrt(v) + eps), l_t, u_t) m
///
/// m and v are Adam's; with amsbound v in the denominator is the largest so far.
///
/// Source:  Luo et al. 2019, algorithms 2 and 3, with the bounds of the authors' program.
/// Departs: f follows the rate's schedule, as in the authors' program.
struct AdaBound {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  Decay decay = Decay::coupled;
  double final_rate = 0.1;
  double gamma = 1e-3;
  bool amsbound = false;

  static constexpr std::string_view kName = "adabound";
  static constexpr std::string_view kFormula =
      "adam's m and v;  p <- p - clamp(lr / (sqrt(v^) + eps), l_t, u_t) m";
  static constexpr std::string_view kSource = "Luo et al. 2019, algorithms 2 and 3";
  static constexpr std::string_view kDeparts =
      "the final rate follows the rate's schedule, as in the authors' program";
  static constexpr std::array<std::string_view, 3> kStates = {"m", "v", "largest_v"};
  static constexpr std::array<StateKind, 3> kKinds = {StateKind::moment, StateKind::square,
                                                      StateKind::square};
  std::size_t states() const { return amsbound ? 3 : 2; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    moment_fields(self, visit);
    visit("final_rate", self.final_rate, range::positive, "the rate that the bounds close in on");
    visit("gamma", self.gamma, range::open(0, 1), "how fast the bounds close in");
    visit("amsbound", self.amsbound, "divide by the largest v so far");
  }

  struct Scalars {
    double first_rate = 0;

    template <class Self, class Visit>
    static void fields(Self& self, Visit&& visit) {
      visit("first_rate", self.first_rate);
    }
  };
  template <class T>
  struct Coefficients {
    Pull<T> pull;
    T gain1, beta2, gain2, rate, low, high, epsilon;
  };

  template <class T>
  Coefficients<T> at(std::int64_t step, double lr, Scalars& scalars) const {
    const auto t = static_cast<double>(step);
    if (scalars.first_rate == 0) scalars.first_rate = lr;
    const double end = lr == 0 ? 0 : final_rate * lr / scalars.first_rate;
    return {pull<T>(weight_decay, decay, lr),
            static_cast<T>(1 - beta1),
            static_cast<T>(beta2),
            static_cast<T>(1 - beta2),
            static_cast<T>(lr * std::sqrt(bias(beta2, t)) / bias(beta1, t)),
            static_cast<T>(end * (1 - 1 / (gamma * t + 1))),
            static_cast<T>(end * (1 + 1 / (gamma * t))),
            static_cast<T>(epsilon)};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& m, T& v) {
    moments(k, p, g, m, v);
    descend(k, p, m, v);
  }
  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& m, T& v, T& largest_v) {
    moments(k, p, g, m, v);
    largest_v = larger(largest_v, v);
    descend(k, p, m, largest_v);
  }

 private:
  template <class T>
  static CALANDO_LANE void moments(const Coefficients<T>& k, T p, T g, T& m, T& v) {
    g = k.pull.gradient(g, p);
    m = towards(m, k.gain1, g);
    v = decayed(k.beta2, v, k.gain2, g * g);
  }
  template <class T>
  static CALANDO_LANE void descend(const Coefficients<T>& k, T& p, T m, T v) {
    using std::sqrt;
    p = p - (k.pull.of(p) + clamped(k.rate / (sqrt(v) + k.epsilon), k.low, k.high) * m);
  }
};

}  // namespace calando
