// SPDX-License-Identifier: MIT
#include "src/train/network.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "src/cpu/random.h"
#include "src/train/activation.h"
#include "src/train/network_rows.h"

namespace calando::training {
namespace {

struct Rows : Features {
  Rows(std::size_t rows, std::size_t inputs, std::uint64_t seed)
      : count(rows), width(inputs), values(rows * inputs) {
    const cpu::Random random(seed, cpu::Purpose::test);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(2 * random.uniform(i) - 1);
  }
  std::size_t rows() const noexcept override { return count; }
  std::size_t inputs() const noexcept override { return width; }
  void gather(std::span<const std::uint32_t> numbers, float* out) const noexcept override {
    for (const std::uint32_t row : numbers) out = std::copy_n(&values[row * width], width, out);
  }
  std::size_t count, width;
  std::vector<float> values;
};

std::vector<std::uint32_t> all_rows(std::size_t count) {
  std::vector<std::uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

struct Case {
  const char* model;
  Task task;
  std::vector<float> class_weights;
};

struct EveryNetwork : testing::TestWithParam<Case> {
  static constexpr std::size_t kRows = 70, kInputs = 9;
  EveryNetwork() : features(kRows, kInputs, 3), rows(all_rows(kRows)) {
    for (std::size_t i = 0; i < kRows; ++i) labels.push_back(static_cast<std::int32_t>(i * 7 % 3));
    for (std::size_t i = 0; i < kRows; ++i) values.push_back(std::sin(static_cast<float>(i)));
  }
  Network make(std::uint64_t seed = 5) const {
    Network network(parse_model(GetParam().model), GetParam().task, kInputs,
                    GetParam().task == Task::regression ? 1 : 3, GetParam().class_weights);
    network.initialise(seed);
    const cpu::Random random(seed, cpu::Purpose::test,
                             1);  // linear and softmax start at 0, where little can go wrong
    std::uint64_t index = 0;
    for (const NamedTensor& tensor : network.parameters()) {
      for (float& value : tensor.values) value += static_cast<float>(random.uniform(index++) - 0.5);
    }
    return network;
  }
  Batch batch() const { return {features, {labels, values}, rows}; }

  Rows features;
  std::vector<std::uint32_t> rows;
  std::vector<std::int32_t> labels;
  std::vector<float> values;
  cpu::Team team{1};
};

TEST_P(EveryNetwork, HasTheGradientOfItsLoss) {
  Network network = make();
  const double total = network.weight(batch());
  network.backward(team, batch(), total, Gradient::replace, {});
  std::vector<std::vector<float>> gradients;
  for (const NamedTensor& tensor : network.parameters())
    gradients.emplace_back(tensor.gradients.begin(), tensor.gradients.end());
  constexpr float kStep = 0x1p-7F;
  const auto tensors = network.parameters();
  for (std::size_t t = 0; t < tensors.size(); ++t) {
    for (std::size_t i = 0; i < tensors[t].values.size(); i += 5) {
      float& value = tensors[t].values[i];
      const float kept = value;
      value = kept + kStep;
      const double above = network.backward(team, batch(), total, Gradient::replace, {}) / total;
      value = kept - kStep;
      const double below = network.backward(team, batch(), total, Gradient::replace, {}) / total;
      value = kept;
      // Central differences are off by step^2 / 6 times a third derivative of order 1, and by a kink of relu within the step.
      EXPECT_NEAR(gradients[t][i], (above - below) / (2 * static_cast<double>(kStep)), 6e-3)
          << tensors[t].name << " " << i;
    }
  }
}

TEST_P(EveryNetwork, HasTheSameBitsForAnyTeam) {
  const auto gradients_with = [&](int threads) {
    cpu::Team several(threads);
    Rows wide(500, 300, 4);
    std::vector<std::int32_t> classes(500, 1);
    std::vector<float> numbers(500, 0.5F);
    const auto numbered = all_rows(500);
    Network network(parse_model(GetParam().model), GetParam().task, 300,
                    GetParam().task == Task::regression ? 1 : 3, GetParam().class_weights);
    network.initialise(1);
    const Batch big{wide, {classes, numbers}, numbered};
    network.backward(several, big, network.weight(big), Gradient::replace, {.seed = 1, .epoch = 2});
    std::vector<float> all;
    for (const NamedTensor& t : network.parameters())
      all.insert(all.end(), t.gradients.begin(), t.gradients.end());
    return all;
  };
  const auto one = gradients_with(1);
  EXPECT_EQ(one, gradients_with(2));
  EXPECT_EQ(one, gradients_with(3));
}

TEST_P(EveryNetwork, PredictsARowTheSameAloneAndAmongOthers) {
  const Network network = make();
  const std::size_t outputs = network.outputs();
  std::vector<float> together(kRows * outputs);
  network.predict(team, features, rows, together.data());
  for (std::uint32_t row = 0; row < kRows; ++row) {
    std::vector<float> alone(outputs);
    network.predict(team, features, std::span(&row, 1), alone.data());
    for (std::size_t c = 0; c < outputs; ++c) EXPECT_EQ(alone[c], together[row * outputs + c]) << row;
  }
}

TEST_P(EveryNetwork, AddsGradientsOfPartsOfABatch) {
  Network network = make();
  const double total = network.weight(batch());
  network.backward(team, batch(), total, Gradient::replace, {});
  std::vector<float> whole;
  for (const NamedTensor& t : network.parameters())
    whole.insert(whole.end(), t.gradients.begin(), t.gradients.end());
  const std::span<const std::uint32_t> all = rows;
  network.backward(team, {features, {labels, values}, all.first(40)}, total, Gradient::replace, {});
  network.backward(team, {features, {labels, values}, all.subspan(40)}, total, Gradient::add, {});
  std::size_t i = 0;
  for (const NamedTensor& t : network.parameters()) {
    for (const float g : t.gradients) EXPECT_NEAR(g, whole[i++], 1e-6);
  }
}

TEST_P(EveryNetwork, ShowsANaN) {
  Network network = make();
  features.values[17 * kInputs] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(network.backward(team, batch(), 1, Gradient::replace, {})));
}

INSTANTIATE_TEST_SUITE_P(
    Models, EveryNetwork,
    testing::Values(Case{"softmax", Task::classification, {}},
                    Case{"softmax(label_smoothing=0.1)", Task::classification, {0.5F, 1, 2}},
                    Case{"mlp(11)", Task::classification, {}},
                    Case{"mlp(11, 6, activation=tanh)", Task::classification, {1, 2, 3}},
                    Case{"mlp(11, 6, activation=gelu, dropout=0.3)", Task::classification, {}},
                    Case{"linear", Task::regression, {}},
                    Case{"mlp(7, activation=tanh)", Task::regression, {}}));

TEST(ClassificationLoss, IsRightByHand) {
  // Equal logits: p = 1/2 each, loss = ln 2 whatever the smoothing; weight 3 of a total of 6.
  std::vector<float> z = {1, 1};
  EXPECT_DOUBLE_EQ(classification_loss(z, 0, 3, 0.5, 6), 3 * (1 + std::log(2.0) - 1));
  EXPECT_FLOAT_EQ(z[0], 0.5F * (0.5F - 0.75F));
  EXPECT_FLOAT_EQ(z[1], 0.5F * (0.5F - 0.25F));
}

TEST(ClassificationLoss, DoesNotOverflow) {
  std::vector<float> z = {1e4F, -1e4F, 0};
  EXPECT_EQ(classification_loss(z, 1, 1, 0, 1), 2e4);
  EXPECT_EQ(z[0], 1);
  EXPECT_EQ(z[1], -1);
}

TEST(DropUnits, KeepsTheShareAndTheScale) {
  std::vector<float> y(80'000, 1.0F), gain(80'000, 2.0F);
  drop_units(0.25, {.seed = 1, .epoch = 0}, 7, 0, y.size(), y.data(), gain.data());
  const auto dropped = static_cast<double>(std::count(y.begin(), y.end(), 0.0F));
  EXPECT_NEAR(dropped, 20'000, 5 * std::sqrt(80'000 * 0.25 * 0.75));
  for (std::size_t i = 0; i < y.size(); ++i) {
    EXPECT_TRUE(y[i] == 0 || y[i] == 65536.0F / 49152);
    EXPECT_EQ(gain[i], 2 * y[i]);
  }
}

TEST(Activations, StayWithinTheirBounds) {
  double worst_exp = 0, worst_tanh = 0, worst_cdf = 0;
  for (int i = -80'000; i <= 80'000; ++i) {
    const float x = static_cast<float>(i) / 1000;
    const auto exact = static_cast<double>(x);
    worst_exp = std::max(worst_exp, std::abs(static_cast<double>(exp_clamped(x)) / std::exp(exact) - 1));
    if (i != 0)
      worst_tanh = std::max(worst_tanh, std::abs(static_cast<double>(tanh_of(x)) / std::tanh(exact) - 1));
    worst_cdf = std::max(
        worst_cdf, std::abs(static_cast<double>(normal_cdf(x)) - 0.5 * std::erfc(-exact / std::sqrt(2.0))));
  }
  EXPECT_LE(worst_exp, 2 * 0x1p-23);
  EXPECT_LE(worst_tanh, 3 * 0x1p-23);
  EXPECT_LE(worst_cdf, 2.5e-7);
}

}  // namespace
}  // namespace calando::training
