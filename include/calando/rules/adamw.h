// SPDX-License-Identifier: MIT
#pragma once

#include "calando/rules/adam.h"

namespace calando {

/// Adam with decoupled weight decay, under its own name and with PyTorch's default decay. The formula is Adam's.
struct AdamW : Adam {
  constexpr AdamW() {
    weight_decay = 0.01;
    decay = Decay::decoupled;
  }

  static constexpr std::string_view kName = "adamw";
  static constexpr std::string_view kFormula = "adam's, with p <- (1 - lr wd) p - ...";
  static constexpr std::string_view kSource = "Loshchilov & Hutter 2019, algorithm 2";
};

}  // namespace calando
