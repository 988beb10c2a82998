// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "calando/fields.h"
#include "calando/lane.h"
#include "calando/rules/parts/elementary.h"
#include "calando/rules/parts/scalars.h"

namespace calando {

/// Rprop: steps of a size of their own for each parameter, longer while the gradient keeps its sign, shorter when it turns.
///
///   g q > 0:  d <- eta_plus d      g q < 0:  d <- eta_minus d,  g = 0      within [least, most]
///   p <- p - sign(g) d
///   q <- g
///
/// The step sizes d start from lr of the first step; later rates do nothing. Meant for full batches.
///
/// Source:  Riedmiller & Braun 1993; Igel & Huesken 2000, iRprop-.
/// Departs: with late=true p takes the step of the time before, which is what optax 0.2.8 does.
struct Rprop {
  double eta_minus = 0.5;
  double eta_plus = 1.2;
  double least = 1e-6;
  double most = 50;
  bool clamp_first = true;
  bool late = false;

  static constexpr std::string_view kName = "rprop";
  static constexpr std::string_view kFormula =
      "d <- eta_plus d where g keeps its sign, eta_minus d and g = 0 where it turns;  p <- p - sign(g) d";
  static constexpr std::string_view kSource = "Riedmiller & Braun 1993; Igel & Huesken 2000, iRprop-";
  static constexpr std::string_view kDeparts = "late=true is what optax 0.2.8 does";
  static constexpr std::array<std::string_view, 2> kStates = {"last_gradient", "size"};
  static constexpr std::array<std::string_view, 2> kTorch = {"prev", "step_size"};
  static constexpr std::string_view kTorchClass = "Rprop";
  std::size_t states() const { return 2; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("eta_minus", self.eta_minus, range::open(0, 1), "factor of a step size where the gradient turns");
    visit("eta_plus", self.eta_plus, Interval{.low = 1}, "factor where it keeps its sign");
    visit("least", self.least, range::not_negative, "the least step size");
    visit("most", self.most, range::positive, "the largest step size");
    visit("clamp_first", self.clamp_first, "keep the first step size, lr, between least and most as well");
    visit("late", self.late,
          "take the step that was worked out the time before, unless the gradient has turned");
  }

  using Scalars = NoScalars;
  template <class T>
  struct Coefficients {
    T minus, plus, least, most;
    T kept, fresh;  // size <- kept size + fresh: lr at the first step
    T late;
  };

  template <class T>
  Coefficients<T> at(std::int64_t t, double lr, Scalars&) const {
    const double first = clamp_first ? (lr < least ? least : lr > most ? most : lr) : lr;
    return {static_cast<T>(eta_minus), static_cast<T>(eta_plus), static_cast<T>(least),
            static_cast<T>(most),      t == 1 ? T{0} : T{1},     static_cast<T>(t == 1 ? first : 0.0),
            late ? T{1} : T{0}};
  }

  template <class T>
  static CALANDO_LANE void update(const Coefficients<T>& k, T& p, T g, T& last, T& size) {
    const T before = k.kept * size + k.fresh;
    const T direction = sign(g), last_direction = sign(last), agree = direction * last_direction;
    const bool turned = agree < 0;
    const T resized = clamped(before * (agree > 0 ? k.plus : k.minus), k.least, k.most);
    size = agree == 0 ? before : resized;
    last = turned ? T{0} : g;
    const T length = k.late != 0 ? before : size;
    // Times 0, not without a step: subtracting makes a denormal p zero, and compilers leave out what subtracts a constant 0.
    const T taken = turned ? T{0} : k.late != 0 ? last_direction : direction;
    p = p - taken * length;
  }
};

}  // namespace calando
