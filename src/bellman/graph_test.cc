// SPDX-License-Identifier: MIT
// The order in which a chain is left, and what a solver gains by it.
#include "src/bellman/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "calando/solve.h"
#include "src/cpu/random.h"

namespace calando::bellman {
namespace {

struct Rows {
  std::vector<std::uint32_t> begin{0};
  std::vector<std::uint32_t> target;
};

/// Rows of up to three targets each, that lead to rows of a smaller name alone, or to any.
Rows random_rows(std::uint64_t seed, bool acyclic) {
  constexpr std::uint64_t kRows = 300;
  const cpu::Random random(seed, cpu::Purpose::test);
  std::vector<std::uint32_t> name(kRows);  // shuffled, so that the order is not told by the numbers
  std::iota(name.begin(), name.end(), 0U);
  for (std::uint64_t i = kRows - 1; i > 0; --i) std::swap(name[i], name[random.bits(i) % (i + 1)]);
  std::vector<std::vector<std::uint32_t>> rows(kRows);
  for (std::uint64_t i = 0; i < kRows; ++i) {
    for (std::uint64_t k = 0; k < 3; ++k) {
      const std::uint64_t draw = random.bits(kRows + 3 * i + k);
      if (acyclic && i == 0) continue;
      rows[name[i]].push_back(name[draw % (acyclic ? i : kRows)]);
    }
  }
  Rows flat;
  for (const std::vector<std::uint32_t>& row : rows) {
    flat.target.insert(flat.target.end(), row.begin(), row.end());
    flat.begin.push_back(static_cast<std::uint32_t>(flat.target.size()));
  }
  return flat;
}

TEST(FinishingOrder, HoldsEachRowOnceAndWhatItLeadsToBeforeIt) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const bool acyclic = seed % 2 == 0;
    const Rows rows = random_rows(seed, acyclic);
    const std::vector<std::uint32_t> order = finishing_order(rows.begin, rows.target);
    std::vector<std::uint32_t> place(rows.begin.size() - 1, kNone);
    for (std::uint32_t i = 0; i < order.size(); ++i) place.at(order[i]) = i;
    ASSERT_EQ(order.size(), place.size());
    ASSERT_EQ(std::count(place.begin(), place.end(), kNone), 0) << "seed " << seed;
    for (std::uint32_t row = 0; acyclic && row < place.size(); ++row) {
      for (std::uint32_t i = rows.begin[row]; i < rows.begin[row + 1]; ++i)
        EXPECT_LT(place[rows.target[i]], place[row]) << "seed " << seed;
    }
  }
}

// The longer way round takes `kWay` steps, and half of the time all begins again: sweeps alone would carry a value one step
// each along it, twenty times over.
TEST(TotalRewards, LongWaysRoundTakeFewSweeps) {
  constexpr std::uint32_t kWay = 3000;
  MdpBuilder builder("way");
  for (std::uint32_t s = 0; s < kWay; ++s) {
    builder.add_state();
    const std::uint32_t far = s + 1 < kWay ? s + 1 : kWay;
    builder.add_choice(1).add(far, 1);
    if (s == 0) continue;
    builder.add_choice(0.5).add(kWay, 1);  // stops sooner, and pays less
  }
  builder.add_state();
  builder.add_choice(0).add(0, 0.5).add(kWay + 1, 0.5);
  builder.add_state();
  builder.add_choice(0).add(kWay + 1, 1);
  const Mdp model = std::move(builder).build();
  const Solution s = solve(model, {.criterion = Criterion::total, .tolerance = 1e-6});
  EXPECT_EQ(s.report.status, SolveStatus::converged);
  EXPECT_LE(s.lower[0], 2.0 * kWay);  // each round pays kWay, and there are two of them on average
  EXPECT_GE(s.upper[0], 2.0 * kWay);
  EXPECT_LT(s.report.sweeps, 100);
}

}  // namespace
}  // namespace calando::bellman
