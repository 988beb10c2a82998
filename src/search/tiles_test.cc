// SPDX-License-Identifier: MIT
// The tiles of rough similarities: their error, panels that are not full, rows longer than a part of them.
#include "src/search/tiles.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "src/search/corpus.h"
#include "src/search/queries.h"
#include "src/search/search_testing.h"

namespace calando::searching {
namespace {

/// The rough similarity of everything with everything that a tile calls a candidate, kNone elsewhere.
constexpr float kNone = -9;
std::vector<float> candidates_of(const std::vector<float>& rows, const std::vector<float>& queries,
                                 std::size_t dimension, const std::vector<float>& inverse, float least) {
  const std::size_t count = queries.size() / dimension, all = rows.size() / dimension;
  const QueryPanels panels = panels_of(queries.data(), count, dimension);
  std::vector<float> sums(all * kPanel), result(all * count, kNone);
  std::vector<Candidate> found(all * kPanel);
  for (std::size_t p = 0; p < panels.count(); ++p) {
    const std::vector<float> wanted(kPanel, least);
    const std::size_t n = find_candidates(panels, p, {rows.data(), dimension, all, inverse.data()},
                                          wanted.data(), sums.data(), found.data());
    for (std::size_t c = 0; c < n; ++c) {
      const std::size_t query = p * panels.width + found[c].query;
      if (query < count) result[found[c].row * count + query] = found[c].similarity;
    }
  }
  return result;
}

// Small integers: every sum is exact in any order, so that the scores have one right value.
TEST(Tiles, EveryPairOnceWithItsScore) {
  const cpu::Random random(5, cpu::Purpose::test, 40);
  for (const std::size_t dimension : {1, 15, 16, 17, 40, 1024, 1025, 2500}) {
    for (const std::size_t count : {1, 16, 17, 32, 33, 70}) {
      const std::size_t all = 21;
      std::vector<float> rows, queries, inverse;
      for (std::size_t i = 0; i < all * dimension; ++i)
        rows.push_back(static_cast<float>(random.below(i, 17)) - 8);
      for (std::size_t i = 0; i < count * dimension; ++i)
        queries.push_back(static_cast<float>(random.below(1'000'000 + i, 17)) - 8);
      for (std::size_t i = 0; i < all; ++i) inverse.push_back(i % 5 == 0 ? 0.5F : 0.25F);
      std::vector<float> expected(all * count, kNone);
      for (std::size_t i = 0; i < all; ++i) {
        for (std::size_t j = 0; j < count; ++j) {
          float sum = 0;
          for (std::size_t k = 0; k < dimension; ++k)
            sum += rows[i * dimension + k] * queries[j * dimension + k];
          if (sum * inverse[i] >= 2) expected[i * count + j] = sum * inverse[i];
        }
      }
      on_every_target([&] { EXPECT_EQ(candidates_of(rows, queries, dimension, inverse, 2), expected); });
    }
  }
}

TEST(Tiles, NanIsNoCandidate) {
  const std::vector<float> rows = {1, 1, 1, 1}, queries = {1, 1};
  const std::vector<float> inverse = {std::numeric_limits<float>::quiet_NaN(), 1};
  on_every_target([&] {
    EXPECT_EQ(candidates_of(rows, queries, 2, inverse, -5), (std::vector<float>{kNone, 2}));
  });
}

// The bound of rough scores holds on what was measured worst: all roundings one way.
TEST(Tiles, RoughErrorIsABound) {
  for (const std::size_t n : {8, 128, 1000}) {
    std::vector<float> elements(n, 1 + 0x1p-12F);
    for (std::size_t k = 0; k < n; ++k) elements[k] += static_cast<float>(k % 7) * 0x1p-23F;
    const Rows rows = rows_of(elements, n);
    const Corpus corpus(rows.view);
    const QueryBatch batch(corpus.state(), rows.view, 0, 1, Undefined::nan);
    const std::vector<float> unit(batch.unit(0), batch.unit(0) + n);
    const double rough = static_cast<double>(candidates_of(elements, unit, n, corpus.state().inverse, 0)[0]);
    EXPECT_LE(std::abs(rough - 1), rough_error(Element::f32, n));
    EXPECT_LE(rough_error(Element::f32, n), static_cast<double>(n + 7) * 0x1p-24);
  }
}

}  // namespace
}  // namespace calando::searching
