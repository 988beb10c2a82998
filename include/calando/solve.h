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
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calando/mdp.h"

namespace calando {

enum class Objective : std::uint8_t { maximise, minimise };

/// What a plan is worth: discounted rewards for ever; rewards of a number of steps; all rewards until the process ends, or
/// for ever where that sum exists; the probability of reaching the states of a label; the reward per step in the long run;
/// discounted or counted rewards where nature picks the worst of intervals of probabilities.
enum class Criterion : std::uint8_t { discounted, horizon, total, reach, average, robust };
/// "discounted", ..., in the order of Criterion.
inline constexpr std::array<std::string_view, 6> kCriterionNames = {"discounted", "horizon", "total",
                                                                    "reach",      "average", "robust"};

enum class Method : std::uint8_t {
  automatic,
  value_iteration,
  gauss_seidel,
  modified_policy_iteration,
  policy_iteration,
  bicgstab,
  gmres,
  anderson,
  topological,
  wavefront,
  interval_iteration,
  optimistic_value_iteration,
  sound_value_iteration,
  action_elimination,
};
/// "auto", "value-iteration", ..., in the order of Method.
inline constexpr std::array<std::string_view, 14> kMethodNames = {"auto",
                                                                  "value-iteration",
                                                                  "gauss-seidel",
                                                                  "modified-policy-iteration",
                                                                  "policy-iteration",
                                                                  "bicgstab",
                                                                  "gmres",
                                                                  "anderson",
                                                                  "topological",
                                                                  "wavefront",
                                                                  "interval-iteration",
                                                                  "optimistic-value-iteration",
                                                                  "sound-value-iteration",
                                                                  "action-elimination"};

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
  Criterion criterion = Criterion::discounted;
  /// Times the model's own where it has some. discounted, robust: in [0, 1), to be given; of a horizon: in [0, 1], or 1.
  std::optional<double> discount = {};
  std::int64_t horizon = 0;  // steps; of robust: 0 for endless ones
  std::string goal = {};     // of reach: the label; of total: the label at which it ends, if any
  std::string avoid = {};    // of reach: the label that must not come before the goal; !LABEL: lacking it
  double radius = 0;         // robust: probabilities p become [p - radius, p + radius], within [0, 1]
  Objective objective = Objective::maximise;
  Method method = Method::automatic;
  double tolerance = 1e-6;  // absolute: done where upper - lower <= 2 tolerance in every state
  std::int64_t evaluation_sweeps =
      0;                    // of modified policy iteration, between improvements; 0: as many as pay
  double max_sweeps = 1e7;  // the work after which to give up
  double time_limit = std::numeric_limits<double>::infinity();  // seconds
  int threads = 0;                                              // 0: all processors; changes no result
  bool choice_values = false;                                   // whether to give Solution::choice_values
  bool stage_policies = false;                                  // whether to give Solution::stage_policies
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
/// Error:   lower <= optimal value <= upper, rounding included; values are their midpoint. Total rewards may be infinite:
///          then all three are
struct Solution {
  std::vector<double> values;
  std::vector<double> lower;
  std::vector<double> upper;
  std::vector<std::int32_t> policy;  // of a horizon: of the first step
  std::vector<double>
      choice_values;  // on request: reward + discount x expected value after it, of each choice
  std::vector<std::int32_t>
      stage_policies;        // on request, of a horizon: the choice of each step, horizon x states
  std::vector<double> bias;  // of average: what starting in a state is worth more, without bounds
  SolveReport report;
};

/// The methods that a criterion can be solved by, the default first.
std::vector<Method> methods_of(Criterion criterion);

/// Solves V(s) = max_a [ r(s,a) + g(s,a) sum_s' p(s'|s,a) V(s') ], or min_a, in the sense of the criterion.
///
/// Error:   the same bits for any number of threads and on every instruction set, unless a time limit or an observer stops it
/// Throws:  UsageError: the discount is outside of [0, 1), or leaves a choice with discount x probability of going on so
///          near to 1 that doubles prove nothing; an option out of range; a method that is not for the criterion.
///          DataError naming a state: its total reward is a sum of infinite gains and infinite losses
Solution solve(const Mdp& model, const SolveOptions& options);

}  // namespace calando
