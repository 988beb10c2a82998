// SPDX-License-Identifier: MIT
// Search beside brute force with the exact kernel: the same ids and the same bits, whatever is chosen for speed.
#include "calando/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <type_traits>
#include <vector>

#include "calando/error.h"
#include "src/cpu/matmul.h"
#include "src/cpu/random.h"
#include "src/search/queries.h"
#include "src/similarity/similarity_testing.h"
#include "src/similarity/widen.h"

namespace calando::searching {
namespace {

using similarity::number_of;
using similarity::on_every_target;
using similarity::rounded;
using testing::HasSubstr;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// Rows in one of the types, and the same numbers as a brute force compares them: f64 as they are, all others as float32.
struct Rows {
  std::vector<char> bytes;
  Vectors view;
};

template <class T>
Rows rows_of(const std::vector<T>& elements, std::size_t dimension) {
  Rows rows;
  const auto* first = reinterpret_cast<const char*>(elements.data());
  rows.bytes.assign(first, first + elements.size() * sizeof(T));
  const Vectors view = vectors_of(std::span<const T>(elements), dimension);
  rows.view = {rows.bytes.data(), view.element, view.rows, dimension, view.stride};
  return rows;
}

/// Random rows, with everything that is hard for a search: copies, copies changed in the last bit, multiples, opposites.
template <class T>
Rows hard_rows(std::size_t count, std::size_t dimension, std::uint32_t part) {
  constexpr bool bits = std::is_same_v<T, Bits8>;
  const std::size_t length = bits ? dimension / 8 : dimension;
  const cpu::Random random(5, cpu::Purpose::test, part);
  std::vector<T> elements;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t kind = i == 0 ? 9 : random.below(1'000'000 + i, 10);
    const std::size_t model = i == 0 ? 0 : random.below(2'000'000 + i, i);
    for (std::size_t k = 0; k < length; ++k) {
      const double u = random.uniform(i * length + k);
      const double fresh = bits                    ? 1 + u
                           : std::is_integral_v<T> ? std::floor(16 * u) - (std::is_signed_v<T> ? 8 : 0)
                                                   : 2 * u - 1;
      T x = rounded<T>(fresh);
      if (kind < 4) x = elements[model * length + k];
      if constexpr (!bits) {
        if (kind == 1 && k == i % length && !std::is_integral_v<T>)
          x = rounded<T>(number_of(x) * (1 + 0x1p-10));
        if (kind == 2 && std::is_signed_v<T>) x = rounded<T>(-number_of(x));
        if (kind == 3 && !std::is_integral_v<T>) x = rounded<T>(number_of(x) * 2);
      }
      elements.push_back(x);
    }
  }
  return rows_of(elements, dimension);
}

/// The same numbers as float32, or double where they are that.
Rows widened(const Vectors& rows, Element to) {
  std::vector<double> numbers(rows.rows * rows.dimension);
  for (std::size_t i = 0; i < rows.rows; ++i)
    similarity::widen(rows.element, rows.row(i), rows.dimension, numbers.data() + i * rows.dimension);
  if (to == Element::f64) return rows_of(numbers, rows.dimension);
  return rows_of(std::vector<float>(numbers.begin(), numbers.end()), rows.dimension);
}

/// Every similarity, exactly.
std::vector<double> all_similarities(const Vectors& queries, const Vectors& rows, Undefined undefined) {
  std::vector<double> matrix(queries.rows * rows.rows);
  if (rows.element == Element::bits) {
    cosine_similarities(queries, rows, matrix, undefined);
  } else {
    const Element wide = rows.element == Element::f64 ? Element::f64 : Element::f32;
    cosine_similarities(widened(queries, wide).view, widened(rows, wide).view, matrix, undefined);
  }
  return matrix;
}

bool before(const Match& a, const Match& b) {
  return a.similarity > b.similarity || (a.similarity == b.similarity && a.id < b.id);
}

Matches brute_force(const Vectors& queries, const Vectors& rows, std::size_t k, double at_least,
                    Undefined undefined = Undefined::nan,
                    const std::function<bool(std::uint64_t)>& accept = {}) {
  const std::vector<double> matrix = all_similarities(queries, rows, undefined);
  Matches result;
  for (std::size_t j = 0; j < queries.rows; ++j) {
    std::vector<Match> found;
    for (std::size_t i = 0; i < rows.rows; ++i) {
      const double s = matrix[j * rows.rows + i];
      if (s >= at_least && (!accept || accept(i))) found.push_back({i, s});
    }
    std::sort(found.begin(), found.end(), before);
    found.resize(std::min(found.size(), k));
    result.matches.insert(result.matches.end(), found.begin(), found.end());
    result.starts.push_back(result.matches.size());
  }
  return result;
}

void expect_same(const Matches& found, const Matches& expected) {
  ASSERT_EQ(found.starts, expected.starts);
  for (std::size_t i = 0; i < found.matches.size(); ++i) {
    ASSERT_EQ(found.matches[i].id, expected.matches[i].id) << i;
    ASSERT_EQ(found.matches[i].similarity, expected.matches[i].similarity) << i;
  }
}

constexpr double kAll = -2;

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
      expect_same(search(corpus, rows.view.rows_from(0, 40), 5),
                  brute_force(rows.view.rows_from(0, 40), rows.view, 5, kAll));
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

// Queries of float32 on corpora in fewer bits are compared with the values stored.
TEST(Search, FloatQueriesOnSmallerTypes) {
  const Rows floats = hard_rows<float>(600, 136, 7);
  const Rows queries = hard_rows<float>(9, 136, 8);
  for (const Element element : {Element::f16, Element::bf16, Element::i8}) {
    const StoredVectors stored = stored_as(element, floats.view);
    const Corpus corpus(stored.rows);
    for (const std::size_t count : {1, 2, 9}) {
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

// The bound of rough scores holds on what was measured worst: all roundings one way.
TEST(Search, RoughErrorIsABound) {
  for (const std::size_t n : {8, 128, 1000}) {
    std::vector<float> elements(n, 1 + 0x1p-12F);
    for (std::size_t k = 0; k < n; ++k) elements[k] += static_cast<float>(k % 7) * 0x1p-23F;
    const Rows rows = rows_of(elements, n);
    const Corpus corpus(rows.view);
    const QueryBatch batch(corpus.state(), rows.view, 0, 1, Undefined::nan);
    float score = 0;
    cpu::matmul_block({cpu::row_major(elements.data(), 1, n),
                       cpu::row_major(batch.unit(0), 1, n).transposed(),
                       &score,
                       1,
                       {}},
                      {0, 1}, {0, 1});
    const double rough = static_cast<double>(score * corpus.state().inverse[0]);
    EXPECT_LE(std::abs(rough - 1), rough_error(Element::f32, n));
    EXPECT_LE(rough_error(Element::f32, n), static_cast<double>(n + 7) * 0x1p-24);
  }
}

}  // namespace
}  // namespace calando::searching
