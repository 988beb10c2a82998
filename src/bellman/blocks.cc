// SPDX-License-Identifier: MIT
#include "src/bellman/blocks.h"

#include <algorithm>

namespace calando::bellman {

Blocks make_blocks(const MdpArrays& arrays) {
  // A choice costs about as much as four transitions, a state as much as four more.
  const auto cost_before = [&](std::size_t s) {
    const std::size_t choices = arrays.choice_begin[s];
    return arrays.row_begin[choices] + 4 * choices + 4 * s;
  };
  const std::size_t states = arrays.choice_begin.size() - 1;
  const std::size_t block = std::max<std::size_t>(8192, cost_before(states) / 1024);
  Blocks blocks{{0}};
  for (std::size_t s = 1; s < states; ++s) {
    if (cost_before(s) - cost_before(blocks.first.back()) >= block)
      blocks.first.push_back(static_cast<std::uint32_t>(s));
  }
  blocks.first.push_back(static_cast<std::uint32_t>(states));
  return blocks;
}

}  // namespace calando::bellman
