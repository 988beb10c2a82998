// SPDX-License-Identifier: MIT
#include "src/bellman/multigrid.h"

#include <gtest/gtest.h>

#include <cmath>

#include "src/bellman/krylov.h"
#include "src/cpu/threads.h"

namespace calando::bellman {
namespace {

/// A walk on a board, discounted: to each neighbour with a weight of its own, the rest stays.
struct Board {
  explicit Board(std::uint32_t side, double discount) {
    row_begin.push_back(0);
    for (std::uint32_t s = 0; s < side * side; ++s) {
      double rest = discount;
      const auto go = [&](std::uint32_t to, double p) {
        target.push_back(to);
        value.push_back(discount * p);
        rest -= discount * p;
      };
      if (s % side > 0) go(s - 1, 0.15 + 0.1 * (s % 3));
      if (s % side + 1 < side) go(s + 1, 0.2);
      if (s >= side) go(s - side, 0.1);
      if (s + side < side * side) go(s + side, 0.05 + 0.01 * (s % 7));
      target.push_back(s);
      value.push_back(rest);
      row_begin.push_back(static_cast<std::uint32_t>(target.size()));
    }
  }
  Rows rows() const { return {row_begin, target, value}; }
  std::size_t states() const { return row_begin.size() - 1; }
  /// y = x - P x.
  void residual(std::span<const double> x, std::span<double> y) const {
    for (std::size_t s = 0; s < states(); ++s) {
      y[s] = x[s];
      for (std::uint32_t k = row_begin[s]; k < row_begin[s + 1]; ++k) y[s] -= value[k] * x[target[k]];
    }
  }

  std::vector<std::uint32_t> row_begin;
  std::vector<std::uint32_t> target;
  std::vector<double> value;
};

std::vector<double> right_side(std::size_t states) {
  std::vector<double> b(states);
  for (std::size_t s = 0; s < states; ++s) b[s] = static_cast<double>((s * 7919) % 101) / 101 - 0.25;
  return b;
}

std::vector<double> cycle(const Board& board, const std::vector<double>& b, int threads) {
  cpu::Team team(threads);
  Multigrid grid(team);
  EXPECT_TRUE(grid.build(board.rows()));
  std::vector<double> x(b.size());
  grid.apply(b, x);
  return x;
}

TEST(Multigrid, InvertsWhatHasOneLevel) {
  const Board board(6, 0.999);
  const std::vector<double> b = right_side(board.states());
  std::vector<double> back(b.size());
  board.residual(cycle(board, b, 1), back);
  for (std::size_t s = 0; s < b.size(); ++s) EXPECT_NEAR(back[s], b[s], 1e-12);
}

TEST(Multigrid, SameBitsForAnyNumberOfThreads) {
  const Board board(150, 0.999);  // six blocks
  const std::vector<double> b = right_side(board.states());
  const std::vector<double> one = cycle(board, b, 1);
  EXPECT_EQ(cycle(board, b, 2), one);
  EXPECT_EQ(cycle(board, b, 3), one);
}

TEST(Multigrid, IsLinear) {
  const Board board(100, 0.99);
  std::vector<double> b = right_side(board.states());
  const std::vector<double> x = cycle(board, b, 1);
  for (double& element : b) element *= -8;
  const std::vector<double> scaled = cycle(board, b, 1);
  for (std::size_t s = 0; s < x.size(); ++s) ASSERT_EQ(scaled[s], -8 * x[s]);
}

int products(const Board& board, bool with_grid) {
  cpu::Team team(1);
  Multigrid grid(team);
  EXPECT_TRUE(grid.build(board.rows()));
  const Vectors vectors(team, board.states());
  const std::vector<double> b = right_side(board.states());
  std::vector<double> x(b.size());
  const Product product = [&](std::span<const double> from, std::span<double> to) {
    board.residual(from, to);
  };
  Product inverse;
  if (with_grid) inverse = [&](std::span<const double> from, std::span<double> to) { grid.apply(from, to); };
  const KrylovLimits limits{.goal = 1e-8, .products = 5000};
  const int used = bicgstab(vectors, product, inverse, b, x, limits);
  std::vector<double> back(b.size());
  board.residual(x, back);
  for (std::size_t s = 0; s < b.size(); ++s) EXPECT_NEAR(back[s], b[s], 1e-7);
  return used;
}

TEST(Multigrid, TakesFewProductsOnBoardsOfAnySize) {
  const int small = products(Board(40, 0.9999), true);
  const int large = products(Board(160, 0.9999), true);
  EXPECT_LE(small, 36);
  EXPECT_LE(large, 64);
  EXPECT_GE(products(Board(160, 0.9999), false), 4 * large);
}

TEST(Multigrid, RefusesWhatDoesNotShrink) {
  cpu::Team team(1);
  Multigrid grid(team);
  // All states lead to one: there are no pairs to join.
  Board star(20, 0.5);
  star.row_begin.clear();
  star.target.clear();
  star.value.clear();
  for (std::uint32_t s = 0; s <= 400; ++s) star.row_begin.push_back(s);
  star.target.assign(400, 0);
  star.value.assign(400, 0.9);
  EXPECT_FALSE(grid.build(star.rows()));
}

TEST(Multigrid, RefusesWhereFewRowsLeadElsewhere) {
  // Every third state leads to the next, the others to themselves: two thirds of the states at least remain.
  constexpr std::uint32_t kStates = 600;
  std::vector<std::uint32_t> row_begin{0};
  std::vector<std::uint32_t> target;
  for (std::uint32_t s = 0; s < kStates; ++s) {
    target.push_back(s % 3 == 0 ? s + 1 : s);
    row_begin.push_back(s + 1);
  }
  std::vector<double> value(kStates, 0.9);
  cpu::Team team(1);
  Multigrid grid(team);
  EXPECT_FALSE(grid.build({row_begin, target, value}));
  for (std::uint32_t s = 0; s < kStates; ++s) target[s] = (s + 1) % kStates;  // a ring has pairs to join
  EXPECT_TRUE(grid.build({row_begin, target, value}));
}

TEST(Multigrid, RefusesLongRows) {
  cpu::Team team(1);
  Multigrid grid(team);
  std::vector<std::uint32_t> row_begin{0};
  std::vector<std::uint32_t> target;
  for (std::uint32_t s = 0; s < 60; ++s) {
    for (std::uint32_t k = 0; k < 20; ++k) target.push_back((s + k) % 60);
    row_begin.push_back(static_cast<std::uint32_t>(target.size()));
  }
  const std::vector<double> value(target.size(), 0.04);
  EXPECT_FALSE(grid.build({row_begin, target, value}));
}

}  // namespace
}  // namespace calando::bellman
