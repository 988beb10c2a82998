// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "calando/fields.h"
#include "calando/lane.h"
#include "calando/rules/parts/scalars.h"

namespace calando {

/// Gradient descent.
///
///   p <- p - lr (g + wd p)
///
/// Source:  Robbins & Monro 1951.
/// Departs: the decay is PyTorch's; added to the gradient or apart from it, it is the same here.
struct Sgd {
  double weight_decay = 0;

  static constexpr std::string_view kName = "sgd";
  static constexpr std::string_view kFormula = "p <- p - lr (g + wd p)";
  static constexpr std::string_view kSource = "Robbins & Monro 1951";
  static constexpr std::string_view kDeparts = "weight decay";
  static constexpr std::array<std::string_view, 0> kStates = {};
  static constexpr std::array<std::string_view, 0> kTorch = {};
  static constexpr std::string_view kTorchClass = "SGD";
  std::size_t states() const { return 0; }
  bool idle_without_gradient() const { return weight_decay == 0; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("weight_decay", self.weight_decay, range::not_negative, "pull of parameters towards zero");
  }

  using Scalars = NoScalars;
  template <class T>
  struct Coefficients {
    T rate, decay;
  };

  template <class T>
  Coefficients<T> at(std::int64_t, double lr, Scalars&) const {
    return {static_cast<T>(lr), static_cast<T>(weight_decay)};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g) {
    p = p - k.rate * (g + k.decay * p);
  }
};

}  // namespace calando
