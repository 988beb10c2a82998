// SPDX-License-Identifier: MIT
#include "src/train/evaluation.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace calando::training {
namespace {

constexpr std::size_t kRowsAtOnce = 16'384;  // so that predictions of millions of rows need no memory

double squared(float a, float b) { return std::pow(static_cast<double>(a) - static_cast<double>(b), 2); }

}  // namespace

float in_own_units(const Preprocessing& preprocessing, float predicted) {
  return static_cast<float>(static_cast<double>(predicted) * preprocessing.target_deviation +
                            preprocessing.target_mean);
}

Metrics Evaluation::metrics(const std::string& prefix) const {
  if (classification) return metrics_of(*classification, prefix);
  Metrics metrics = metrics_of(*regression, prefix);
  metrics.emplace_back(prefix + "loss",
                       loss);  // in the units of the training loss, so that the two can be compared
  return metrics;
}

Evaluation evaluate(cpu::Team& team, const Network& network, const Preprocessing& preprocessing,
                    const DataPart& part) {
  Evaluation evaluation;
  const bool classes = preprocessing.task == Task::classification;
  if (classes) evaluation.classification.emplace(preprocessing.classes.size());
  if (!classes) evaluation.regression.emplace();
  const std::size_t outputs = network.outputs();
  std::vector<std::uint32_t> rows(std::min(kRowsAtOnce, part.rows()));
  std::vector<float> predicted(rows.size() * outputs);
  double squares = 0;
  for (std::size_t first = 0; first < part.rows(); first += rows.size()) {
    rows.resize(std::min(kRowsAtOnce, part.rows() - first));
    std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(first));
    network.predict(team, *part.features, rows, predicted.data());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (classes) {
        evaluation.classification->add({&predicted[i * outputs], outputs}, part.labels[first + i]);
      } else {
        squares += squared(predicted[i], part.scaled[first + i]);
        evaluation.regression->add(in_own_units(preprocessing, predicted[i]), part.values[first + i]);
      }
    }
  }
  evaluation.loss =
      classes ? evaluation.classification->log_loss() : squares / static_cast<double>(part.rows());
  return evaluation;
}

}  // namespace calando::training
