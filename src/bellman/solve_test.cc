// SPDX-License-Identifier: MIT
// What must hold for every method on any model: exact answers inside the bounds, and answers that move as the model does.
#include "calando/solve.h"

#include <gtest/gtest.h>

#include "calando/error.h"
#include "src/bellman/exact_test.h"
#include "src/bellman/models_test.h"

namespace calando {
namespace {

using bellman::make_random;
using bellman::RandomModel;
using bellman::exact::Optimum;

std::vector<Method> all_methods() { return methods_of(Criterion::discounted); }

std::string name_of(Method method) { return std::string(kMethodNames[static_cast<std::size_t>(method)]); }

/// How far the bounds have to be apart because of rounding alone: the promise of the documentation, with room for rewards.
double rounding_width(const Mdp& model, const Solution& solution, double beta) {
  double largest = model.measures().largest_reward;
  for (const double v : solution.values) largest = std::max(largest, std::abs(v));
  return 4 * (model.measures().rounding_depth + 2) * 0x1p-53 * largest / (1 - beta);
}

void expect_encloses(const Mdp& model, const Solution& solution, const Optimum& truth,
                     const std::string& what) {
  for (std::size_t s = 0; s < model.states(); ++s) {
    EXPECT_TRUE(truth.at_most(solution.lower[s], s))
        << what << ", state " << s << ", lower " << solution.lower[s];
    EXPECT_TRUE(truth.at_least(solution.upper[s], s))
        << what << ", state " << s << ", upper " << solution.upper[s];
    EXPECT_LE(solution.lower[s], solution.values[s]);
    EXPECT_LE(solution.values[s], solution.upper[s]);
  }
}

struct Case {
  RandomModel model;
  double discount;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    RandomModel model{.seed = seed};
    model.states = 1 + static_cast<int>(seed % 7);
    model.terminates = seed % 2 == 0;
    model.discounts = seed % 3 == 0;
    model.bad_scale = seed % 5 == 0;
    for (const double discount : {0.0, 0.5, 0.9, 0.99, 1 - 0x1p-20}) all.push_back({model, discount});
  }
  return all;
}

TEST(Solve, EnclosesTheExactValuesByEveryMethod) {
  for (const Case& c : cases()) {
    const Mdp model = make_random(c.model);
    for (const Objective objective : {Objective::maximise, Objective::minimise}) {
      const Optimum truth(model, c.discount, objective);
      for (const Method method : all_methods()) {
        const std::string what =
            model.notes().name + ", " + name_of(method) + ", " + std::to_string(c.discount);
        const Solution solution = solve(
            model, {.discount = c.discount, .objective = objective, .method = method, .max_sweeps = 3000});
        expect_encloses(model, solution, truth, what);
        if (method != Method::policy_iteration) continue;
        // Where nothing is left to find, only rounding keeps the bounds apart.
        EXPECT_LE(solution.report.gap, std::max(2e-6, 2 * rounding_width(model, solution, c.discount)))
            << what;
      }
    }
  }
}

TEST(Solve, EnclosesTheExactValuesOfLargerModels) {
  for (const int states : {15, 27, 40}) {
    const Mdp model = make_random({.seed = static_cast<std::uint64_t>(states), .states = states, .bits = 4});
    const Optimum truth(model, 0.9375, Objective::maximise);
    for (const Method method : all_methods()) {
      const Solution solution = solve(model, {.discount = 0.9375, .method = method, .tolerance = 1e-10});
      EXPECT_EQ(solution.report.status, SolveStatus::converged) << name_of(method);
      EXPECT_LE(solution.report.gap, 2e-10);
      expect_encloses(model, solution, truth, name_of(method));
    }
  }
}

TEST(Solve, EnclosesTheTruthNextToDiscountOne) {
  const double discount = 1 - 0x1p-30;  // 1 - 9.3e-10
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const Mdp model = make_random({.seed = seed, .terminates = seed % 2 == 0, .bad_scale = seed % 3 == 0});
    const Optimum truth(model, discount, Objective::maximise);
    const Solution solution = solve(model, {.discount = discount, .method = Method::policy_iteration});
    expect_encloses(model, solution, truth, model.notes().name);
    EXPECT_LE(solution.report.gap, std::max(2e-6, 2 * rounding_width(model, solution, discount)));
  }
}

