// SPDX-License-Identifier: MIT
// A process acted out: what follows a choice, drawn from the model.
#pragma once

#include <algorithm>
#include <cstdint>

#include "calando/mdp.h"
#include "src/cpu/random.h"

namespace calando::bellman {

/// Parts of the random numbers of a simulation; those before are the families'.
inline constexpr std::uint32_t kFirstPart = 16;

/// Each draw is a function of the seed and the number of the step.
class Simulator {
 public:
  static constexpr std::uint32_t kEnded = 0xFFFFFFFF;

  Simulator(const Mdp& model, std::uint64_t seed)
      : arrays_(model.arrays()), moves_(seed, cpu::Purpose::simulation, kFirstPart + 0) {}

  /// The state after a choice, or kEnded.
  std::uint32_t after(std::uint32_t choice, std::uint64_t step) const {
    double rest = moves_.uniform(step);
    const std::uint32_t begin = arrays_.row_begin[choice];
    const std::uint32_t end = arrays_.row_begin[choice + 1];
    for (std::uint32_t i = begin; i < end; ++i) {
      rest -= arrays_.probability[i];
      if (rest < 0) return arrays_.target[i];
    }
    // What rounding leaves of a row that cannot end belongs to its last transition.
    const bool may_end = begin == end || (!arrays_.termination.empty() && arrays_.termination[choice] > 0);
    return may_end ? kEnded : arrays_.target[end - 1];
  }

 private:
  MdpArrays arrays_;
  cpu::Random moves_;
};

}  // namespace calando::bellman
