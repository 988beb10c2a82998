// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "calando/fields.h"
#include "calando/lane.h"

namespace calando {

/// What schedule-free rules share: gradients are taken at y, steps at z, and x is the mean of z to evaluate with.
///
///   w_t = t^r max(lr_1, ..., lr_t)^weight_lr_power,     c_t = w_t / (w_1 + ... + w_t)
///   z <- z - lr u
///   x <- (1 - c) x + c z
///   y  = (1 - b) z + b x
///
/// x is not kept: y <- (1 - c) y + c z - lr (1 - b (1 - c)) u, from the z before the step, is the same.
///
/// Source:  Defazio et al. 2024, equations 3 to 5 and algorithm 1.
struct Averaging {
  double largest_rate = 0;
  double weight_sum = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("largest_rate", self.largest_rate);
    visit("weight_sum", self.weight_sum);
  }
};

/// y <- y + to_z (z - y) - of_y u,   z <- z - of_z u
template <class T>
struct AveragedStep {
  T to_z, of_y, of_z, fresh;

  CALANDO_LANE void take(T& y, T& z, T start, T u) const {
    y = start + to_z * (z - start) - of_y * u;
    z = z - of_z * u;
  }
  /// z starts from the parameters.
  CALANDO_LANE T begin(T z, T y) const { return fresh != 0 ? y : z; }
};

/// Options that these rules have in common: beta, warmup, warmup_from_zero, averaging_power, rate_power.
template <class T, class Rule>
AveragedStep<T> averaged_step(const Rule& rule, double beta, std::int64_t t, double lr, Averaging& sums) {
  const auto steps = static_cast<double>(t);
  const auto share = [&](double done) { return rule.warmup > 0 ? std::min(done / rule.warmup, 1.0) : 1.0; };
  const double rate = lr * share(rule.warmup_from_zero ? steps - 1 : steps);
  sums.largest_rate = std::max(sums.largest_rate, lr * share(steps));
  const double weight = std::pow(steps, rule.averaging_power) * std::pow(sums.largest_rate, rule.rate_power);
  sums.weight_sum += weight;
  const double c = sums.weight_sum == 0 ? 0 : weight / sums.weight_sum;
  return {static_cast<T>(c), static_cast<T>(rate * (1 - beta * (1 - c))), static_cast<T>(rate),
          t == 1 ? T{1} : T{0}};
}

/// x from y and z.
template <class T>
CALANDO_LANE T average_of(T y, T z, T beta) {
  return (y - (1 - beta) * z) / beta;
}

template <class Self, class Visit>
void averaging_fields(Self& self, Visit&& visit) {
  visit("warmup", self.warmup, range::not_negative,
        "steps in which the rate grows from lr / warmup; 0: none");
  visit("warmup_from_zero", self.warmup_from_zero, "the first rate of the warm-up is 0, as in optax");
  visit("averaging_power", self.averaging_power, range::any, "later steps weigh more in the mean, by t^r");
  visit("rate_power", self.rate_power, range::not_negative,
        "steps at a high rate weigh more in the mean, by this power");
}

}  // namespace calando