TEST(Solve, SaysWhatDoublesCannotReach) {
  const Mdp model = make_random({.seed = 3, .states = 6});
  for (const Method method : all_methods()) {
    const Solution solution = solve(model, {.discount = 0.99, .method = method, .tolerance = 0});
    EXPECT_EQ(solution.report.status, SolveStatus::rounding_limit) << name_of(method);
    EXPECT_LE(solution.report.gap, 2 * rounding_width(model, solution, 0.99)) << name_of(method);
    EXPECT_GT(solution.report.gap, 0);
  }
}

TEST(Solve, DoesNotSweepOnWhereRoundingIsWhatIsLeft) {
  const Mdp model = make_mdp("sis(1000)");
  const Solution solution = solve(model, {.discount = 0.99999, .tolerance = 1e-9});
  EXPECT_EQ(solution.report.status, SolveStatus::rounding_limit);
  EXPECT_LT(solution.report.sweeps, 40);
  EXPECT_LE(solution.report.gap, rounding_width(model, solution, 0.99999));
}

TEST(Solve, GivesTheSameBitsForAnyNumberOfThreads) {
  for (const char* family : {"garnet(3000, 4, 5)", "grid(60, 70, slip=0.2)", "queue(limit=30)"}) {
    const Mdp model = make_mdp(family);
    for (const Method method : all_methods()) {
      const SolveOptions options{.discount = 0.9, .method = method, .threads = 1};
      const Solution one = solve(model, options);
      for (const int threads : {2, 3, 7}) {
        SolveOptions more = options;
        more.threads = threads;
        const Solution many = solve(model, more);
        EXPECT_EQ(one.values, many.values) << family << ", " << name_of(method);
        EXPECT_EQ(one.lower, many.lower);
        EXPECT_EQ(one.upper, many.upper);
        EXPECT_EQ(one.policy, many.policy);
        EXPECT_EQ(one.report.sweeps, many.report.sweeps);
      }
    }
  }
}

/// The same model with something done to each choice.
template <class Change>
Mdp rebuild(const Mdp& model, Change&& change) {
  const MdpArrays& a = model.arrays();
  MdpBuilder builder(model.notes().name);
  for (std::size_t s = 0; s < model.states(); ++s) {
    builder.add_state();
    for (std::uint32_t c = a.choice_begin[s]; c < a.choice_begin[s + 1]; ++c) change(builder, c);
  }
  return std::move(builder).build();
}

void copy_choice(const Mdp& model, MdpBuilder& builder, std::uint32_t c, double more_reward = 0) {
  const MdpArrays& a = model.arrays();
  builder.add_choice(a.reward[c] + more_reward);
  for (std::uint32_t i = a.row_begin[c]; i < a.row_begin[c + 1]; ++i)
    builder.add(a.target[i], a.probability[i]);
}

void expect_overlap(const Solution& a, const Solution& b, double shift = 0) {
  for (std::size_t s = 0; s < a.values.size(); ++s) {
    const double slack = 1e-12 * (std::abs(a.values[s]) + std::abs(shift));
    EXPECT_LE(a.lower[s] + shift, b.upper[s] + slack) << s;
    EXPECT_LE(b.lower[s], a.upper[s] + shift + slack) << s;
  }
}

TEST(Solve, ShiftsByTheRewardsShift) {
  const Mdp model = make_random({.seed = 5, .states = 30});
  const Mdp shifted = rebuild(model, [&](MdpBuilder& b, std::uint32_t c) { copy_choice(model, b, c, 3); });
  for (const Method method : all_methods()) {
    const SolveOptions options{.discount = 0.95, .method = method, .tolerance = 1e-9};
    expect_overlap(solve(model, options), solve(shifted, options), 3 / (1 - 0.95));
  }
}

TEST(Solve, DoesNotMindChoicesTwice) {
  const Mdp model = make_random({.seed = 6, .states = 30});
  const Mdp twice = rebuild(model, [&](MdpBuilder& b, std::uint32_t c) {
    copy_choice(model, b, c);
    copy_choice(model, b, c);
  });
  for (const Method method : all_methods()) {
    const SolveOptions options{.discount = 0.95, .method = method, .tolerance = 1e-9};
    const Solution once = solve(model, options);
    const Solution doubled = solve(twice, options);
    EXPECT_EQ(once.values, doubled.values) << name_of(method);
    for (std::size_t s = 0; s < once.policy.size(); ++s) EXPECT_EQ(2 * once.policy[s], doubled.policy[s]);
  }
}

