// SPDX-License-Identifier: MIT
// Losses beside PyTorch's values, their gradients beside differences, and where they have to be careful.
#include "calando/contrastive.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "calando/error.h"
#include "src/cpu/random.h"
#include "src/similarity/exponential.h"

namespace calando {
namespace {

using Rows = std::vector<float>;

// PyTorch adds 1e-12 to squared norms in one loss, divides by norms of at least 1e-12 in others; all here are above 1.
constexpr double kLossTolerance = 4e-12;
constexpr double kGradientTolerance = 4e-12;

void compare(const nlohmann::json& one) {
  const std::size_t dimension = one["dimension"];
  std::vector<Rows> inputs, gradients;
  for (const auto& rows : one["inputs"]) {
    inputs.push_back(rows.get<Rows>());
    gradients.emplace_back(inputs.back().size());
  }
  const auto rows = [&](std::size_t i) { return EmbeddingRows{inputs[i], gradients[i]}; };
  const auto labels = [&](const char* key) {
    return one.contains(key) ? one[key].get<std::vector<std::int64_t>>() : std::vector<std::int64_t>();
  };
  double loss = 0;
  if (one["name"] == "cosine_embedding") {
    const auto targets = one["targets"].get<std::vector<std::int8_t>>();
    loss = cosine_embedding_loss(rows(0), rows(1), dimension, targets, one["margin"]);
  } else if (one["name"] == "triplet") {
    loss = triplet_loss(rows(0), rows(1), rows(2), dimension, one["margin"]);
  } else if (one["name"] == "info_nce") {
    loss = info_nce_loss(rows(0), rows(1), dimension, one["temperature"], labels("labels"),
                         labels("key_labels"));
  } else {
    loss = nt_xent_loss(rows(0), dimension, one["temperature"], labels("labels"));
  }
  EXPECT_NEAR(loss, one["loss"].get<double>(), kLossTolerance * (1 + loss));
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto expected = one["gradients"][i].get<std::vector<double>>();
    ASSERT_EQ(expected.size(), gradients[i].size());
    for (std::size_t k = 0; k < expected.size(); ++k) {
      const double rounding = 0x1p-24 * std::abs(expected[k]);
      EXPECT_NEAR(gradients[i][k], expected[k], rounding + kGradientTolerance)
          << one["name"] << i << " " << k;
    }
  }
}

TEST(Contrastive, LossesAndGradientsOfPyTorch) {
  std::ifstream file(CALANDO_GOLDEN "/contrastive.json");
  const auto golden = nlohmann::json::parse(file);
  ASSERT_EQ(golden["cases"].size(), 6U);
  for (const auto& one : golden["cases"]) compare(one);
}

Rows random_rows(std::size_t count, std::uint32_t part) {
  const cpu::Random random(23, cpu::Purpose::test, part);
  Rows rows;
  for (std::size_t i = 0; i < count; ++i)
    rows.push_back(static_cast<float>(std::floor(random.uniform(i) * 256) / 64 - 2));
  return rows;
}

/// The slope of a loss along one number, by differences over two steps: the error is of the order of step^4.
template <class Loss>
double slope(Rows& rows, std::size_t k, const Loss& loss) {
  const float x = rows[k];
  const auto difference = [&](float step) {
    rows[k] = x + step;
    const double above = loss();
    rows[k] = x - step;
    const double below = loss();
    rows[k] = x;
    return (above - below) / (2 * static_cast<double>(step));
  };
  return (4 * difference(0x1p-11F) - difference(0x1p-10F)) / 3;
}

constexpr double kSlopeTolerance =
    1e-6;  // rounding of the gradients to float, and step^4 times a fifth derivative

TEST(Contrastive, GradientsAreSlopes) {
  constexpr std::size_t dimension = 5;
  Rows a = random_rows(20, 1), b = random_rows(20, 2), c = random_rows(20, 3);
  Rows da(20), db(20), dc(20);
  const std::vector<std::int8_t> targets = {1, -1, -1, 1};
  const std::vector<std::int64_t> labels = {3, 3, 5, 3};
  const auto check = [&](const auto& with_gradients, const auto& loss) {
    da.assign(20, 0), db.assign(20, 0), dc.assign(20, 0);
    EXPECT_EQ(with_gradients(), loss());
    for (std::size_t k = 0; k < 20; ++k) {
      EXPECT_NEAR(da[k], slope(a, k, loss), kSlopeTolerance);
      EXPECT_NEAR(db[k], slope(b, k, loss), kSlopeTolerance);
      EXPECT_NEAR(dc[k], slope(c, k, loss), kSlopeTolerance);
    }
  };
  check(
      [&] {
        return cosine_embedding_loss({a, da}, {b, db}, dimension, targets, -0.5);
      },
      [&] { return cosine_embedding_loss({a}, {b}, dimension, targets, -0.5); });
  check(
      [&] {
        return triplet_loss({a, da}, {b, db}, {c, dc}, dimension, 2.5);
      },
      [&] { return triplet_loss({a}, {b}, {c}, dimension, 2.5); });
  check(
      [&] {
        return info_nce_loss({a, da}, {b, db}, dimension, 0.5);
      },
      [&] { return info_nce_loss({a}, {b}, dimension, 0.5); });
  check(
      [&] {
        return info_nce_loss({a, da}, {b, db}, dimension, 0.5, labels, labels);
      },
      [&] { return info_nce_loss({a}, {b}, dimension, 0.5, labels, labels); });
  check([&] { return nt_xent_loss({a, da}, dimension); }, [&] { return nt_xent_loss({a}, dimension); });
  check(
      [&] {
        return nt_xent_loss({a, da}, dimension, 0.5, labels);
      },
      [&] { return nt_xent_loss({a}, dimension, 0.5, labels); });
}

// exp(1 / 0.0005) is beyond doubles.
TEST(Contrastive, SmallTemperaturesDoNotOverflow) {
  const Rows rows = {1, 0, 0, 1}, turned = {0, 1, 1, 0};
  Rows gradient(4);
  EXPECT_EQ(info_nce_loss({rows, gradient}, {rows}, 2, 0.0005), 0);
  EXPECT_EQ(gradient, Rows(4, 0));
  EXPECT_EQ(info_nce_loss({rows}, {turned}, 2, 0.0005), 2000);
}

TEST(Contrastive, ScalesOfFloat32DoNotMatter) {
  const Rows a = {1, 2, 3, 4, -1, 2}, b = {2, 1, 0, 4, 1, 2};
  Rows huge = a, tiny = b;
  for (float& x : huge) x = std::ldexp(x, 120);
  for (float& x : tiny) x = std::ldexp(x, -140);
  EXPECT_EQ(info_nce_loss({huge}, {tiny}, 3), info_nce_loss({a}, {b}, 3));
}

TEST(Contrastive, ZeroRowsHaveNoGradient) {
  const Rows a = {0, 0, 1, 2}, b = {1, 0, 0, 0};
  Rows da(4, 7), db(4, 7);
  EXPECT_EQ(cosine_embedding_loss({a, da}, {b, db}, 2, std::vector<std::int8_t>{1, 1}), 1);
  EXPECT_EQ(da, Rows(4, 0));
  EXPECT_EQ(db, Rows(4, 0));
  EXPECT_NEAR(info_nce_loss({a, da}, {b, db}, 2),
              (std::log(2.0) + std::log1p(std::exp(10 / std::sqrt(5.0)))) / 2, 1e-14);
  for (const float x : da) EXPECT_TRUE(std::isfinite(x));
}

TEST(Contrastive, NotFiniteGivesNan) {
  const Rows good = {1, 2, 3, 4};
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    const Rows rows = {1, bad, 3, 4};
    Rows gradient(4);
    EXPECT_TRUE(std::isnan(info_nce_loss({rows, gradient}, {good}, 2)));
    EXPECT_TRUE(std::isnan(gradient[0]));
    EXPECT_TRUE(std::isnan(info_nce_loss({good}, {rows}, 2)));
    EXPECT_TRUE(std::isnan(nt_xent_loss({rows}, 2)));
    EXPECT_TRUE(std::isnan(triplet_loss({good}, {rows}, {good}, 2)));
    EXPECT_TRUE(std::isnan(triplet_loss({good}, {good}, {rows}, 2)));
    EXPECT_TRUE(std::isnan(cosine_embedding_loss({good}, {rows}, 2, std::vector<std::int8_t>{-1, -1})));
  }
}

