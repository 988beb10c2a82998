// SPDX-License-Identifier: MIT
#include "src/bellman/policy_chain.h"

#include <cmath>
#include <limits>

#include "src/bellman/dense.h"
#include "src/bellman/row.h"

namespace calando::bellman {
namespace {

constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();

}  // namespace

void PolicyChain::pack(std::span<const std::uint32_t> policy) {
  const MdpArrays& from = model_.arrays();
  const std::size_t states = policy.size();
  row_begin_.resize(states + 1);
  reward_.resize(states);
  row_begin_[0] = 0;
  for (std::size_t s = 0; s < states; ++s) {
    row_begin_[s + 1] = row_begin_[s] + from.row_begin[policy[s] + 1] - from.row_begin[policy[s]];
  }
  target_.resize(row_begin_[states]);
  probability_.resize(row_begin_[states]);
  const Blocks& blocks = model_.blocks();
  model_.team().run(blocks.count(), [&](std::size_t block) {
    for (std::uint32_t s = blocks.first[block]; s < blocks.first[block + 1]; ++s) {
      const std::uint32_t choice = policy[s];
      const double factor = model_.factor(choice);
      reward_[s] = model_.reward(choice);
      std::uint32_t to = row_begin_[s];
      for (std::uint32_t i = from.row_begin[choice]; i < from.row_begin[choice + 1]; ++i, ++to) {
        target_[to] = from.target[i];
        probability_[to] = factor * from.probability[i];
      }
    }
  });
}

Extremes PolicyChain::apply(std::span<const double> v, std::span<double> next) const {
  const Blocks& blocks = model_.blocks();
  std::vector<Extremes> extremes(blocks.count());
  model_.team().run(blocks.count(), [&](std::size_t block) {
    Extremes seen;
    for (std::uint32_t s = blocks.first[block]; s < blocks.first[block + 1]; ++s) {
      const std::uint32_t row = row_begin_[s];
      next[s] = reward_[s] + row_dot(&probability_[row], &target_[row], row_begin_[s + 1] - row, v.data());
      seen.low = std::min(seen.low, next[s] - v[s]);
      seen.high = std::max(seen.high, next[s] - v[s]);
    }
    extremes[block] = seen;
  });
  Extremes all;
  for (const Extremes& of_block : extremes) all.merge(of_block);
  return all;
}

void PolicyChain::multiply(std::span<const double> v, std::span<double> next) const {
  const Blocks& blocks = model_.blocks();
  model_.team().run(blocks.count(), [&](std::size_t block) {
    for (std::uint32_t s = blocks.first[block]; s < blocks.first[block + 1]; ++s) {
      const std::uint32_t row = row_begin_[s];
      next[s] = row_dot(probability_.data() + row, target_.data() + row, row_begin_[s + 1] - row, v.data());
    }
  });
}

void PolicyChain::solve_dense_until(std::uint32_t home, std::span<const double> right,
                                    std::span<double> v) const {
  const std::size_t states = reward_.size();
  std::vector<double> a(states * states);
  for (std::size_t s = 0; s < states; ++s) {
    a[s * states + s] = 1;
    for (std::uint32_t i = row_begin_[s]; i < row_begin_[s + 1]; ++i) {
      if (target_[i] != home) a[s * states + target_[i]] -= probability_[i];
    }
    v[s] = right[s];
  }
  solve_dense(a, v);
}

void PolicyChain::solve(std::span<double> v) const { solve_dense_until(kNowhere, reward_, v); }

double PolicyChain::work() const noexcept {
  const auto all = static_cast<double>(model_.arrays().target.size());
  return all == 0 ? 1 : static_cast<double>(target_.size()) / all;
}

}  // namespace calando::bellman
