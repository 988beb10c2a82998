// SPDX-License-Identifier: MIT
// Training: losses, scores, averages, and what stops a run.
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "calando/error.h"
#include "calando/optimizer.h"
#include "src/cards/library.h"
#include "src/train/activation.h"
#include "src/train/guard.h"
#include "src/train/network_rows.h"
#include "src/train/report.h"
#include "src/train/row_kernels.h"
#include "src/train/scores.h"

namespace calando::cards {
namespace {

std::vector<float> floats(const std::vector<double>& list) { return {list.begin(), list.end()}; }

std::size_t index_in(Given& given, std::size_t size) {
  const std::int64_t i = given.whole();
  if (i < 0 || static_cast<std::size_t>(i) >= size) {
    throw UsageError(
        fmt::format("{}: index {}, expected 0 to {}", given.name(), i, size == 0 ? 0 : size - 1));
  }
  return static_cast<std::size_t>(i);
}

double probability(Given& given) {
  std::vector<float> z = floats(given.list());
  const std::size_t i = index_in(given, z.size());
  training::softmax(z);
  return z[i];
}

/// [scores], label[, smoothing]
double cross_entropy(Given& given) {
  std::vector<float> z = floats(given.list());
  const auto label = static_cast<std::int32_t>(index_in(given, z.size()));
  return training::classification_loss(z, label, 1, given.more() ? given.number() : 0, 1);
}

double cross_entropy_gradient(Given& given) {
  std::vector<float> z = floats(given.list());
  const auto label = static_cast<std::int32_t>(index_in(given, z.size()));
  const std::size_t i = index_in(given, z.size());
  training::classification_loss(z, label, 1, 0, 1);
  return z[i];
}

/// [values], decay: the exponential average after all of them
double averaged(Given& given) {
  const std::vector<float> values = floats(given.list());
  RuleOptions rule = Sgd{};
  rule.wrappers.emplace_back(Ema{given.number()});
  float now = 0, gradient = 0, average = 0;
  Optimizer optimizer(rule,
                      {{.name = "w", .values = std::span(&now, 1), .gradients = std::span(&gradient, 1)}},
                      {.threads = 1});
  for (const float value : values) {
    now = value;
    optimizer.step(0);
  }
  optimizer.evaluated(0, std::span(&average, 1));
  return average;
}

/// [gradients], largest norm, i: the i-th gradient as the step sees it
double clipped(Given& given) {
  const std::vector<float> gradients = floats(given.list());
  OptimizerOptions options;
  options.clip = given.number();
  options.threads = 1;
  std::vector<float> values(gradients.size(), 0.0F);
  Optimizer optimizer(Sgd{}, {{.name = "w", .values = std::span(values), .gradients = std::span(gradients)}},
                      options);
  optimizer.step(1);
  return -values[index_in(given, values.size())];
}

training::ClassScore class_score(Given& given) {
  const std::vector<double>& list = given.list();
  const auto classes = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(list.size()))));
  const std::vector<std::uint64_t> confusion(list.begin(), list.end());
  return training::class_scores(classes, confusion).at(index_in(given, classes));
}
double precision(Given& given) { return class_score(given).precision; }
double recall(Given& given) { return class_score(given).recall; }
double f1(Given& given) { return class_score(given).f1; }

training::RegressionScores regression(Given& given) {
  const std::vector<double>& predicted = given.list();
  const std::vector<double>& truth = given.list();
  if (predicted.size() != truth.size()) throw UsageError("scores: as many predictions as truths are needed");
  training::RegressionScores scores;
  for (std::size_t i = 0; i < truth.size(); ++i)
    scores.add(static_cast<float>(predicted[i]), static_cast<float>(truth[i]));
  return scores;
}
double rmse(Given& given) { return regression(given).rmse(); }
double mae(Given& given) { return regression(given).mae(); }
double r2(Given& given) { return regression(given).r2(); }

/// [validation losses], patience: epochs until the run stops
double stopping_epoch(Given& given) {
  const std::vector<double>& losses = given.list();
  const std::int64_t patience = given.whole();
  training::EarlyStop stop;
  for (std::size_t epoch = 0; epoch < losses.size(); ++epoch) {
    stop.improves(losses[epoch], static_cast<std::int64_t>(epoch));
    if (stop.epochs_since >= patience) return static_cast<double>(epoch + 1);
  }
  return static_cast<double>(losses.size());
}

double best_epoch(Given& given) {
  training::EarlyStop stop;
  std::int64_t epoch = 0;
  for (const double loss : given.list()) stop.improves(loss, epoch++);
  return static_cast<double>(stop.best_epoch + 1);
}

double activated(Given& given) {
  const std::string& name = given.text();
  const auto x = static_cast<float>(given.number());
  if (name == "relu") return training::Relu::value(x);
  if (name == "tanh") return training::Tanh::value(x);
  if (name == "gelu") return training::Gelu::value(x);
  throw UsageError(fmt::format("activation: no \"{}\"", name));
}

constexpr std::array<Computation, 14> kComputations = {{
    {"probability", "[scores], i", "softmax of the scores, its i-th", probability},
    {"cross_entropy", "[scores], label[, smoothing]", "the loss of one row", cross_entropy},
    {"cross_entropy_gradient", "[scores], label, i", "its slope along the i-th score",
     cross_entropy_gradient},
    {"averaged", "[values], decay", "their exponential average", averaged},
    {"clipped", "[gradients], largest_norm, i", "the i-th gradient after clipping", clipped},
    {"precision", "[confusion], class", "of a confusion matrix, true class by predicted", precision},
    {"recall", "[confusion], class", "of a confusion matrix, true class by predicted", recall},
    {"f1", "[confusion], class", "harmonic mean of both", f1},
    {"rmse", "[predicted], [truth]", "root of the mean squared error", rmse},
    {"mae", "[predicted], [truth]", "mean absolute error", mae},
    {"r2", "[predicted], [truth]", "share of the variance that is explained", r2},
    {"stopping_epoch", "[losses], patience", "the epoch after which a run stops", stopping_epoch},
    {"best_epoch", "[losses]", "the epoch with the lowest loss", best_epoch},
    {"activation", "\"relu|tanh|gelu\", x", "of a hidden unit", activated},
}};

}  // namespace

std::span<const Computation> training_computations() { return kComputations; }

}  // namespace calando::cards
