// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

namespace calando::training {

/// The exponential average of weights after one more update:
///
///   average <- average + (1 - decay) (weight - average)
///
/// The first update starts the average at the weights themselves, so that nothing has to be corrected for a start at zero.
///
/// Shapes:  both equally long
/// Error:   the same bits everywhere
inline void update_average(double decay, bool first, std::span<const float> weights, std::span<float> average) {
  const float share = first ? 1.0F : static_cast<float>(1.0 - decay);
  for (std::size_t i = 0; i < weights.size(); ++i) average[i] += share * (weights[i] - average[i]);
}

}  // namespace calando::training
