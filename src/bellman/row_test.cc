// SPDX-License-Identifier: MIT
#include "src/bellman/row.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "calando/mdp.h"
#include "src/bellman/operator.h"

namespace calando::bellman {
namespace {

/// A sum, and the roundings that what is longest in it has passed through. A zero that nothing was added to yet rounds nothing.
template <class Real>
struct Counted {
  Real value = 0;
  int roundings = -1;  // none, not even of a product

  Counted operator+(const Counted& other) const {
    const bool exact = roundings < 0 || other.roundings < 0;
    return {value + other.value, std::max(roundings, other.roundings) + (exact ? 0 : 1)};
  }
};

/// The sums of row_dot() one number at a time.
Counted<float> in_sums(const std::vector<Counted<float>>& products) {
  Counted<float> sum[4];
  const std::size_t whole = products.size() / 4 * 4;
  for (std::size_t i = 0; i < products.size(); ++i) {
    Counted<float>& into = sum[i < whole ? i % 4 : 0];
    into = into + products[i];
  }
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

Counted<double> in_sums(const std::vector<Counted<double>>& products) {
  Counted<double> sum[8];
  Counted<double> rest;
  const std::size_t eights = products.size() / 8 * 8;
  const std::size_t fours = products.size() / 4 * 4;
  for (std::size_t i = 0; i < products.size(); ++i) {
    Counted<double>& into = i < eights ? sum[i % 8] : i < fours ? sum[i % 4] : rest;
    into = into + products[i];
  }
  for (int i = 0; i < 4; ++i) sum[i] = sum[i] + sum[i + 4];
  return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + rest;
}

template <class Real>
class RowDot : public testing::Test {};
using Reals = testing::Types<float, double>;
TYPED_TEST_SUITE(RowDot, Reals);

constexpr std::uint32_t kMost = 43;

template <class Real>
struct Example {
  std::vector<Real> value;
  std::vector<Real> p;
  std::vector<std::uint32_t> to;

  Example(std::size_t skipped, std::uint32_t stride) : p(skipped), to(skipped) {
    for (int s = 0; s < 50; ++s) value.push_back(static_cast<Real>(1) / static_cast<Real>(3 * s - 40));
    for (std::uint32_t i = 0; i < kMost; ++i) {
      p.push_back(static_cast<Real>(1) / static_cast<Real>(i + 7));
      to.push_back((2 + i * stride) % 50);
    }
  }
  std::vector<Counted<Real>> products(std::size_t skipped, std::uint32_t count) const {
    std::vector<Counted<Real>> all;
    for (std::size_t i = skipped; i < skipped + count; ++i) all.push_back({p[i] * value[to[i]], 1});
    return all;
  }
};

TYPED_TEST(RowDot, AddsInInterleavedSumsWhateverTheLengthAndThePlace) {
  for (std::size_t skipped = 0; skipped < 3; ++skipped) {
    const Example<TypeParam> row(skipped, 37);
    for (std::uint32_t count = 0; count <= kMost; ++count)
      EXPECT_EQ(row_dot(row.p.data() + skipped, row.to.data() + skipped, count, row.value.data()),
                in_sums(row.products(skipped, count)).value)
          << count;
  }
}

TEST(RowDot, ARunGivesTheSameBits) {
  const Example<double> row(0, 1);
  for (std::uint32_t count = 1; count <= kMost; ++count) {
    const bellman::Run run{row.to[0]};
    EXPECT_EQ(row_dot(row.p.data(), run, count, row.value.data()),
              row_dot(row.p.data(), row.to.data(), count, row.value.data()))
        << count;
    EXPECT_EQ(row_dot_precise(row.p.data(), run, count, row.value.data()),
              row_dot_precise(row.p.data(), row.to.data(), count, row.value.data()))
        << count;
  }
}

TEST(RowDot, ASweepOfRunsGivesTheBitsOfNamedSuccessors) {
  const Mdp model = make_mdp("sis(60)");
  ASSERT_TRUE(model.measures().targets_ascend);
  cpu::Team team(1);
  const BellmanOperator bellman(model, {.factor = 0.9}, Objective::maximise, team);
  std::vector<double> v(model.states());
  for (std::size_t s = 0; s < v.size(); ++s) v[s] = 1 / (static_cast<double>(s) - 20.5);
  std::vector<double> next(v.size());
  std::vector<std::uint32_t> policy(v.size());
  bellman.sweep(v, next, policy);
  const MdpArrays& a = model.arrays();
  for (std::size_t s = 0; s < v.size(); ++s) {
    double best = -1e300;
    for (std::uint32_t c = a.choice_begin[s]; c < a.choice_begin[s + 1]; ++c) {
      const std::uint32_t row = a.row_begin[c];
      best = std::max(best, a.reward[c] + 0.9 * row_dot(&a.probability[row], &a.target[row],
                                                        a.row_begin[c + 1] - row, v.data()));
    }
    EXPECT_EQ(next[s], best) << s;
  }
}

TEST(RowDepth, CountsTheRoundingsOfTheLongestWay) {
  const Example<double> row(0, 37);
  for (std::uint32_t count = 1; count <= kMost; ++count)
    EXPECT_EQ(row_depth(count), in_sums(row.products(0, count)).roundings + 2) << count;
}

}  // namespace
}  // namespace calando::bellman
