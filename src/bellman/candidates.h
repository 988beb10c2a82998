// SPDX-License-Identifier: MIT
// The choices that may still become the best, packed together in single precision: what is swept between two proofs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "src/bellman/operator.h"
#include "src/cpu/arena.h"

namespace calando::bellman {

/// What of a sweep the selection starts from.
struct Measured {
  std::span<const std::uint32_t> policy;  // of each state, the best of the model's choices
  std::span<const float> advantage;       // of each choice: Q - v
};

/// A correction e of values v, in units of `scale`:
///
///   e(s) = max_c [ (advantage(c) - middle) / scale + factor sum p e(s') ]
///
/// over the candidates. v + middle / (1 - factor) + scale e are the values of the model with no other choices. Single precision is
/// enough: what it gets wrong is a small part of a correction, and what it leaves the next one finds.
///
/// Source:  Howard 1960 on a subset of the choices; Wilkinson 1963, iterative refinement
class Candidates {
 public:
  explicit Candidates(const BellmanOperator& model);

  /// The choices at most `slack` behind the best of their state; with a slack of 0 the best alone.
  void select(const Measured& measured, double slack, double middle, double scale);

  /// Measures the candidates alone once more, from the model's own rows: best[s] = the largest Q - v, policy[s] the first candidate
  /// that attains it. The extremes of best. What improve() and apply() then solve for waits for scale().
  Extremes measure(std::span<const double> v, std::span<float> best, std::span<std::uint32_t> policy);
  void scale(double middle, double scale);

  /// The share of the model's choices that select() would take, from some of the states.
  double sample_share(const Measured& measured, double slack) const;

  /// next = the best of the candidates, policy[s] the first that attains it. The extremes of next - e.
  Extremes improve(std::span<const float> e, std::span<float> next, std::span<std::uint32_t> policy) const;
  /// The same for one candidate of each state.
  Extremes apply(std::span<const std::uint32_t> policy, std::span<const float> e,
                 std::span<float> next) const;
  /// y = x - factor P x.
  void residual(std::span<const std::uint32_t> policy, std::span<const float> x, std::span<float> y) const;
  /// The candidates' own rewards: (advantage - middle) / scale.
  std::span<const float> rewards() const noexcept { return reward_; }
  /// Of each state: the candidate that is the measured policy's.
  const std::vector<std::uint32_t>& first_policy() const noexcept { return first_policy_; }

  /// Share of the model's transitions that improve() touches; that apply() touches with the first policy.
  double work() const noexcept { return share(target_.size()); }
  double policy_work() const noexcept { return share(policy_transitions_); }

 private:
  struct Size {
    std::uint32_t choices = 0;
    std::uint32_t transitions = 0;
    std::uint32_t of_policy = 0;
  };
  template <class Use>
  void each_taken(const Measured& measured, float slack, std::uint32_t s, const Use& use) const;
  Size size_of_block(const Measured& measured, float slack, std::size_t block) const;
  void list_block(const Measured& measured, float slack, std::size_t block, std::uint32_t at);
  void copy_rows(std::uint32_t first, std::uint32_t last, std::uint32_t row);
  double share(std::size_t transitions) const noexcept;
  float expected(std::uint32_t candidate, const float* e) const noexcept;
  template <class Piece>
  void each_piece(const Piece& piece) const;
  template <class Backup>
  Extremes back_up(std::span<const float> e, std::span<float> next, const Backup& backup) const;
  template <class Piece>
  Extremes extremes_of(const Piece& piece) const;
  void prefetch_choice(std::uint32_t choice) const noexcept;

  const BellmanOperator& model_;
  std::uint32_t piece_;  // states that a thread takes at a time
  std::size_t policy_transitions_ = 0;
  cpu::Array<std::uint32_t> choice_;        // of each candidate: the model's
  cpu::Array<std::uint32_t> choice_begin_;  // of each state, among the candidates
  cpu::Array<std::uint32_t> row_begin_;
  cpu::Array<std::uint32_t> target_;
  cpu::Array<float> probability_;  // times the factor
  cpu::Array<float> reward_;
  std::vector<std::uint32_t> first_policy_;
};

}  // namespace calando::bellman
