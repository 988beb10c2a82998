// SPDX-License-Identifier: MIT
// Bellman's equation solved, with proof.
//
//   Solution s = solve(model, {.discount = 0.99, .tolerance = 1e-6});
//   s.values[0]                  // within 1e-6 of the truth where s.report.status is converged
//   s.lower[0], s.upper[0]       // the truth lies between them, whatever the status
//   s.policy[0]                  // the choice to take, counted within the state's own
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "calando/mdp.h"

namespace calando {

enum class Objective : std::uint8_t { maximise, minimise };

enum class Method : std::uint8_t {
  automatic,
  value_iteration,
  gauss_seidel,
  modified_policy_iteration,
  policy_iteration,
};
/// "auto", "value-iteration", ..., in the order of Method.
inline constexpr std::array<std::string_view, 5> kMethodNames = {
    "auto", "value-iteration", "gauss-seidel", "modified-policy-iteration", "policy-iteration"};

enum class SolveStatus : std::uint8_t { converged, rounding_limit, not_converged, time_limit, interrupted };
/// "converged", ..., in the order of SolveStatus.
inline constexpr std::array<std::string_view, 5> kSolveStatusNames = {
    "converged", "rounding_limit", "not_converged", "time_limit", "interrupted"};

/// A moment of a solve: work so far, and how far the proven bounds are apart.
struct SolveProgress {
  double sweeps = 0;  // transitions touched / transitions of the model
  double gap = std::numeric_limits<double>::infinity();
};

struct SolveOptions {
  double discount = 0;  // in [0, 1); times the model's own where it has some
  Objective objective = Objective::maximise;
  Method method = Method::automatic;
  double tolerance = 1e-6;  // absolute: done where upper - lower <= 2 tolerance in every state
  std::int64_t evaluation_sweeps =
      0;                    // of modified policy iteration, between improvements; 0: as many as pay
  double max_sweeps = 1e7;  // the work after which to give up
  double time_limit = std::numeric_limits<double>::infinity();  // seconds
  int threads = 0;                                              // 0: all processors; changes no result
  /// Told from time to time; true stops the solve with what is proven by then.
  std::function<bool(const SolveProgress&)> observer = {};
};

struct SolveReport {
  SolveStatus status = SolveStatus::not_converged;
  Method method = Method::automatic;  // the one that was used
  double sweeps = 0;
  double gap = std::numeric_limits<double>::infinity();  // the largest upper - lower
  double seconds = 0;
  std::vector<SolveProgress> history;  // one entry a certified sweep, thinned where there are many
};

/// Shapes:  one number a state
/// Error:   lower <= optimal value <= upper, rounding included; values are their midpoint
struct Solution {
  std::vector<double> values;
  std::vector<double> lower;
  std::vector<double> upper;
  std::vector<std::int32_t> policy;
  SolveReport report;
};

/// Solves V(s) = max_a [ r(s,a) + g(s,a) sum_s' p(s'|s,a) V(s') ], or min_a.
///
/// Error:   the same bits for any number of threads and on every instruction set, unless a time limit or an observer stops it
/// Throws:  UsageError: the discount is outside of [0, 1), or leaves a choice with discount x probability of going on so
///          near to 1 that doubles prove nothing; an option out of range
Solution solve(const Mdp& model, const SolveOptions& options);

}  // namespace calando
