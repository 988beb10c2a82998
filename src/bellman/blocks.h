// SPDX-License-Identifier: MIT
// Blocks of states of about equal work: what threads share out. They depend on the model only, and so do the results.
#pragma once

#include <cstdint>
#include <vector>

#include "calando/mdp.h"

namespace calando::bellman {

/// first[i] .. first[i + 1] are the states of block i.
struct Blocks {
  std::vector<std::uint32_t> first;

  std::size_t count() const noexcept { return first.size() - 1; }
};

Blocks make_blocks(const MdpArrays& arrays);

}  // namespace calando::bellman
