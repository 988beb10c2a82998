// SPDX-License-Identifier: MIT
#include "src/bellman/there_and_back.h"

#include <algorithm>

namespace calando::bellman {
namespace {

// What crosses from one block into another waits for the next product: as few blocks as keep some threads busy.
constexpr std::size_t kBlocks = 8;
constexpr std::size_t kSmallestBlock = 2048;

}  // namespace

void ThereAndBack::take(const Rows& rows) {
  rows_ = rows;
  inverse_.resize(rows.count());
  for (std::size_t i = 0; i < rows.count(); ++i) {
    double stays = 0;
    for (std::uint32_t k = rows.row_begin[i]; k < rows.row_begin[i + 1]; ++k)
      stays += rows.target[k] == i ? rows.value[k] : 0;
    inverse_[i] = 1 / (1 - stays);
  }
}

void ThereAndBack::apply(std::span<const double> b, std::span<double> x) const {
  const std::size_t n = rows_.count();
  const std::size_t block = std::max(kSmallestBlock, (n + kBlocks - 1) / kBlocks);
  team_.run((n + block - 1) / block, [&](std::size_t number) {
    const std::size_t first = number * block;
    const std::size_t last = std::min(n, first + block);
    std::fill(x.begin() + static_cast<std::ptrdiff_t>(first), x.begin() + static_cast<std::ptrdiff_t>(last),
              0.0);
    const auto correct = [&](std::size_t i) {
      double rest = b[i] - x[i];
      for (std::uint32_t k = rows_.row_begin[i]; k < rows_.row_begin[i + 1]; ++k) {
        const std::uint32_t to = rows_.target[k];
        if (to - first < last - first) rest += rows_.value[k] * x[to];
      }
      x[i] += rest * inverse_[i];
    };
    for (std::size_t i = first; i < last; ++i) correct(i);
    for (std::size_t i = last; i-- > first;) correct(i);
  });
}

}  // namespace calando::bellman
