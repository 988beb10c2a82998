// SPDX-License-Identifier: MIT
// Search beside brute force where it is hard: ties, scales, zeros, NaN, filters, changes.
#include "calando/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "calando/error.h"
#include "src/search/search_testing.h"

namespace calando::searching {
namespace {

using testing::HasSubstr;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Queries of float32 on corpora in fewer bits are compared with the values stored.
TEST(Search, FloatQueriesOnSmallerTypes) {
  const Rows floats = hard_rows<float>(600, 136, 7);
  const Rows queries = hard_rows<float>(40, 136, 8);
  for (const Element element : {Element::f16, Element::bf16, Element::i8}) {
    const StoredVectors stored = stored_as(element, floats.view);
    const Corpus corpus(stored.rows);
    for (const std::size_t count : {1, 2, 9, 40}) {
      const Vectors q = queries.view.rows_from(0, count);
      expect_same(search(corpus, q, 10), brute_force(q, stored.rows, 10, kAll));
    }
    // And no similarity has moved by more than is said.
    const Matches before_storing = brute_force(queries.view, floats.view, 600, kAll);
    const std::vector<double> after = all_similarities(queries.view, stored.rows, Undefined::nan);
    EXPECT_GT(stored.largest_error, 0);
    EXPECT_LT(stored.largest_error, element == Element::f16 ? 1e-3 : 1e-2);
    for (std::size_t j = 0; j < 9; ++j)
      for (const Match& match : before_storing.of(j))
        EXPECT_LE(std::abs(match.similarity - after[j * 600 + match.id]), stored.largest_error);
  }
}

TEST(Search, DoubleCorporaAnswerFloatQueries) {
  const Rows rows = hard_rows<double>(100, 24, 9);
  const Rows queries = hard_rows<float>(5, 24, 9);
  expect_same(search(Corpus(rows.view), queries.view, 3), brute_force(queries.view, rows.view, 3, kAll));
}

// Near ties: rows that differ from one another in the last bit of one element, which float32 sums do not tell apart.
TEST(Search, AdversarialNearTies) {
  constexpr std::size_t n = 400, dimension = 96;
  const Rows base = hard_rows<float>(1, dimension, 10);
  std::vector<float> elements;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < dimension; ++k) {
      float x = similarity::element_at<float>(base.view.row(0), k);
      if (k == (i * 31) % dimension) x = std::nextafter(x, i % 2 == 0 ? 2.0F : -2.0F);
      elements.push_back(x);
    }
  }
  const Rows rows = rows_of(elements, dimension);
  const Rows queries = hard_rows<float>(6, dimension, 11);
  const Corpus corpus(rows.view);
  for (const std::size_t k : {1, 10, 100}) {
    expect_same(search(corpus, queries.view, k), brute_force(queries.view, rows.view, k, kAll));
    expect_same(search(corpus, base.view, k), brute_force(base.view, rows.view, k, kAll));
  }
}

// Rows in ascending order of similarity: each is a candidate, and none fits a small buffer.
TEST(Search, EveryRowACandidate) {
  std::vector<float> elements;
  for (int i = 0; i < 3000; ++i) elements.insert(elements.end(), {1.0F, 1.0F - static_cast<float>(i) / 4000});
  const Rows rows = rows_of(elements, 2);
  const Rows queries = rows_of(std::vector<float>{1, 0, 1, 0, 1, 0, 1, 0, 1, 0}, 2);
  expect_same(search(Corpus(rows.view), queries.view, 3), brute_force(queries.view, rows.view, 3, kAll));
}

// Any scale, also where float32 products overflow or vanish; each row beside ordinary ones.
TEST(Search, RowsOfAnyScale) {
  const Rows model = hard_rows<float>(60, 24, 12);
  for (const bool alone : {false, true}) {
    std::vector<float> elements;
    const float scales[] = {1e-45F, 1e-40F, 1e-30F, 1e-19F, 1, 1e19F, 1e30F, 3e38F};
    for (std::size_t i = 0; i < 60; ++i)
      for (std::size_t k = 0; k < 24; ++k)
        elements.push_back(similarity::element_at<float>(model.view.row(i), k) *
                           (alone || i % 2 == 0 ? scales[i % 8] : 1));
    const Rows rows = rows_of(elements, 24);
    for (const std::size_t count : {1, 20}) {
      const Vectors queries = rows.view.rows_from(0, count);
      const Corpus corpus(rows.view);
      expect_same(search(corpus, queries, 60), brute_force(queries, rows.view, 60, kAll));
      expect_same(search_at_least(corpus, queries, 0.5), brute_force(queries, rows.view, 60, 0.5));
    }
  }
}

