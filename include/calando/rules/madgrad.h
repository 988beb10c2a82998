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

/// MADGRAD: dual averaging with the cube root of the sum of squares, and momentum.
///
///   l_t = (lr + eps) sqrt(t)
///   n <- n + l_t g^2
///   s <- s + l_t g
///   z  = x0 - s / (cbrt(n) + eps)
///   p <- mu p + (1 - mu) z
///
/// x0 are the parameters at the first step; without momentum they are worked out from p, s and n and not kept.
///
/// Source:  Defazio & Jelassi 2021, algorithm 1.
/// Departs: lr + eps in place of lr (0 stays 0), and no step where the denominator is 0, as in the authors' program.
struct Madgrad {
  double momentum = 0.9;
  double epsilon = 1e-6;
  double weight_decay = 0;
  Decay decay = Decay::coupled;

  static constexpr std::string_view kName = "madgrad";
  static constexpr std::string_view kFormula =
      "l = lr sqrt(t);  n <- n + l g^2;  s <- s + l g;  p <- mu p + (1 - mu) (x0 - s / (cbrt(n) + eps))";
  static constexpr std::string_view kSource = "Defazio & Jelassi 2021, algorithm 1";
  static constexpr std::string_view kDeparts = "lr + eps in place of lr, as in the authors' program";
  static constexpr std::array<std::string_view, 3> kStates = {"square_sum", "sum", "start"};
  std::size_t states() const { return momentum > 0 ? 3 : 2; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("momentum", self.momentum, range::half_open(0, 1), "share of p that stays, mu");
    visit("epsilon", self.epsilon, range::not_negative, "keeps the denominator from zero");
    decay_fields(self, visit);
  }

  using Scalars = NoScalars;
  template <class T>
  struct Coefficients {
    T lambda, epsilon, keep, gain, coupled, fresh;
  };

  template <class T>
  Coefficients<T> at(std::int64_t t, double lr, Scalars&) const {
    const double rate = lr == 0 ? 0 : lr + epsilon;
    const bool apart = decay == Decay::decoupled;
    return {static_cast<T>(rate * std::sqrt(static_cast<double>(t))),
            static_cast<T>(epsilon),
            static_cast<T>(momentum - (apart ? rate * weight_decay : 0.0)),
            static_cast<T>(1 - momentum),
            static_cast<T>(apart ? 0.0 : weight_decay),
            t == 1 ? T{1} : T{0}};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& square_sum, T& sum) {
    g = g + k.coupled * p;
    const T start = p + share(k, sum, square_sum);
    accumulate(k, g, square_sum, sum);
    p = k.keep * p + (start - share(k, sum, square_sum));
  }
  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& square_sum, T& sum, T& start) {
    g = g + k.coupled * p;
    start = k.fresh != 0 ? p : start;
    accumulate(k, g, square_sum, sum);
    p = k.keep * p + k.gain * (start - share(k, sum, square_sum));
  }

 private:
  template <class T>
  static CALANDO_LANE void accumulate(const Coefficients<T>& k, T g, T& square_sum, T& sum) {
    square_sum = square_sum + k.lambda * (g * g);
    sum = sum + k.lambda * g;
  }
  template <class T>
  static CALANDO_LANE T share(const Coefficients<T>& k, T sum, T square_sum) {
    const T denominator = cube_root(square_sum) + k.epsilon;
    return denominator == 0 ? T{0} : sum / denominator;
  }
};

}  // namespace calando
