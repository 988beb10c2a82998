// SPDX-License-Identifier: MIT
// What stands around a rule: lookahead(adam(lr=0.01), k=5, alpha=0.5), ema(sam(sgd(lr=0.1))). Each is a struct of options with
// kName, kFormula, kSource, kDeparts and fields(), as a rule is, and stands in CALANDO_FOR_EACH_WRAPPER; its work is in
// src/optimizer/wrapping_NAME.cc. kSteers: it changes where the rule goes, so it does not stand around one that searches (lbfgs).
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "calando/fields.h"

namespace calando {

/// Slow weights that follow the fast ones.
///
///   every k steps:  slow <- slow + alpha (p - slow),  p <- slow
///
/// Evaluate with the slow weights. They start as the weights before the first step.
///
/// Source:  Zhang, Lucas, Hinton & Ba 2019, algorithm 1.
struct Lookahead {
  int k = 5;
  double alpha = 0.5;

  static constexpr std::string_view kName = "lookahead";
  static constexpr std::string_view kFormula = "every k steps: s <- s + alpha (p - s);  p <- s";
  static constexpr std::string_view kSource = "Zhang et al. 2019, algorithm 1";
  static constexpr std::string_view kDeparts = "";
  static constexpr bool kSteers = true;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("k", self.k, range::closed(1, 1e9), "steps of the rule between those of the slow weights");
    visit("alpha", self.alpha, range::closed(0, 1), "share of the way that the slow weights go");
  }
};

/// Gradients from where the loss is largest nearby.
///
///   e = rho g / |g|,  adaptive: rho p^2 g / |p g|;   the rule steps from p with the gradient at p + e
///
/// Norms are over all parameters. Needs Optimizer::step(lr, evaluate), and evaluates twice.
///
/// Source:  Foret et al. 2021, algorithm 1; Kwon et al. 2021, equation 6 (adaptive).
struct Sam {
  double rho = 0.05;
  bool adaptive = false;

  static constexpr std::string_view kName = "sam";
  static constexpr std::string_view kFormula =
      "e = rho g / |g|;  the rule's step from p with the gradient at p + e";
  static constexpr std::string_view kSource = "Foret et al. 2021, algorithm 1; Kwon et al. 2021";
  static constexpr std::string_view kDeparts = "";
  static constexpr bool kSteers = true;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("rho", self.rho, range::not_negative, "how far to look");
    visit("adaptive", self.adaptive, "farther where a weight is large");
  }
};

/// Leaves out the part of a step that goes against the gradient, and stretches the rest.
///
///   u: the rule's step without its decoupled decay;   p <- p - wd - u [u g > 0] / max(mean(u g > 0), 0.001)
///
/// The mean is over a tensor.
///
/// Source:  Liang et al. 2024, algorithm 1; the bound: timm.
struct Cautious {
  static constexpr std::string_view kName = "cautious";
  static constexpr std::string_view kFormula = "p <- p - u [u g > 0] / mean(u g > 0), u the rule's step";
  static constexpr std::string_view kSource = "Liang et al. 2024, algorithm 1";
  static constexpr std::string_view kDeparts = "divides by at least 0.001, as timm does";
  static constexpr bool kSteers = true;

  template <class Self, class Visit>
  static void fields(Self&, Visit&&) {}
};

/// The exponential average of the weights, to evaluate with.
///
///   a <- a + (1 - decay) (p - a),  after the first step a = p
///
/// Source:  Polyak & Juditsky 1992; as in PyTorch's AveragedModel and Keras's use_ema.
struct Ema {
  double decay = 0.999;

  static constexpr std::string_view kName = "ema";
  static constexpr std::string_view kFormula =
      "a <- a + (1 - decay) (p - a), at first a = p;  evaluate with a";
  static constexpr std::string_view kSource = "Polyak & Juditsky 1992";
  static constexpr std::string_view kDeparts = "starts from the weights after the first step, not from 0";

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("decay", self.decay, range::half_open(0, 1), "what an old weight keeps at each step");
  }
};

/// The mean of the weights at some steps, to evaluate with.
///
///   after step start + every, start + 2 every, ...:  n <- n + 1,  a <- a + (p - a) / n
///
/// Before the first of them the weights themselves.
///
/// Source:  Izmailov et al. 2018, algorithm 1.
struct Swa {
  std::int64_t start = 0;  // in texts also a share of the run: 75%
  std::int64_t every = 1;

  /// How many steps there are until the mean has its first weights.
  std::int64_t first() const { return start + every; }

  static constexpr std::string_view kName = "swa";
  static constexpr std::string_view kFormula =
      "a <- a + (p - a) / n after every so many steps;  evaluate with a";
  static constexpr std::string_view kSource = "Izmailov et al. 2018, algorithm 1";
  static constexpr std::string_view kDeparts = "";

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("start", self.start, range::not_negative, "steps before the mean begins, also 75% of a run or 2ep");
    visit("every", self.every, range::at_least(1), "steps between two weights of the mean");
  }
};

#define CALANDO_FOR_EACH_WRAPPER(X) X(Lookahead) X(Sam) X(Cautious) X(Ema) X(Swa)

using AnyWrapper = std::variant<Lookahead, Sam, Cautious, Ema, Swa>;

}  // namespace calando
