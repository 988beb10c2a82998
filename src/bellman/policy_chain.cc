// SPDX-License-Identifier: MIT
#include "src/bellman/policy_chain.h"

#include <cmath>
#include <limits>

#include "src/bellman/dense.h"
#include "src/bellman/row.h"

namespace calando::bellman {
namespace {

constexpr std::uint32_t kAhead = 12;  // rows
constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();

}  // namespace

/// Pieces of some 16,000 transitions: less, and handing them out costs more than they do.
PolicyChain::PolicyChain(const BellmanOperator& model) : model_(model) {
  const MdpArrays& a = model.arrays();
  const double row =
      static_cast<double>(a.target.size()) / static_cast<double>(std::max<std::size_t>(1, a.reward.size()));
  piece_ = static_cast<std::uint32_t>(16384 / (row + 4)) + 1;
}

/// piece(first, last, number)
template <class Piece>
void PolicyChain::each_piece(const Piece& piece) const {
  const auto states = static_cast<std::uint32_t>(model_.states());
  model_.team().run((states + piece_ - 1) / piece_, [&](std::size_t i) {
    const auto first = static_cast<std::uint32_t>(i) * piece_;
    piece(first, std::min(states, first + piece_), i);
  });
}

template <class Use>
void PolicyChain::each_row(std::span<const double> v, const Use& use) const {
  each_piece([&](std::uint32_t first, std::uint32_t last, std::size_t) {
    for (std::uint32_t s = first; s < last; ++s) {
      const std::uint32_t row = row_begin_[s];
      use(s, row_dot(probability_.data() + row, target_.data() + row, row_begin_[s + 1] - row, v.data()));
    }
  });
}

void PolicyChain::pack(std::span<const std::uint32_t> policy) {
  const MdpArrays& from = model_.arrays();
  const std::size_t states = policy.size();
  const bool again = packed_.size() == states;
  row_begin_.resize(states + 1);
  reward_.resize(states);
  start_.resize(states);
  row_begin_[0] = 0;
  std::size_t moved = again ? states : 0;  // the first state whose row is to lie elsewhere than before
  for (std::size_t s = 0; s < states; ++s) {
    start_[s] = from.row_begin[policy[s]];
    const std::uint32_t end = row_begin_[s] + from.row_begin[policy[s] + 1] - start_[s];
    if (row_begin_[s + 1] != end) moved = std::min(moved, s + 1);
    row_begin_[s + 1] = end;
  }
  target_.resize(row_begin_[states]);
  probability_.resize(row_begin_[states]);
  each_piece([&](std::uint32_t first, std::uint32_t last, std::size_t) {
    for (std::uint32_t s = first; s < last; ++s) {
      if (s + kAhead < last) prefetch_state(s + kAhead);
      if (s < moved && packed_[s] == policy[s]) continue;
      pack_row(s, policy[s]);
    }
  });
  packed_.assign(policy.begin(), policy.end());
}

/// The rows of a policy lie far apart: no hardware foresees the next.
void PolicyChain::prefetch_state(std::uint32_t s) const noexcept {
  const MdpArrays& from = model_.arrays();
  prefetch_row(from.probability.data() + start_[s], from.target.data() + start_[s]);
}

void PolicyChain::pack_row(std::uint32_t s, std::uint32_t choice) noexcept {
  const MdpArrays& from = model_.arrays();
  const double factor = model_.factor(choice);
  reward_[s] = model_.reward(choice);
  const std::uint32_t to = row_begin_[s];
  const std::uint32_t count = row_begin_[s + 1] - to;
  copy_row(from.probability.data() + start_[s], from.target.data() + start_[s], count, factor,
           probability_.data() + to, target_.data() + to);
}

Extremes PolicyChain::apply(std::span<const double> v, std::span<double> next) const {
  std::vector<Extremes> extremes((model_.states() + piece_ - 1) / piece_);
  each_piece([&](std::uint32_t first, std::uint32_t last, std::size_t piece) {
    Extremes seen;
    for (std::uint32_t s = first; s < last; ++s) {
      const std::uint32_t row = row_begin_[s];
      next[s] = reward_[s] + row_dot(&probability_[row], &target_[row], row_begin_[s + 1] - row, v.data());
      seen.low = std::min(seen.low, next[s] - v[s]);
      seen.high = std::max(seen.high, next[s] - v[s]);
    }
    extremes[piece] = seen;
  });
  Extremes all;
  for (const Extremes& of_block : extremes) all.merge(of_block);
  return all;
}

void PolicyChain::multiply(std::span<const double> v, std::span<double> next) const {
  each_row(v, [&](std::size_t s, double expected) { next[s] = expected; });
}

void PolicyChain::residual(std::span<const double> x, std::span<double> y) const {
  each_row(x, [&](std::size_t s, double expected) { y[s] = x[s] - expected; });
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

void PolicyChain::solve_for(std::span<double> x) const {
  solve_dense_until(kNowhere, std::vector<double>(x.begin(), x.end()), x);
}

double PolicyChain::work() const noexcept {
  const auto all = static_cast<double>(model_.arrays().target.size());
  return all == 0 ? 1 : static_cast<double>(target_.size()) / all;
}

}  // namespace calando::bellman
