// SPDX-License-Identifier: MIT
#include "src/bellman/row.h"

#include <gtest/gtest.h>

#include <vector>

namespace calando::bellman {
namespace {

/// The sums of row_dot() one number at a time.
template <class Real>
Real in_four_sums(const std::vector<Real>& p, const std::vector<std::uint32_t>& to, std::uint32_t count,
                  const std::vector<Real>& value) {
  Real sum[4] = {};
  const std::uint32_t whole = count / 4 * 4;
  for (std::uint32_t i = 0; i < count; ++i) {
    const Real product = p[i] * value[to[i]];
    Real& into = sum[i < whole ? i % 4 : 0];
    into += product;
  }
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

template <class Real>
class RowDot : public testing::Test {};
using Reals = testing::Types<float, double>;
TYPED_TEST_SUITE(RowDot, Reals);

TYPED_TEST(RowDot, AddsInFourSumsWhateverTheLengthAndThePlace) {
  constexpr std::uint32_t kMost = 23;
  std::vector<TypeParam> value;
  for (int s = 0; s < 50; ++s)
    value.push_back(static_cast<TypeParam>(1) / static_cast<TypeParam>(3 * s - 40));
  for (std::size_t skipped = 0; skipped < 3; ++skipped) {
    std::vector<TypeParam> p(skipped);
    std::vector<std::uint32_t> to(skipped);
    for (std::uint32_t i = 0; i < kMost; ++i) {
      p.push_back(static_cast<TypeParam>(1) / static_cast<TypeParam>(i + 7));
      to.push_back(i * 37 % 50);
    }
    const std::vector<TypeParam> own_p(p.begin() + static_cast<std::ptrdiff_t>(skipped), p.end());
    const std::vector<std::uint32_t> own_to(to.begin() + static_cast<std::ptrdiff_t>(skipped), to.end());
    for (std::uint32_t count = 0; count <= kMost; ++count)
      EXPECT_EQ(row_dot(p.data() + skipped, to.data() + skipped, count, value.data()),
                in_four_sums(own_p, own_to, count, value))
          << count;
  }
}

}  // namespace
}  // namespace calando::bellman
