// SPDX-License-Identifier: MIT
// Passes over a tensor in blocks of a fixed length, and sums over it whose bits depend on nothing but the numbers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "src/cpu/map.h"
#include "src/cpu/threads.h"
#include "src/optimizer/square_sums.h"

namespace calando::optimizer {

/// Elements [first, last) of a tensor, or rows of a matrix.
struct Block {
  std::size_t first;
  std::size_t last;
};

/// Calls f(number of the block, block) for each block of `length`, on any thread.
template <class F>
void for_blocks(cpu::Team& team, std::size_t size, std::size_t length, const F& f) {
  const std::size_t blocks = (size + length - 1) / length;
  const auto one = [&](std::size_t b) {
    const cpu::NoDenormals mode;
    f(b, Block{b * length, std::min(size, (b + 1) * length)});
  };
  if (blocks == 1) return one(0);
  team.run(blocks, one);
}

template <class F>
void for_blocks(cpu::Team& team, std::size_t size, const F& f) {
  for_blocks(team, size, cpu::kLongestPiece, [&](std::size_t, Block block) { f(block); });
}

/// The sum of term(i) over a tensor, in double: lanes within a block, then tree_sum over the blocks. `term` may write to element i.
template <class Term>
double sum_over(cpu::Team& team, std::size_t size, const Term& term) {
  constexpr std::size_t kLanes = cpu::kSquareLanes;
  std::vector<double> sums((size + cpu::kLongestPiece - 1) / cpu::kLongestPiece);
  for_blocks(team, size, cpu::kLongestPiece, [&](std::size_t b, Block block) {
    double lanes[kLanes] = {};
    std::size_t i = block.first;
    for (; i + kLanes <= block.last; i += kLanes) {
      for (std::size_t l = 0; l < kLanes; ++l) lanes[l] += term(i + l);
    }
    for (std::size_t l = 0; i < block.last; ++i, ++l) lanes[l] += term(i);
    sums[b] = tree_sum(lanes);
  });
  return tree_sum(sums);
}

template <class T>
double square_sum(cpu::Team& team, std::span<const T> numbers) {
  return square_sum_of(numbers, team);
}

}  // namespace calando::optimizer