TEST(Solve, AgreesWithItselfOnAPermutedModel) {
  const Mdp model = make_random({.seed = 7, .states = 29});
  const auto moved = [](std::uint32_t s) { return s * 12 % 29; };
  const auto origin = [](std::uint32_t s) { return s * 17 % 29; };  // 12 * 17 = 1 modulo 29
  const MdpArrays& a = model.arrays();
  MdpBuilder builder("permuted");
  for (std::uint32_t s = 0; s < 29; ++s) {
    builder.add_state();
    for (std::uint32_t c = a.choice_begin[origin(s)]; c < a.choice_begin[origin(s) + 1]; ++c) {
      builder.add_choice(a.reward[c]);
      for (std::uint32_t i = a.row_begin[c]; i < a.row_begin[c + 1]; ++i)
        builder.add(moved(a.target[i]), a.probability[i]);
    }
  }
  const Mdp permuted = std::move(builder).build();
  for (const Method method : all_methods()) {
    const SolveOptions options{.discount = 0.9, .method = method, .tolerance = 1e-9};
    const Solution here = solve(model, options);
    const Solution there = solve(permuted, options);
    for (std::uint32_t s = 0; s < 29; ++s) {
      EXPECT_LE(here.lower[s], there.upper[moved(s)]);
      EXPECT_LE(there.lower[moved(s)], here.upper[s]);
    }
  }
}

TEST(Solve, ProvesSomethingWheneverItIsStopped) {
  const Mdp model = make_random({.seed = 8, .states = 12, .terminates = true});
  const Optimum truth(model, 0.96875, Objective::maximise);
  for (const Method method : all_methods()) {
    std::vector<double> lower(12, -std::numeric_limits<double>::infinity());
    std::vector<double> upper(12, std::numeric_limits<double>::infinity());
    for (int calls = 1; calls < 12; ++calls) {
      int left = calls;
      const Solution stopped = solve(model, {.discount = 0.96875,
                                             .method = method,
                                             .tolerance = 1e-12,
                                             .observer = [&](const SolveProgress&) { return --left == 0; }});
      if (stopped.report.status != SolveStatus::interrupted)
        break;  // it was done before, or with, the last call
      EXPECT_EQ(left, 0);
      expect_encloses(model, stopped, truth, name_of(method));
      for (std::size_t s = 0; s < 12; ++s) {  // the longer, the narrower
        EXPECT_GE(stopped.lower[s], lower[s]);
        EXPECT_LE(stopped.upper[s], upper[s]);
      }
      lower = stopped.lower;
      upper = stopped.upper;
    }
  }
}

TEST(Solve, KeepsItsLimits) {
  const Mdp model = make_mdp("queue(limit=20)");
  const Solution timed =
      solve(model, {.discount = 0.999, .method = Method::value_iteration, .time_limit = 0});
  EXPECT_EQ(timed.report.status, SolveStatus::time_limit);
  EXPECT_LT(timed.report.gap, 1e6);
  const Solution worked =
      solve(model, {.discount = 0.999, .method = Method::value_iteration, .max_sweeps = 10});
  EXPECT_EQ(worked.report.status, SolveStatus::not_converged);
  EXPECT_EQ(worked.report.sweeps, 10);
  EXPECT_EQ(worked.report.history.size(), 11u);  // the first sweep touches no transition
}

TEST(Solve, RefusesWhatHasNoAnswer) {
  const Mdp model = make_mdp("forest");
  for (const double discount : {-0.1, 1.0, 1.5, std::nan(""), 1 - 0x1p-53}) {
    EXPECT_THROW(solve(model, {.discount = discount}), UsageError) << discount;
  }
  EXPECT_THROW(solve(model, {.discount = 0.9, .tolerance = -1}), UsageError);
  EXPECT_THROW(solve(model, {.discount = 0.9, .tolerance = std::nan("")}), UsageError);
  EXPECT_THROW(solve(model, {.discount = 0.9, .threads = -1}), UsageError);
  EXPECT_THROW(solve(make_mdp("forest(r1=1e308)"), {.discount = 0.99}), DataError);
}

TEST(Solve, ActionEliminationTouchesFewerTransitions) {
  const Mdp model = make_mdp("garnet(500, 8, 6)");
  const SolveOptions all{.discount = 0.95, .method = Method::value_iteration, .tolerance = 1e-9};
  SolveOptions fewer = all;
  fewer.method = Method::action_elimination;
  const Solution of_all = solve(model, all);
  const Solution of_fewer = solve(model, fewer);
  EXPECT_EQ(of_fewer.report.status, SolveStatus::converged);
  EXPECT_LT(of_fewer.report.sweeps, 0.8 * of_all.report.sweeps);
  EXPECT_EQ(of_fewer.policy, of_all.policy);
}

}  // namespace
}  // namespace calando
