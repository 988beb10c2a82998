// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <string_view>

#include "calando/fields.h"
#include "calando/lane.h"
#include "calando/rules/parts/elementary.h"
#include "calando/rules/parts/epsilon.h"
#include "calando/rules/parts/weight_decay.h"

namespace calando {

/// What is done to a step whose direction disagrees with the gradient.
enum class Mask { none, grams };
constexpr std::array<std::string_view, 2> enum_names(Mask) { return {"none", "grams"}; }

/// The two moments of Adam and its descendants, which differ in the numbers and not in the formula.
///
///   g' = g + wd p
///   m <- b1 m + (1 - b1) g'
///   v <- b2 v + (1 - b2) g'^2
///   u  = (of_m m + of_g g') / (sqrt(scale v + inside) + outside),     grams:  |u| with the sign of g'
///   p <- p - (lr wd p + u)
///
/// Source:  Kingma & Ba 2015, algorithm 1; grams: Cao et al. 2024, algorithm 1.
template <class T>
struct Moments {
  Pull<T> pull;
  T gain1, beta2, gain2;
  T of_m, of_g;
  Root<T> root;
  T before_largest = T{1};  // v is multiplied by it before the largest is taken
  T grams = T{0};           // 1: the sign is the gradient's
  /// Whether coupled decay, of_g, inside or grams is not 0. Where they all are, the formula is the one without them, and drivers
  /// compile a loop for that alone.
  bool rare = false;

  CALANDO_LANE T gradient(T g, T p) const { return rare ? pull.gradient(g, p) : g; }
  CALANDO_LANE T step(T g, T m, T v) const {
    const T u = (rare ? of_m * m + of_g * g : of_m * m) / root(v, rare);
    return rare && grams != 0 ? signed_like(u, g) : u;
  }
};

template <class T>
CALANDO_LANE void update_moments(const Moments<T>& k, T& p, T g, T& m, T& v) {
  g = k.gradient(g, p);
  m = towards(m, k.gain1, g);
  v = decayed(k.beta2, v, k.gain2, g * g);
  p = p - (k.pull.of(p) + k.step(g, m, v));
}

/// AMSGrad: v in the denominator is the largest so far.
///
/// Source:  Reddi et al. 2018, algorithm 2.
template <class T>
CALANDO_LANE void update_moments(const Moments<T>& k, T& p, T g, T& m, T& v, T& largest_v) {
  g = k.gradient(g, p);
  m = towards(m, k.gain1, g);
  v = decayed(k.beta2, v, k.gain2, g * g);
  largest_v = larger(largest_v, v * k.before_largest);
  p = p - (k.pull.of(p) + k.step(g, m, largest_v));
}

/// The numerator's share of m and of g: m / (1 - b1^t), or one step ahead of it.
///
///   nesterov:  b1 m / (1 - b1^(t+1)) + (1 - b1) g / (1 - b1^t)
///
/// Source:  Dozat 2016, algorithm 2.
struct Numerator {
  double of_m, of_g;
};
inline Numerator numerator(double beta1, double t, bool nesterov, bool bias_correction) {
  const double now = bias_correction ? 1 - std::pow(beta1, t) : 1;
  const double next = bias_correction ? 1 - std::pow(beta1, t + 1) : 1;
  if (!nesterov) return {1 / now, 0};
  return {beta1 / next, (1 - beta1) / now};
}

/// How much of a moment's bias is left to correct: 1 - beta^t.
inline double bias(double beta, double t) { return 1 - std::pow(beta, t); }

/// Fills in what all of them share.
template <class T, class Rule>
Moments<T> moments_of(const Rule& rule, double lr, Numerator part, const Root<T>& root) {
  Moments<T> k{};
  k.pull = pull<T>(rule.weight_decay, rule.decay, lr);
  k.gain1 = static_cast<T>(1 - rule.beta1);
  k.beta2 = static_cast<T>(rule.beta2);
  k.gain2 = static_cast<T>(1 - rule.beta2);
  k.of_m = static_cast<T>(lr * part.of_m);
  k.of_g = static_cast<T>(lr * part.of_g);
  k.root = root;
  k.rare = k.pull.coupled != 0 || k.of_g != 0 || k.root.inside != 0;
  return k;
}

template <class Self, class Visit>
void moment_fields(Self& self, Visit&& visit) {
  visit("beta1", self.beta1, range::half_open(0, 1), "decay of the mean gradient, m");
  visit("beta2", self.beta2, range::half_open(0, 1), "decay of the mean squared gradient, v");
  visit("epsilon", self.epsilon, range::not_negative, "keeps the denominator from zero");
  decay_fields(self, visit);
}

/// Whether a step is rectified, and by how much: the variance of an adaptive rate is finite from about the fifth step on.
///
///   rho_inf = 2 / (1 - b2) - 1,   rho_t = rho_inf - 2 t b2^t / (1 - b2^t)
///   r = sqrt((rho_t - 4) (rho_t - 2) rho_inf / ((rho_inf - 4) (rho_inf - 2) rho_t))   where rho_t > threshold
///
/// Source:  Liu et al. 2020, algorithm 2.
struct Rectified {
  bool adaptive;
  double factor;
};
inline Rectified rectified(double beta2, double t, double threshold) {
  const double power = std::pow(beta2, t);
  const double rho_inf = 2 / (1 - beta2) - 1;
  const double rho = rho_inf - 2 * t * power / (1 - power);
  if (!(rho > threshold)) return {false, 1};
  return {true, std::sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho))};
}

/// The root that is 1 whatever v is: a step that is not adaptive.
template <class T>
constexpr Root<T> kNoRoot{T{0}, T{0}, T{1}};

}  // namespace calando
