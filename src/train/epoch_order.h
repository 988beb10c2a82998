// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "src/cpu/random.h"

namespace calando::training {

/// The numbers of all rows in the order of an epoch: a function of seed and epoch, so that a resumed run needs no position in it.
///
/// Source:  Fisher & Yates, as Durstenfeld 1964, algorithm 235.
inline std::vector<std::uint32_t> epoch_order(std::uint64_t seed, std::uint32_t epoch, std::size_t rows) {
  std::vector<std::uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0U);
  const cpu::Random random(seed, cpu::Purpose::shuffle, epoch);
  for (std::size_t left = rows; left > 1; --left) std::swap(order[left - 1], order[random.below(left, left)]);
  return order;
}

}  // namespace calando::training
