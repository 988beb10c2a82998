// SPDX-License-Identifier: MIT
// Search beside brute force with the exact kernel, for every type: the same ids and the same bits, whatever is chosen for speed.
#include <gtest/gtest.h>

#include "calando/search.h"
#include "src/search/search_testing.h"

namespace calando::searching {
namespace {

template <class T>
class OfEveryType : public testing::Test {};
using Types = testing::Types<double, float, Float16, BFloat16, std::int8_t, std::uint8_t, Bits8>;
TYPED_TEST_SUITE(OfEveryType, Types);

TYPED_TEST(OfEveryType, FindsWhatBruteForceFinds) {
  for (const std::size_t dimension : {8, 24, 136}) {
    const Rows rows = hard_rows<TypeParam>(700, dimension, 1);
    const Rows queries = hard_rows<TypeParam>(9, dimension, 2);
    const Vectors q = queries.view;
    on_every_target([&] {
      const Corpus corpus(rows.view);
      for (const std::size_t k : {1, 10, 700, 1000}) {
        const Matches expected = brute_force(q, rows.view, k, kAll);
        expect_same(search(corpus, q, k), expected);
        for (std::size_t j = 0; j < 2; ++j)
          expect_same(search(corpus, q.rows_from(j, 1), k),
                      brute_force(q.rows_from(j, 1), rows.view, k, kAll));
      }
      expect_same(search_at_least(corpus, q, 0.3), brute_force(q, rows.view, 700, 0.3));
      expect_same(search_at_least(corpus, q.rows_from(0, 2), 0.3),
                  brute_force(q.rows_from(0, 2), rows.view, 700, 0.3));
      // The rows themselves: every copy ties.
      expect_same(search(corpus, rows.view.rows_from(0, 75), 5),
                  brute_force(rows.view.rows_from(0, 75), rows.view, 5, kAll));
    });
  }
}

TYPED_TEST(OfEveryType, PairsAreThoseOfTheMatrix) {
  for (const std::size_t dimension : {8, 40}) {
    const Rows rows = hard_rows<TypeParam>(300, dimension, 3);
    const std::vector<double> matrix = all_similarities(rows.view, rows.view, Undefined::nan);
    for (const double at_least : {0.5, 0.99, 1.0}) {
      std::vector<SimilarPair> expected;
      for (std::size_t i = 0; i < 300; ++i)
        for (std::size_t j = i + 1; j < 300; ++j)
          if (matrix[i * 300 + j] >= at_least) expected.push_back({i, j, matrix[i * 300 + j]});
      const Corpus corpus(rows.view);
      EXPECT_EQ(similar_pairs(corpus, at_least), expected);
      // Little memory: many passes, the same pairs.
      EXPECT_EQ(similar_pairs(corpus, at_least, {.memory = 1}), expected);

      std::vector<std::uint64_t> lowest(300);
      for (std::size_t i = 0; i < 300; ++i) lowest[i] = i;
      for (bool changed = true; changed;) {
        changed = false;
        for (const SimilarPair& pair : expected) {
          const std::uint64_t low = std::min(lowest[pair.first], lowest[pair.second]);
          changed = changed || lowest[pair.first] != low || lowest[pair.second] != low;
          lowest[pair.first] = lowest[pair.second] = low;
        }
      }
      EXPECT_EQ(near_duplicate_groups(corpus, at_least), lowest);
    }
  }
}

TYPED_TEST(OfEveryType, NothingChosenForSpeedChangesAByte) {
  const Rows rows = hard_rows<TypeParam>(500, 40, 4);
  const Rows queries = hard_rows<TypeParam>(30, 40, 5);
  const Corpus corpus(rows.view);
  const Matches expected = search(corpus, queries.view, 7, {.threads = 1});
  const std::vector<SimilarPair> pairs = similar_pairs(corpus, 0.8, {.threads = 1});
  for (const int threads : {1, 2, 5}) {
    for (const std::size_t block_rows : {1, 7, 64, 4096}) {
      for (const std::size_t memory : {std::size_t{1}, std::size_t{1} << 30}) {
        const SearchOptions options{.threads = threads, .memory = memory, .block_rows = block_rows};
        expect_same(search(corpus, queries.view, 7, options), expected);
        EXPECT_EQ(similar_pairs(corpus, 0.8, options), pairs);
      }
    }
  }
  Matches one_by_one;
  for (std::size_t j = 0; j < 30; ++j) {
    const Matches one = search(corpus, queries.view.rows_from(j, 1), 7);
    one_by_one.matches.insert(one_by_one.matches.end(), one.matches.begin(), one.matches.end());
    one_by_one.starts.push_back(one_by_one.matches.size());
  }
  expect_same(one_by_one, expected);
}

TYPED_TEST(OfEveryType, PermutingTheCorpusPermutesTheIds) {
  const Rows rows = hard_rows<TypeParam>(200, 40, 6);
  const std::size_t stride = rows.view.stride;
  std::vector<char> turned(rows.bytes.size());
  for (std::size_t i = 0; i < 200; ++i)
    std::copy_n(rows.bytes.data() + i * stride, stride, turned.data() + (199 - i) * stride);
  const Vectors other{turned.data(), rows.view.element, 200, 40, stride};
  const Matches a = search_at_least(Corpus(rows.view), rows.view.rows_from(0, 6), 0.2);
  const Matches b = search_at_least(Corpus(other), rows.view.rows_from(0, 6), 0.2);
  ASSERT_EQ(a.starts, b.starts);
  for (std::size_t j = 0; j < 6; ++j) {
    std::vector<Match> back;
    for (const Match& match : b.of(j)) back.push_back({199 - match.id, match.similarity});
    std::sort(back.begin(), back.end(), before);
    EXPECT_TRUE(std::equal(back.begin(), back.end(), a.of(j).begin()));
  }
}

}  // namespace
}  // namespace calando::searching
