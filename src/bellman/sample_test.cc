// SPDX-License-Identifier: MIT
#include "src/bellman/sample.h"

#include <gtest/gtest.h>

#include "src/bellman/families.h"
#include "src/bellman/there_and_back.h"
#include "src/cpu/threads.h"

namespace calando::bellman {
namespace {

Mdp pendulum(std::int64_t side, std::int64_t torques) {
  Pendulum family;
  family.angles = family.velocities = side;
  family.torques = torques;
  return family.build("pendulum");
}

Solution solve_by(const Mdp& model, Method method, int threads = 2) {
  return solve(model, {.discount = 0.99, .method = method, .threads = threads});
}

TEST(Sample, IsMadeWhereStatesHaveManyChoices) {
  cpu::Team team(1);
  const Mdp many = pendulum(9, 63);
  const Mdp fewer = pendulum(9, 62);
  EXPECT_TRUE(has_many_choices(BellmanOperator(many, {.factor = 0.9}, Objective::maximise, team)));
  EXPECT_FALSE(has_many_choices(BellmanOperator(fewer, {.factor = 0.9}, Objective::maximise, team)));
}

TEST(Sample, BoundsMeetThoseOfValueIteration) {
  const Mdp model = pendulum(31, 101);
  const Solution ours = solve_by(model, Method::automatic);
  const Solution plain = solve_by(model, Method::value_iteration);
  ASSERT_EQ(ours.report.status, SolveStatus::converged);
  ASSERT_EQ(plain.report.status, SolveStatus::converged);
  for (std::size_t s = 0; s < model.states(); ++s) {
    EXPECT_LE(ours.lower[s], plain.upper[s]) << "state " << s;
    EXPECT_GE(ours.upper[s], plain.lower[s]) << "state " << s;
  }
  EXPECT_LT(ours.report.sweeps, plain.report.sweeps);
}

TEST(Sample, SameBitsForAnyNumberOfThreads) {
  const Mdp model = pendulum(61, 80);
  const Solution one = solve_by(model, Method::automatic, 1);
  const Solution three = solve_by(model, Method::automatic, 3);
  EXPECT_EQ(one.lower, three.lower);
  EXPECT_EQ(one.upper, three.upper);
  EXPECT_EQ(one.policy, three.policy);
  EXPECT_EQ(one.report.sweeps, three.report.sweeps);
}

TEST(Sample, AnObserverStopsItWithBoundsThatHold) {
  const Mdp model = pendulum(31, 101);
  const Solution plain = solve_by(model, Method::value_iteration);
  const Solution stopped =
      solve(model, {.discount = 0.99, .observer = [](const SolveProgress& at) { return at.sweeps > 0.2; }});
  ASSERT_EQ(stopped.report.status, SolveStatus::interrupted);
  EXPECT_LT(stopped.report.sweeps, 1);
  for (std::size_t s = 0; s < model.states(); ++s) {
    EXPECT_LE(stopped.lower[s], plain.upper[s]) << "state " << s;
    EXPECT_GE(stopped.upper[s], plain.lower[s]) << "state " << s;
  }
}

/// Each state leads to itself and to the one before.
struct Line {
  explicit Line(std::uint32_t states) {
    row_begin.push_back(0);
    for (std::uint32_t s = 0; s < states; ++s) {
      if (s > 0) {
        target.push_back(s - 1);
        value.push_back(0.5);
      }
      target.push_back(s);
      value.push_back(0.25);
      row_begin.push_back(static_cast<std::uint32_t>(target.size()));
    }
  }
  std::vector<std::uint32_t> row_begin;
  std::vector<std::uint32_t> target;
  std::vector<double> value;
};

TEST(ThereAndBack, InvertsWhatLeadsOneWayWithinABlock) {
  const Line line(2000);
  cpu::Team team(1);
  ThereAndBack inverse(team);
  inverse.take({line.row_begin, line.target, line.value});
  std::vector<double> b(2000, 1.0);
  std::vector<double> x(2000);
  inverse.apply(b, x);
  double expected = 0;
  for (std::size_t s = 0; s < x.size(); ++s) {
    expected = (1 + 0.5 * expected) / 0.75;
    EXPECT_NEAR(x[s], expected, 1e-14) << "state " << s;
  }
}

TEST(ThereAndBack, SameBitsForAnyNumberOfThreads) {
  const Line line(30000);
  std::vector<double> b(30000);
  for (std::size_t s = 0; s < b.size(); ++s) b[s] = static_cast<double>(s * 7919 % 101);
  const auto apply = [&](int threads) {
    cpu::Team team(threads);
    ThereAndBack inverse(team);
    inverse.take({line.row_begin, line.target, line.value});
    std::vector<double> x(b.size());
    inverse.apply(b, x);
    return x;
  };
  EXPECT_EQ(apply(1), apply(3));
}

}  // namespace
}  // namespace calando::bellman
