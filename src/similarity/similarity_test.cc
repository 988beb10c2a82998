// SPDX-License-Identifier: MIT
// Similarities against long double, on every input that others get wrong, on every instruction set.
#include "calando/similarity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "calando/error.h"
#include "src/similarity/similarity_testing.h"

namespace calando::similarity {
namespace {

using testing::HasSubstr;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <class T>
class OfEveryType : public testing::Test {};
using Types = testing::Types<double, float, Float16, BFloat16, std::int8_t, std::uint8_t, Bits8>;
TYPED_TEST_SUITE(OfEveryType, Types);
template <class T>
class OfEveryFloat : public testing::Test {};
using FloatTypes = testing::Types<double, float, Float16, BFloat16>;
TYPED_TEST_SUITE(OfEveryFloat, FloatTypes);

// Every length and tail, at every misalignment, on every target: within the stated bound, and the same bits.
TYPED_TEST(OfEveryType, WithinTheBoundAndTheSameBits) {
  std::vector<std::size_t> lengths;
  for (std::size_t n = 1; n <= 70; ++n) lengths.push_back(n);
  for (const std::size_t n : {127, 128, 129, 768, 1000, 1535, 1536, 4095, 4096}) lengths.push_back(n);
  for (const std::size_t n : lengths) {
    Sample<TypeParam> sample(n, static_cast<std::uint32_t>(n));
    const double bound = similarity_error_bound(ElementOf<TypeParam>::value, sample.a().dimension);
    const long double exact = exact_similarity(sample.a(), sample.b());
    std::vector<double> seen;
    on_every_target([&] {
      for (std::size_t shift = 0; shift < (n < 70 ? 9U : 2U); ++shift) {
        sample.shift(shift);
        seen.push_back(cosine_similarity(sample.a(), sample.b()));
        EXPECT_EQ(cosine_similarity(sample.b(), sample.a()), seen.back());
        EXPECT_EQ(cosine_distance(sample.a(), sample.b()), 1 - seen.back());
        EXPECT_LE(std::abs(angle(sample.a(), sample.b()) - exact_angle(sample.a(), sample.b())),
                  (static_cast<double>(sample.a().dimension) / 8 + 24) * 0x1p-53L);
      }
    });
    EXPECT_LE(std::abs(static_cast<long double>(seen.front()) - exact), bound) << n;
    for (const double s : seen) ASSERT_EQ(s, seen.front()) << n;
  }
}

// The matrix, the pairs of rows and the single pair are one function.
TYPED_TEST(OfEveryType, EveryPathGivesTheSameBits) {
  constexpr std::size_t n = 37;
  Sample<TypeParam> many(n * 5, 1), others(n * 5, 2);
  const Vectors a = vectors_of(std::span<const TypeParam>(many.numbers()), many.dimension_of(n));
  const Vectors b = vectors_of(std::span<const TypeParam>(others.numbers()), many.dimension_of(n));
  ASSERT_EQ(a.rows, 5U);
  std::vector<double> matrix(25);
  cosine_similarities(a, b, matrix);
  const std::vector<double> paired = paired_cosine_similarities(a, b);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(paired[i], matrix[6 * i]);
    for (std::size_t j = 0; j < 5; ++j)
      EXPECT_EQ(matrix[5 * i + j], cosine_similarity(a.rows_from(i, 1), b.rows_from(j, 1)));
  }
}

TYPED_TEST(OfEveryType, OfItselfIsOneAndOfItsOppositeMinusOne) {
  for (const std::size_t n : {1, 2, 3, 16, 100, 1000}) {
    Sample<TypeParam> sample(n, 7);
    EXPECT_EQ(cosine_similarity(sample.a(), sample.a()), 1);
    EXPECT_EQ(angle(sample.a(), sample.a()), 0);
    if constexpr (!std::is_same_v<TypeParam, std::uint8_t> && !std::is_same_v<TypeParam, Bits8>) {
      std::vector<TypeParam> opposite = sample.numbers();
      for (TypeParam& x : opposite) x = negative(x);
      const Vectors other = vector_of(std::span<const TypeParam>(opposite));
      EXPECT_EQ(cosine_similarity(sample.a(), other), -1);
      EXPECT_EQ(angle(sample.a(), other), 2 * std::asin(1.0));
    }
  }
}

TYPED_TEST(OfEveryType, ZeroVectorsHaveOnePolicy) {
  const std::vector<TypeParam> zero(24, TypeParam{});
  Sample<TypeParam> sample(24, 3);
  const Vectors z = vector_of(std::span<const TypeParam>(zero));
  std::vector<double> matrix(1);
  for (const Vectors& other : {sample.a(), z}) {
    EXPECT_TRUE(std::isnan(cosine_similarity(z, other)));
    EXPECT_TRUE(std::isnan(angle(z, other)));
    EXPECT_EQ(cosine_similarity(z, other, Undefined::zero), 0);
    EXPECT_EQ(cosine_distance(other, z, Undefined::zero), 1);
    EXPECT_EQ(angle(other, z, Undefined::zero), std::asin(1.0));
    EXPECT_THROW(cosine_similarity(other, z, Undefined::error), UsageError);
    EXPECT_THROW(angle(other, z, Undefined::error), UsageError);
    EXPECT_THROW(cosine_similarities(other, z, matrix, Undefined::error), UsageError);
    EXPECT_THROW(paired_cosine_similarities(other, z, Undefined::error), UsageError);
    cosine_similarities(other, z, matrix);
    EXPECT_TRUE(std::isnan(matrix[0]));
    cosine_similarities(other, z, matrix, Undefined::zero);
    EXPECT_EQ(matrix[0], 0);
    EXPECT_EQ(paired_cosine_similarities(other, z, Undefined::zero)[0], 0);
  }
  const Vectors empty = vector_of(std::span<const TypeParam>());
  EXPECT_TRUE(std::isnan(cosine_similarity(empty, empty)));
  EXPECT_EQ(cosine_similarity(empty, empty, Undefined::zero), 0);
}

// NaN and infinity at every position, beside any other vector, also one of zeros.
TYPED_TEST(OfEveryFloat, NotFiniteGivesNan) {
  on_every_target([] {
    for (const std::size_t n : {1, 15, 16, 17, 40}) {
      Sample<TypeParam> sample(n, 5);
      const std::vector<TypeParam> zero(n, TypeParam{});
      for (const double bad : {kNan, kInfinity, -kInfinity}) {
        for (std::size_t at = 0; at < n; ++at) {
          std::vector<TypeParam> broken = sample.numbers();
          broken[at] = rounded<TypeParam>(bad);
          const Vectors b = vector_of(std::span<const TypeParam>(broken));
          for (const Vectors& other : {sample.b(), b, vector_of(std::span<const TypeParam>(zero))}) {
            for (const Undefined undefined : {Undefined::nan, Undefined::zero}) {
              EXPECT_TRUE(std::isnan(cosine_similarity(b, other, undefined)));
              EXPECT_TRUE(std::isnan(cosine_similarity(other, b, undefined)));
              EXPECT_TRUE(std::isnan(angle(other, b, undefined)));
            }
          }
        }
      }
    }
  });
}

// The whole range of the type: to the bit the same where the scaled vectors are exact, within the bound everywhere.
TYPED_TEST(OfEveryFloat, AnyScale) {
  const Range range = range_of(ElementOf<TypeParam>::value);
  for (const std::size_t n : {3, 16, 100}) {
    Sample<TypeParam> sample(n, 9);
    const double expected = cosine_similarity(sample.a(), sample.b());
    for (int e = range.least; e <= range.greatest; ++e) {
      std::vector<TypeParam> scaled;
      bool exact = true;
      for (const TypeParam x : sample.numbers()) {
        scaled.push_back(rounded<TypeParam>(std::ldexp(number_of(x), e)));
        exact = exact && std::ldexp(number_of(scaled.back()), -e) == number_of(x);
      }
      const Vectors a = vector_of(std::span<const TypeParam>(scaled));
      const double s = cosine_similarity(a, sample.b());
      if (exact) {
        ASSERT_EQ(s, expected) << "2^" << e;
      } else if (norms(a)[0] > 0) {
        ASSERT_LE(std::abs(s - exact_similarity(a, sample.b())), similarity_error_bound(a.element, n))
            << "2^" << e;
      }
    }
  }
}

// Pairs whose scales are far apart, one huge number among tiny ones, nearly orthogonal vectors.
TYPED_TEST(OfEveryFloat, HugeAmongTinyAndNearlyOrthogonal) {
  const Range range = range_of(ElementOf<TypeParam>::value);
  on_every_target([&] {
    for (const std::size_t n : {2, 17, 64, 1000}) {
      for (const int e : {range.least, range.least / 2, 0, range.greatest / 2, range.greatest}) {
        std::vector<TypeParam> a(n, rounded<TypeParam>(std::ldexp(1.0, e)));
        std::vector<TypeParam> b(n, rounded<TypeParam>(std::ldexp(1.0, range.least)));
        a[n / 2] = rounded<TypeParam>(std::ldexp(1.0, range.greatest));
        b[n - 1] = negative(b[n - 1]);
        for (int turn = 0; turn < 2; ++turn) {
          const Vectors x = vector_of(std::span<const TypeParam>(a)),
                        y = vector_of(std::span<const TypeParam>(b));
          const double s = cosine_similarity(x, y);
          EXPECT_LE(std::abs(s - exact_similarity(x, y)), similarity_error_bound(x.element, n));
          EXPECT_LE(std::abs(angle(x, y) - exact_angle(x, y)), (static_cast<double>(n) / 8 + 24) * 0x1p-53L);
          for (std::size_t i = 0; i < n; i += 2) b[i] = negative(b[i]);
        }
      }
    }
  });
}

// The inputs of the survey on which peers give 0 or 1: the distance from (1, 2, 3, 4) is 0.6127.
TEST(Similarity, AwkwardInputsOfTheSurvey) {
  const std::vector<float> query = {1, 2, 3, 4};
  const std::vector<double> query64 = {1, 2, 3, 4};
  const double expected = 1 - 3 / std::sqrt(60.0);
  for (const float s : {1.0F, 1e30F, 1e-30F, 3e38F, 1e-45F})
    EXPECT_NEAR(cosine_distance(std::vector<float>{s, s, 0, 0}, query), expected, 1e-15) << s;
  for (const double s : {1.0, 1e200, 1e-200, 1e300, 1e-300, 1e308, 5e-324})
    EXPECT_NEAR(cosine_distance(std::vector<double>{s, s, 0, 0}, query64), expected, 1e-15) << s;
}

// The angle keeps its digits where the cosine has none left: t and pi - t for small t.
TEST(Similarity, AngleOfNearlyEqualVectors) {
  for (const double t : {1e-3, 1e-7, 1e-9, 1e-12, 1e-15}) {
    EXPECT_NEAR(angle(std::vector<double>{1, 0}, std::vector<double>{1, t}), std::atan(t), 4e-16);
    EXPECT_NEAR(angle(std::vector<double>{1, 0}, std::vector<double>{-1, t}),
                4 * std::atan(1.0) - std::atan(t), 1e-15);
  }
}

TEST(Similarity, IntegersAreExactAtTheirLimits) {
  const std::vector<std::int8_t> low(100'000, -128), high(100'000, 127);
  EXPECT_LE(std::abs(cosine_similarity(low, high) + 1), 3 * 0x1p-53);
  EXPECT_EQ(cosine_similarity(low, low), 1);
  const std::vector<std::uint8_t> most(1'000'000, 255);
  EXPECT_EQ(cosine_similarity(most, most), 1);
  EXPECT_EQ(norms(vector_of(std::span<const std::uint8_t>(most)))[0], 255'000);
}

TEST(Similarity, NormsOverTheWholeRange) {
  const std::vector<double> rows = {3e300, 4e300, 3e-310, 4e-310, 1.7e308, 1.7e308, 0, 0, kNan, 1};
  const std::vector<double> found = norms(vectors_of(std::span<const double>(rows), 2));
  EXPECT_THAT(found[0] / 5e300, testing::DoubleEq(1));
  EXPECT_NEAR(found[1], 5e-310, 5e-324);
  EXPECT_EQ(found[2], kInfinity);
  EXPECT_EQ(found[3], 0);
  EXPECT_TRUE(std::isnan(found[4]));
}

TEST(Similarity, RefusesWhatDoesNotFit) {
  const std::vector<float> two = {1, 2}, three = {1, 2, 3};
  const std::vector<double> doubles = {1, 2};
  const Vectors a = vector_of(std::span<const float>(two)), b = vector_of(std::span<const float>(three));
  const auto message = [](const auto& action) -> std::string {
    try {
      action();
    } catch (const UsageError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(message([&] { cosine_similarity(a, b); }),
            "cosine_similarity: f32 vectors of dimension 2 and f32 vectors of dimension 3, expected the same "
            "type and dimension");
  EXPECT_THAT(message([&] { angle(a, vector_of(std::span<const double>(doubles))); }),
              HasSubstr("f64 vectors"));
  std::vector<double> room(3);
  EXPECT_THAT(message([&] { cosine_similarities(a, a, room); }), HasSubstr("3 numbers of room for 1 x 1"));
  const Vectors rows = vectors_of(std::span<const float>(two), 1);
  EXPECT_THAT(message([&] { paired_cosine_similarities(rows, rows.rows_from(0, 1)); }),
              HasSubstr("2 rows and 1"));
  EXPECT_THAT(message([&] { cosine_similarity(rows, rows); }), HasSubstr("2 rows, expected one vector"));
  EXPECT_THAT(message([&] {
                cosine_similarity(two, {0, 0}, Undefined::error);
              }),
              HasSubstr("row 1 is a vector of zeros"));
}

}  // namespace
}  // namespace calando::similarity
