// SPDX-License-Identifier: MIT
// One cycle over the hierarchy.
#include "src/bellman/multigrid.h"

#include <algorithm>

namespace calando::bellman {

/// block(first, last)
template <class Block>
void Multigrid::each_block(std::size_t rows, const Block& block) const {
  team_.run((rows + kBlock - 1) / kBlock,
            [&](std::size_t i) { block(i * kBlock, std::min(rows, (i + 1) * kBlock)); });
}

/// Of b - (I - P) of, element i.
double Multigrid::Level::residual(std::size_t i, const double* of) const noexcept {
  double rest = b[i] - diagonal[i] * of[i];
  for (std::uint32_t k = row_begin[i]; k < row_begin[i + 1]; ++k) rest += value[k] * of[target[k]];
  return rest;
}

/// x from nothing, in the order of the rows.
void Multigrid::smooth_up(Level& level) const {
  each_block(level.size(), [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      double sum = level.b[i];
      for (std::uint32_t k = level.row_begin[i]; k < level.before_end[i]; ++k)
        sum += level.value[k] * level.x[level.target[k]];
      level.x[i] = sum * level.inverse[i];
    }
  });
}

/// Once more, against that order.
void Multigrid::smooth_down(Level& level) const {
  each_block(level.size(), [&](std::size_t first, std::size_t last) {
    for (std::size_t i = last; i-- > first;) {
      double sum = level.b[i];
      for (std::uint32_t k = level.row_begin[i]; k < level.after_begin[i]; ++k)
        sum += level.value[k] * level.x[level.target[k]];
      for (std::uint32_t k = level.after_begin[i]; k < level.row_begin[i + 1]; ++k)
        sum += level.value[k] * level.y[level.target[k]];
      level.y[i] = sum * level.inverse[i];
    }
  });
  level.x.swap(level.y);
}

/// x of the level next to `depth` for what is left there, added to x here.
void Multigrid::correct(std::size_t depth) {
  Level& level = levels_[depth];
  Level& next = levels_[depth + 1];
  each_block(next.size(), [&](std::size_t first, std::size_t last) {
    for (std::size_t g = first; g < last; ++g) {
      double sum = 0;
      for (std::uint32_t m = level.member_begin[g]; m < level.member_begin[g + 1]; ++m)
        sum += level.residual(level.member[m], level.x.data());
      next.b[g] = sum;
    }
  });
  cycle(depth + 1);
  if (depth + 2 < levels_.size()) again(depth + 1);
  each_block(level.size(), [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) level.x[i] += next.x[level.group[i]];
  });
}

/// A second cycle of a level, for what the first has left of its b.
void Multigrid::again(std::size_t depth) {
  Level& level = levels_[depth];
  each_block(level.size(), [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      level.y[i] = level.residual(i, level.x.data());
      level.first[i] = level.x[i];
    }
  });
  level.b.swap(level.y);
  cycle(depth);
  each_block(level.size(), [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) level.x[i] += level.first[i];
  });
}

/// x from b on a level: from there on twice at each level, a W.
void Multigrid::cycle(std::size_t depth) {
  Level& level = levels_[depth];
  if (depth + 1 == levels_.size()) {
    const std::size_t n = level.size();
    for (std::size_t i = 0; i < n; ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < n; ++j) sum += coarsest_[i * n + j] * level.b[j];
      level.x[i] = sum;
    }
    return;
  }
  smooth_up(level);
  correct(depth);
  smooth_down(level);
}

void Multigrid::apply(std::span<const double> b, std::span<double> x) {
  Level& finest = levels_.front();
  std::copy(b.begin(), b.end(), finest.b.begin());
  cycle(0);
  std::copy(finest.x.begin(), finest.x.end(), x.begin());
}

}  // namespace calando::bellman
