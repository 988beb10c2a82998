// SPDX-License-Identifier: MIT
#pragma once

#include "calando/rules/adam.h"

namespace calando {

/// Adam with decoupled weight decay, under its own name and with PyTorch's default decay. The formula is Adam's.
///
/// Source:  Loshchilov & Hutter 2019, algorithm 2.
/// Departs: the decay is multiplied by lr, as in PyTorch; the paper multiplies it by the schedule alone.
struct AdamW : Adam {
  constexpr AdamW() {
    weight_decay = 0.01;
    decay = Decay::decoupled;
  }

  static constexpr std::string_view kName = "adamw";
  static constexpr std::string_view kTorchClass = "AdamW";
  static constexpr std::string_view kFormula = "adam's, with p <- (1 - lr wd) p - ...";
  static constexpr std::string_view kSource = "Loshchilov & Hutter 2019, algorithm 2";
  static constexpr std::string_view kDeparts = "the decay is multiplied by lr, as in PyTorch";
};

}  // namespace calando
