// SPDX-License-Identifier: MIT
// Passes over a tensor in blocks of a fixed length, and sums over it whose bits depend on nothing but the numbers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <type_traits>
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

/// Below it squares of doubles have lost bits.
inline constexpr double kLeastSquare = 0x1p-900;

/// The norm of the numbers at(i), whose squares sum to `square`; where squares do not fit a double, they are divided by a power of two first.
template <class At>
double norm_over(cpu::Team& team, std::size_t size, double square, const At& at) {
  const bool fits = square > kLeastSquare && square < std::numeric_limits<double>::infinity();
  if (fits || std::is_same_v<std::invoke_result_t<const At&, std::size_t>, float>) return std::sqrt(square);
  double most = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (const double length = std::abs(at(i)); !(length <= most)) most = length;
  }
  if (most == 0 || !std::isfinite(most)) return most;
  const int exponent = std::ilogb(most);
  const double root = std::sqrt(sum_over(team, size, [&](std::size_t i) {
    const double x = std::scalbn(at(i), -exponent);
    return x * x;
  }));
  return std::scalbn(root, exponent);
}

template <class T>
double square_sum(cpu::Team& team, std::span<const T> numbers) {
  return square_sum_of(numbers, team);
}
template <class T>
double norm(cpu::Team& team, std::span<const T> numbers) {
  return norm_over(team, numbers.size(), square_sum<T>(team, numbers),
                   [&](std::size_t i) { return numbers[i]; });
}

}  // namespace calando::optimizer