TEST(Search, ZeroAndNotFiniteRows) {
  const Rows rows = rows_of(std::vector<float>{1, 0, 0, 0, kNan, 1, 1, 1, kInfinity, 0, -1, 0, 0, 0}, 2);
  const Corpus corpus(rows.view);
  EXPECT_EQ(corpus.zeros(), 2U);
  EXPECT_EQ(corpus.not_finite(), 2U);
  const Rows queries = rows_of(std::vector<float>{1, 0, 0, 0, kNan, 0, 1, 1, 0, 1}, 2);
  for (const std::size_t count : {3, 5}) {
    const Vectors q = queries.view.rows_from(0, count);
    for (const Undefined undefined : {Undefined::nan, Undefined::zero}) {
      expect_same(search(corpus, q, 7, {.undefined = undefined}),
                  brute_force(q, rows.view, 7, kAll, undefined));
      expect_same(search_at_least(corpus, q, 0, {.undefined = undefined}),
                  brute_force(q, rows.view, 7, 0, undefined));
    }
    EXPECT_THROW(search(corpus, q, 7, {.undefined = Undefined::error}), UsageError);
  }
  const auto count_pairs = [&](Undefined undefined) {
    return similar_pairs(corpus, -1, {.undefined = undefined}).size();
  };
  EXPECT_EQ(count_pairs(Undefined::nan), 3U);    // of three rows
  EXPECT_EQ(count_pairs(Undefined::zero), 10U);  // of five
  EXPECT_THROW(similar_pairs(corpus, 0.5, {.undefined = Undefined::error}), UsageError);
  const Corpus whole(rows.view.rows_from(0, 1));
  EXPECT_THROW(search(whole, queries.view, 1, {.undefined = Undefined::error}), UsageError);
}

TEST(Search, FilterOfIds) {
  const Rows rows = hard_rows<float>(300, 24, 13);
  const Corpus corpus(rows.view);
  const auto odd = [](std::uint64_t id) { return id % 2 == 1; };
  for (const std::size_t count : {1, 8}) {
    const Vectors queries = rows.view.rows_from(0, count);
    expect_same(search(corpus, queries, 10, {.accept = odd}),
                brute_force(queries, rows.view, 10, kAll, Undefined::nan, odd));
    expect_same(search_at_least(corpus, queries, 0.2, {.accept = odd}),
                brute_force(queries, rows.view, 300, 0.2, Undefined::nan, odd));
  }
  for (const SimilarPair& pair : similar_pairs(corpus, 0.2, {.accept = odd}))
    EXPECT_TRUE(odd(pair.first) && odd(pair.second));
}

TEST(Search, AppendAndRemove) {
  const Rows all = hard_rows<float>(120, 24, 14);
  Corpus corpus(all.view.rows_from(0, 50));
  corpus.append(all.view.rows_from(50, 30));
  corpus.append(all.view.rows_from(80, 40));
  EXPECT_EQ(corpus.rows(), 120U);
  const Vectors queries = all.view.rows_from(0, 10);
  expect_same(search(corpus, queries, 20), brute_force(queries, all.view, 20, kAll));
  EXPECT_EQ(similar_pairs(corpus, 0.5), similar_pairs(Corpus(all.view), 0.5));

  const std::vector<std::uint64_t> gone = {0, 55, 119};
  corpus.remove(gone);
  EXPECT_EQ(corpus.rows(), 117U);
  EXPECT_EQ(corpus.ids(), 120U);
  const auto left = [&](std::uint64_t id) { return std::find(gone.begin(), gone.end(), id) == gone.end(); };
  expect_same(search(corpus, queries, 200), brute_force(queries, all.view, 200, kAll, Undefined::nan, left));
  EXPECT_EQ(similar_pairs(corpus, 0.5), similar_pairs(Corpus(all.view), 0.5, {.accept = left}));
  EXPECT_THROW(corpus.remove(std::vector<std::uint64_t>{1, 55}), UsageError);
  EXPECT_THROW(corpus.remove(std::vector<std::uint64_t>{120}), UsageError);
  EXPECT_THROW(corpus.remove(std::vector<std::uint64_t>{7, 7}), UsageError);
  EXPECT_EQ(corpus.rows(), 117U);
}

TEST(Search, NothingToFind) {
  const Rows one = rows_of(std::vector<float>{1, 2}, 2);
  const Corpus empty(one.view.rows_from(0, 0));
  EXPECT_EQ(search(empty, one.view, 5).of(0).size(), 0U);
  EXPECT_TRUE(similar_pairs(empty, 0.5).empty());
  EXPECT_EQ(search(Corpus(one.view), one.view.rows_from(0, 0), 5).queries(), 0U);
}

TEST(Search, RefusesWhatDoesNotFit) {
  const Rows floats = hard_rows<float>(3, 8, 1), doubles = hard_rows<double>(3, 8, 1),
             bytes = hard_rows<std::uint8_t>(3, 8, 1);
  const Rows longer = hard_rows<float>(3, 9, 1);
  const Corpus corpus(floats.view);
  const auto message = [&](const Vectors& queries) -> std::string {
    try {
      search(corpus, queries, 1);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(message(longer.view),
            "search: queries are f32 vectors of dimension 9, the corpus has f32 vectors of dimension 8");
  EXPECT_THAT(message(doubles.view), HasSubstr("f64"));
  EXPECT_THAT(message(bytes.view), HasSubstr("u8"));
  EXPECT_THROW(search(Corpus(bytes.view), floats.view, 1), UsageError);
  EXPECT_THROW(search(corpus, floats.view, 0), UsageError);
  EXPECT_THROW(search_at_least(corpus, floats.view, kNan), UsageError);
  EXPECT_THROW(similar_pairs(corpus, kNan), UsageError);
}

}  // namespace
}  // namespace calando::searching
