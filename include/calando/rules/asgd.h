// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "calando/fields.h"
#include "calando/lane.h"
#include "calando/rules/parts/scalars.h"
#include "calando/rules/parts/weight_decay.h"

namespace calando {

/// Averaged gradient descent: a rate that falls, and the mean of the parameters from a step on, to evaluate with.
///
///   eta_t = lr / (1 + lambda lr (t - 1))^alpha,    mu_t = 1 / max(1, t - 1 - start)
///   p <- (1 - lambda eta_t) p - eta_t g
///   a <- a + mu_t (p - a)
///
/// Source:  Polyak & Juditsky 1992; Bottou 2010, section 5.
/// Departs: eta follows a rate that changes one step late, as in PyTorch.
struct Asgd {
  double lambda = 1e-4;
  double alpha = 0.75;
  double start = 1e6;
  double weight_decay = 0;

  static constexpr std::string_view kName = "asgd";
  static constexpr std::string_view kFormula =
      "eta = lr / (1 + lambda lr (t - 1))^alpha;  p <- (1 - lambda eta) p - eta g;  a <- a + mu (p - a)";
  static constexpr std::string_view kSource = "Polyak & Juditsky 1992; Bottou 2010, section 5";
  static constexpr std::string_view kDeparts = "eta follows a rate that changes one step late, as in PyTorch";
  static constexpr std::array<std::string_view, 1> kStates = {"average"};
  static constexpr std::array<std::string_view, 1> kTorch = {"ax"};
  static constexpr std::string_view kTorchClass = "ASGD";
  std::size_t states() const { return 1; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("lambda", self.lambda, range::not_negative,
          "pull of parameters towards zero, and how fast the rate falls");
    visit("alpha", self.alpha, range::not_negative, "power with which the rate falls");
    visit("start", self.start, range::not_negative, "steps before the mean is taken");
    visit("weight_decay", self.weight_decay, range::not_negative,
          "pull of parameters towards zero, added to the gradient");
  }

  struct Scalars {
    double eta = 0;

    template <class Self, class Visit>
    static void fields(Self& self, Visit&& visit) {
      visit("eta", self.eta);
    }
  };
  template <class T>
  struct Coefficients {
    T eta, lambda, decay, mu, fresh;
  };

  template <class T>
  Coefficients<T> at(std::int64_t step, double lr, Scalars& scalars) const {
    const auto t = static_cast<double>(step);
    const double eta = step == 1 ? lr : scalars.eta;
    scalars.eta = lr / std::pow(1 + lambda * lr * t, alpha);
    const double mu = 1 / std::max(1.0, t - 1 - start);
    return {static_cast<T>(eta), static_cast<T>(lambda), static_cast<T>(weight_decay), static_cast<T>(mu),
            mu == 1 ? T{1} : T{0}};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& average) {
    p = p - k.eta * (k.lambda * p + (g + k.decay * p));
    average = k.fresh != 0 ? p : average + k.mu * (p - average);
  }

  template <class T>
  T evaluated(T, T average) const {
    return average;
  }
};

}  // namespace calando
