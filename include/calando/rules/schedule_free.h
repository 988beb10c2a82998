// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "calando/fields.h"
#include "calando/lane.h"
#include "calando/rules/parts/averaging.h"
#include "calando/rules/parts/elementary.h"
#include "calando/rules/parts/epsilon.h"
#include "calando/rules/parts/moments.h"
#include "calando/rules/parts/weight_decay.h"
#include "calando/rules/state_kind.h"

namespace calando {

/// AdamW without a schedule: Adam's second moment, and a mean of the steps in place of its first.
///
///   v <- b2 v + (1 - b2) g^2
///   u  = g / (sqrt(v / (1 - b2^t)) + eps) + wd y         coupled; decoupled: y <- (1 - lr wd) y first, as in Keras
///
/// The parameters are y; how they, z and the weights to evaluate with follow from u: parts/averaging.h. The optimizer gives the
/// latter on demand.
///
/// Source:  Defazio et al. 2024, algorithm 1.
/// Departs: the decay is at y, as in the authors' program; the paper has it at y or z.
struct ScheduleFree {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  Decay decay = Decay::coupled;
  double warmup = 0;
  bool warmup_from_zero = false;
  double averaging_power = 0;
  double rate_power = 2;

  static constexpr std::string_view kName = "schedule_free";
  static constexpr std::string_view kFormula =
      "adam's v;  z <- z - lr (g / (sqrt(v^) + eps) + wd y);  x <- (1 - c) x + c z;  p = y = (1 - b1) z + b1 "
      "x";
  static constexpr std::string_view kSource = "Defazio et al. 2024, algorithm 1";
  static constexpr std::string_view kDeparts = "";
  static constexpr std::array<std::string_view, 2> kStates = {"v", "z"};
  static constexpr std::array<StateKind, 2> kKinds = {StateKind::square, StateKind::exact};
  std::size_t states() const { return 2; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("beta1", self.beta1, range::above_up_to(0, 1), "share of the mean x in the parameters");
    visit("beta2", self.beta2, range::half_open(0, 1), "decay of the mean squared gradient, v");
    visit("epsilon", self.epsilon, range::not_negative, "keeps the denominator from zero");
    decay_fields(self, visit);
    averaging_fields(self, visit);
  }

  using Scalars = Averaging;
  template <class T>
  struct Coefficients {
    Pull<T> pull;
    T beta2, gain2;
    Root<T> root;
    AveragedStep<T> step;
  };

  template <class T>
  Coefficients<T> at(std::int64_t t, double lr, Averaging& sums) const {
    return {pull<T>(weight_decay, decay, lr), static_cast<T>(beta2), static_cast<T>(1 - beta2),
            moment_root<T>(epsilon, MomentEpsilon::outside, 0, bias(beta2, static_cast<double>(t))),
            averaged_step<T>(*this, beta1, t, lr, sums)};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& v, T& z) {
    z = k.step.begin(z, p);
    v = decayed(k.beta2, v, k.gain2, g * g);
    k.step.take(p, z, p - k.pull.of(p), k.pull.gradient(g / k.root(v), p));
  }

  template <class T>
  T evaluated(T y, T, T z) const {
    return average_of(y, z, static_cast<T>(beta1));
  }
};

}  // namespace calando
