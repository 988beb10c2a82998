// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "calando/fields.h"
#include "calando/lane.h"
#include "calando/rules/parts/averaging.h"
#include "calando/rules/parts/weight_decay.h"

namespace calando {

/// Gradient descent without a schedule.
///
///   u = g + wd y
///
/// The parameters are y; how they, z and the weights to evaluate with follow from u: parts/averaging.h.
///
/// Source:  Defazio et al. 2024, equations 3 to 5.
struct ScheduleFreeSgd {
  double momentum = 0.9;
  double weight_decay = 0;
  Decay decay = Decay::coupled;
  double warmup = 0;
  bool warmup_from_zero = false;
  double averaging_power = 0;
  double rate_power = 2;

  static constexpr std::string_view kName = "schedule_free_sgd";
  static constexpr std::string_view kFormula =
      "z <- z - lr (g + wd y);  x <- (1 - c) x + c z;  p = y = (1 - mu) z + mu x";
  static constexpr std::string_view kSource = "Defazio et al. 2024, equations 3 to 5";
  static constexpr std::string_view kDeparts = "";
  static constexpr std::array<std::string_view, 1> kStates = {"z"};
  std::size_t states() const { return 1; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("momentum", self.momentum, range::above_up_to(0, 1), "share of the mean x in the parameters, mu");
    decay_fields(self, visit);
    averaging_fields(self, visit);
  }

  using Scalars = Averaging;
  template <class T>
  struct Coefficients {
    Pull<T> pull;
    AveragedStep<T> step;
  };

  template <class T>
  Coefficients<T> at(std::int64_t t, double lr, Averaging& sums) const {
    return {pull<T>(weight_decay, decay, lr), averaged_step<T>(*this, momentum, t, lr, sums)};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& z) {
    z = k.step.begin(z, p);
    k.step.take(p, z, p - k.pull.of(p), k.pull.gradient(g, p));
  }

  template <class T>
  T evaluated(T y, T z) const {
    return average_of(y, z, static_cast<T>(momentum));
  }
};

}  // namespace calando
