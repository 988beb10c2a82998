// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include "calando/fields.h"
#include "calando/lane.h"
#include "calando/rules/parts/elementary.h"
#include "calando/rules/parts/epsilon.h"
#include "calando/rules/parts/moments.h"
#include "calando/rules/parts/scalars.h"
#include "calando/rules/state_kind.h"

namespace calando {

/// Whether weight decay multiplies the parameters before the step or divides them after it.
enum class AdanDecay { proximal, decoupled };
constexpr std::array<std::string_view, 2> enum_names(AdanDecay) { return {"proximal", "decoupled"}; }

/// Adan: means of the gradient and of its change, added up and divided by the root of the mean square of their sum.
///
///   d  = g - (the last g), 0 at the first step;    a = b2, or look_ahead
///   m <- b1 m + (1 - b1) g
///   c <- b2 c + (1 - b2) d
///   n <- b3 n + (1 - b3) (g + a d)^2
///   u  = (m / (1 - b1^t) + a c / (1 - b2^t)) / (sqrt(n / (1 - b3^t) + eps_root) + eps)
///   proximal:  p <- (p - lr u) / (1 + lr wd),   decoupled:  p <- (1 - lr wd) p - lr u
///
/// Source:  Xie et al. 2022, algorithm 1, whose betas are these from 1.
/// Departs: the moments' bias is corrected, as in the authors' program; optax looks ahead by 1 - b2.
struct Adan {
  double beta1 = 0.98;
  double beta2 = 0.92;
  double beta3 = 0.99;
  double epsilon = 1e-8;
  double weight_decay = 0;
  AdanDecay decay = AdanDecay::proximal;
  double epsilon_root = 0;
  std::optional<double> look_ahead;

  static constexpr std::string_view kName = "adan";
  static constexpr std::string_view kFormula =
      "m, c: means of g and of its change d;  n <- b3 n + (1 - b3) (g + b2 d)^2;  p <- (p - lr (m^ + b2 c^) "
      "/ (sqrt(n^) + eps)) "
      "/ (1 + lr wd)";
  static constexpr std::string_view kSource = "Xie et al. 2022, algorithm 1";
  static constexpr std::string_view kDeparts = "betas are decays, 1 minus the paper's; the bias is corrected";
  static constexpr std::array<std::string_view, 4> kStates = {"m", "change", "n", "last_gradient"};
  static constexpr std::array<StateKind, 4> kKinds = {StateKind::moment, StateKind::moment, StateKind::square,
                                                      StateKind::moment};
  std::size_t states() const { return 4; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("beta1", self.beta1, range::half_open(0, 1), "decay of the mean gradient, m");
    visit("beta2", self.beta2, range::half_open(0, 1), "decay of the gradient's mean change, c");
    visit("beta3", self.beta3, range::half_open(0, 1), "decay of the mean square, n");
    visit("epsilon", self.epsilon, range::not_negative, "keeps the denominator from zero");
    visit("weight_decay", self.weight_decay, range::not_negative, "pull of parameters towards zero");
    visit("decay", self.decay,
          "proximal: divide by 1 + lr weight_decay; decoupled: multiply by 1 - lr weight_decay");
    visit("epsilon_root", self.epsilon_root, range::not_negative, "added inside of the root as well");
    visit("look_ahead", self.look_ahead, range::closed(0, 1),
          "share of the change that is added, beta2 unless given");
  }

  using Scalars = NoScalars;
  template <class T>
  struct Coefficients {
    T gain1, gain2, beta3, gain3;
    T fresh;                                  // 1 at the first step, where there is no last gradient
    T ahead, of_m, of_change, before, after;  // shares of p that decay takes
    Root<T> root;
  };

  template <class T>
  Coefficients<T> at(std::int64_t step, double lr, Scalars&) const {
    const auto t = static_cast<double>(step);
    const double ahead = look_ahead.value_or(beta2);
    const bool proximal = decay == AdanDecay::proximal;
    Coefficients<T> k{};
    k.gain1 = static_cast<T>(1 - beta1);
    k.gain2 = static_cast<T>(1 - beta2);
    k.beta3 = static_cast<T>(beta3);
    k.gain3 = static_cast<T>(1 - beta3);
    k.fresh = step == 1 ? T{1} : T{0};
    k.ahead = static_cast<T>(ahead);
    k.of_m = static_cast<T>(lr / bias(beta1, t));
    k.of_change = static_cast<T>(lr * ahead / bias(beta2, t));
    const double pull = lr * weight_decay;
    k.before = static_cast<T>(proximal ? 0.0 : pull);
    k.after = static_cast<T>(proximal ? pull / (1 + pull) : 0.0);
    k.root = moment_root<T>(epsilon, MomentEpsilon::outside, epsilon_root, bias(beta3, t));
    return k;
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& m, T& change, T& n, T& last) {
    const T d = k.fresh != 0 ? T{0} : g - last;
    m = towards(m, k.gain1, g);
    change = towards(change, k.gain2, d);
    const T ahead = g + k.ahead * d;
    n = decayed(k.beta3, n, k.gain3, ahead * ahead);
    last = g;
    p = p - (k.before * p + (k.of_m * m + k.of_change * change) / k.root(n));
    p = p - k.after * p;
  }
};

}  // namespace calando
