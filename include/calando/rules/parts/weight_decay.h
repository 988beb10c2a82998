// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>

#include "calando/fields.h"
#include "calando/lane.h"

namespace calando {

/// Whether weight decay is part of the gradient or shrinks the parameters apart from it.
enum class Decay { coupled, decoupled };
constexpr std::array<std::string_view, 2> enum_names(Decay) { return {"coupled", "decoupled"}; }

/// Weight decay in numbers.
///
///   coupled:    g' = g + wd p
///   decoupled:  p' = (1 - lr wd) p,  from which the rule's step is taken
///
/// Source:  Loshchilov & Hutter 2019, algorithms 1 and 2.
/// Departs: the decoupled decay is multiplied by lr, as in PyTorch, optax and Keras; the paper multiplies it by the schedule alone.
template <class T>
struct Pull {
  T coupled, apart;

  CALANDO_LANE T gradient(T g, T p) const { return g + coupled * p; }
  /// What the step takes off p beside the rule's own part. A factor 1 - lr wd would round the same way at every step.
  CALANDO_LANE T of(T p) const { return apart * p; }
};

template <class T>
Pull<T> pull(double weight_decay, Decay decay, double lr) {
  const bool apart = decay == Decay::decoupled;
  return {static_cast<T>(apart ? 0.0 : weight_decay), static_cast<T>(apart ? lr * weight_decay : 0.0)};
}

/// The two options, last in the order of a rule's arguments but for what is rarer.
template <class Self, class Visit>
void decay_fields(Self& self, Visit&& visit) {
  visit("weight_decay", self.weight_decay, range::not_negative, "pull of parameters towards zero");
  visit("decay", self.decay,
        "coupled: added to the gradient; decoupled: parameters shrink by lr weight_decay");
}

}  // namespace calando