TEST(Contrastive, QueriesWithoutAPositiveAreLeftOut) {
  const Rows q = {1, 0, 0, 1}, k = {1, 1, 2, -1};
  const std::vector<std::int64_t> labels = {4, 9}, keys = {4, 5};
  Rows gradient(4);
  const double loss = info_nce_loss({q, gradient}, {k}, 2, 0.1, labels, keys);
  EXPECT_EQ(loss, info_nce_loss({Rows{1, 0}}, {k}, 2, 0.1, std::vector<std::int64_t>{4}, keys));
  EXPECT_EQ(gradient[2], 0);
  EXPECT_EQ(gradient[3], 0);
}

TEST(Contrastive, RefusesWhatDoesNotFit) {
  const Rows four = {1, 2, 3, 4}, six = {1, 2, 3, 4, 5, 6};
  Rows three(3);
  const std::vector<std::int8_t> targets = {1, 0};
  const std::vector<std::int64_t> labels = {1};
  EXPECT_THROW(triplet_loss({four}, {four}, {six}, 2), UsageError);
  EXPECT_THROW(triplet_loss({four}, {four}, {four}, 3), UsageError);
  EXPECT_THROW(triplet_loss({four, three}, {four}, {four}, 2), UsageError);
  EXPECT_THROW(cosine_embedding_loss({four}, {four}, 2, targets), UsageError);
  EXPECT_THROW(info_nce_loss({four}, {six}, 2), UsageError);
  EXPECT_THROW(info_nce_loss({four}, {four}, 2, 0), UsageError);
  EXPECT_THROW(info_nce_loss({four}, {four}, 2, 0.1, labels, labels), UsageError);
  EXPECT_THROW(nt_xent_loss({six}, 2), UsageError);
}

TEST(Contrastive, ExponentialAndLogarithm) {
  for (double x = 0; x > -750; x -= 0.37)
    EXPECT_NEAR(similarity::exp_of_negative(x), std::exp(x), 4 * 0x1p-53 * std::exp(x) + 5e-324);
  EXPECT_EQ(similarity::exp_of_negative(0), 1);
  for (double x = 1; x < 1e12; x *= 1.0173)
    EXPECT_NEAR(similarity::log_from_one(x), std::log(x), 4 * 0x1p-53 * std::log(x) + 0x1p-53);
  EXPECT_EQ(similarity::log_from_one(1), 0);
}

}  // namespace
}  // namespace calando
