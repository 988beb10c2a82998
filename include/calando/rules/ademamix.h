// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "calando/fields.h"
#include "calando/lane.h"
#include "calando/rules/parts/moments.h"
#include "calando/rules/parts/scalars.h"
#include "calando/rules/state_kind.h"

namespace calando {

/// Adam with a second, slow mean of the gradient added to the first.
///
///   m <- b1 m + (1 - b1) g
///   s <- b3_t s + (1 - b3_t) g
///   v <- b2 v + (1 - b2) g^2
///   p <- p - lr (m / (1 - b1^t) + alpha_t s) / (sqrt(v / (1 - b2^t) + eps_root) + eps)
///
///   alpha_t = alpha min(t / warmup, 1)
///   b3_t    = min(exp(ln b1 ln b3 / ((1 - t / warmup) ln b3 + t / warmup ln b1)), b3)
///
/// Without a warm-up alpha and b3 are constant.
///
/// Source:  Pagliardini et al. 2024, algorithm 1 and its schedulers.
struct AdEMAMix {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double beta3 = 0.9999;
  double alpha = 5;
  double epsilon = 1e-8;
  double weight_decay = 0;
  Decay decay = Decay::decoupled;
  double warmup = 0;
  double epsilon_root = 0;

  static constexpr std::string_view kName = "ademamix";
  static constexpr std::string_view kFormula =
      "adam's m and v;  s <- b3 s + (1 - b3) g;  p <- p - lr (m^ + alpha s) / (sqrt(v^) + eps)";
  static constexpr std::string_view kSource = "Pagliardini et al. 2024, algorithm 1";
  static constexpr std::string_view kDeparts = "";
  static constexpr std::array<std::string_view, 3> kStates = {"m", "v", "slow_m"};
  static constexpr std::array<StateKind, 3> kKinds = {StateKind::moment, StateKind::square,
                                                      StateKind::moment};
  std::size_t states() const { return 3; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("beta1", self.beta1, range::open(0, 1), "decay of the mean gradient, m");
    visit("beta2", self.beta2, range::half_open(0, 1), "decay of the mean squared gradient, v");
    visit("beta3", self.beta3, range::open(0, 1), "decay of the slow mean, s");
    visit("alpha", self.alpha, range::not_negative, "share of the slow mean");
    visit("epsilon", self.epsilon, range::not_negative, "keeps the denominator from zero");
    decay_fields(self, visit);
    visit("warmup", self.warmup, range::not_negative, "steps in which alpha and beta3 grow; 0: none");
    visit("epsilon_root", self.epsilon_root, range::not_negative, "added inside of the root as well");
  }

  double alpha_at(double t) const { return warmup > 0 ? std::min(t * alpha / warmup, alpha) : alpha; }
  double beta3_at(double t) const {
    if (warmup == 0) return beta3;
    const double b1 = std::log(beta1), b3 = std::log(beta3), share = t / warmup;
    return std::min(std::exp(b1 * b3 / ((1 - share) * b3 + share * b1)), beta3);
  }

  using Scalars = NoScalars;
  template <class T>
  struct Coefficients : Moments<T> {
    T gain3, of_slow;
  };

  template <class T>
  Coefficients<T> at(std::int64_t step, double lr, Scalars&) const {
    const auto t = static_cast<double>(step);
    const double slow = beta3_at(t);
    return {moments_of<T>(*this, lr, numerator(beta1, t, false, true),
                          moment_root<T>(epsilon, MomentEpsilon::outside, epsilon_root, bias(beta2, t))),
            static_cast<T>(1 - slow), static_cast<T>(lr * alpha_at(t))};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& m, T& v, T& slow_m) {
    g = k.gradient(g, p);
    m = towards(m, k.gain1, g);
    v = decayed(k.beta2, v, k.gain2, g * g);
    slow_m = towards(slow_m, k.gain3, g);
    p = p - (k.pull.of(p) + (k.of_m * m + k.of_slow * slow_m) / k.root(v, k.rare));
  }
};

}  // namespace calando
