// SPDX-License-Identifier: MIT
// The Markov chain of a policy: its rows packed together, so that evaluating it touches nothing else.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "src/bellman/multigrid.h"
#include "src/bellman/operator.h"
#include "src/cpu/arena.h"

namespace calando::bellman {

/// v = reward + transition v is the policy's own equation; discounts are folded into the rows.
class PolicyChain {
 public:
  explicit PolicyChain(const BellmanOperator& model);

  /// Takes over the rows of a policy. Those that an earlier one had in the same place are left as they are.
  void pack(std::span<const std::uint32_t> policy);

  /// next = reward + transition v; the extremes of next - v.
  Extremes apply(std::span<const double> v, std::span<double> next) const;

  /// next = transition v.
  void multiply(std::span<const double> v, std::span<double> next) const;
  /// y = x - transition x.
  void residual(std::span<const double> x, std::span<double> y) const;
  std::span<const double> rewards() const noexcept { return reward_; }
  Rows rows() const noexcept { return {row_begin_, target_, probability_}; }

  /// v = right + transition v with v[home] taken as 0 on the right-hand side, by factorisation.
  void solve_dense_until(std::uint32_t home, std::span<const double> right, std::span<double> v) const;

  /// v of the policy, by factorisation. For up to kLargestDirect states.
  void solve(std::span<double> v) const;
  /// x of x = right + transition x, in the place of `right`.
  void solve_for(std::span<double> x) const;

  /// Share of the model's transitions that one apply() touches.
  double work() const noexcept;

 private:
  template <class Use>
  void each_row(std::span<const double> v, const Use& use) const;

  void prefetch_state(std::uint32_t s) const noexcept;
  void pack_row(std::uint32_t s, std::uint32_t choice) noexcept;
  template <class Piece>
  void each_piece(const Piece& piece) const;

  const BellmanOperator& model_;
  std::uint32_t piece_;                // states that a thread takes at a time
  std::vector<std::uint32_t> packed_;  // the policy whose rows are here
  std::vector<std::uint32_t> start_;   // of each row, in the model
  std::vector<std::uint32_t> row_begin_;
  cpu::Array<std::uint32_t> target_;
  cpu::Array<double> probability_;
  cpu::Array<double> reward_;
};

inline constexpr std::size_t kLargestDirect = 512;

}  // namespace calando::bellman
