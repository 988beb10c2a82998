// SPDX-License-Identifier: MIT
#include "src/optimizer/norm.h"

namespace calando::optimizer {

double block_square_sum(std::span<const float> block) noexcept {
  constexpr std::size_t kLanes = 8;
  double lanes[kLanes] = {};
  const std::size_t whole = block.size() / kLanes * kLanes;
  for (std::size_t i = 0; i < whole; i += kLanes) {
    for (std::size_t l = 0; l < kLanes; ++l) {
      const auto x = static_cast<double>(block[i + l]);
      lanes[l] += x * x;
    }
  }
  for (std::size_t i = whole; i < block.size(); ++i) {
    const auto x = static_cast<double>(block[i]);
    lanes[i - whole] += x * x;
  }
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

}  // namespace calando::optimizer
