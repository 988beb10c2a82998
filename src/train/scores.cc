// SPDX-License-Identifier: MIT
#include "src/train/scores.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace calando::training {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Worse is more confident; of equally confident ones the earlier.
bool worse(const WrongRow& a, const WrongRow& b) {
  return a.probability != b.probability ? a.probability > b.probability : a.row < b.row;
}

double mean_of(double sum, std::size_t count) { return count == 0 ? kNaN : sum / static_cast<double>(count); }

}  // namespace

std::int32_t most_likely(std::span<const float> probabilities) noexcept {
  std::size_t best = 0;
  for (std::size_t c = 0; c < probabilities.size(); ++c) {
    if (std::isnan(probabilities[c])) return -1;
    if (probabilities[c] > probabilities[best]) best = c;
  }
  return static_cast<std::int32_t>(best);
}

ClassificationScores::ClassificationScores(std::size_t classes)
    : classes_(classes), confusion_(classes * classes) {}

void ClassificationScores::add(std::span<const float> probabilities, std::int32_t label) {
  const std::size_t row = rows_++;
  loss_ -= std::log(static_cast<double>(probabilities[static_cast<std::size_t>(label)]));
  const std::int32_t predicted = most_likely(probabilities);
  if (predicted < 0) return;  // NaN: wrong, in no cell; the loss is NaN
  const float confidence = probabilities[static_cast<std::size_t>(predicted)];
  ++confusion_[static_cast<std::size_t>(label) * classes_ + static_cast<std::size_t>(predicted)];
  Bin& bin = bins_[std::min(kBins - 1, static_cast<std::size_t>(confidence * static_cast<float>(kBins)))];
  bin.rows += 1;
  bin.confidence += static_cast<double>(confidence);
  if (predicted == label) {
    ++right_;
    bin.right += 1;
    return;
  }
  worst_.push_back({row, label, predicted, confidence});
  std::push_heap(worst_.begin(), worst_.end(), worse);
  if (worst_.size() <= kWorst) return;
  std::pop_heap(worst_.begin(), worst_.end(), worse);
  worst_.pop_back();
}

double ClassificationScores::accuracy() const { return mean_of(static_cast<double>(right_), rows_); }
double ClassificationScores::log_loss() const { return mean_of(loss_, rows_); }

std::vector<WrongRow> ClassificationScores::worst() const {
  std::vector<WrongRow> sorted = worst_;
  std::sort(sorted.begin(), sorted.end(), worse);
  return sorted;
}

void RegressionScores::add(float predicted, float truth) {
  predicted_.push_back(static_cast<double>(predicted));
  truth_.push_back(static_cast<double>(truth));
}

double RegressionScores::rmse() const {
  double sum = 0;
  for (std::size_t i = 0; i < rows(); ++i) sum += (predicted_[i] - truth_[i]) * (predicted_[i] - truth_[i]);
  return std::sqrt(mean_of(sum, rows()));
}

double RegressionScores::mae() const {
  double sum = 0;
  for (std::size_t i = 0; i < rows(); ++i) sum += std::abs(predicted_[i] - truth_[i]);
  return mean_of(sum, rows());
}

double RegressionScores::r2() const {
  const double mean = mean_of(std::accumulate(truth_.begin(), truth_.end(), 0.0), rows());
  double around = 0;
  for (const double value : truth_) around += (value - mean) * (value - mean);
  const double error = rmse();
  return around > 0 ? 1 - error * error * static_cast<double>(rows()) / around : kNaN;
}

Metrics metrics_of(const ClassificationScores& scores, const std::string& prefix) {
  return {{prefix + "accuracy", scores.accuracy()}, {prefix + "loss", scores.log_loss()}};
}

Metrics metrics_of(const RegressionScores& scores, const std::string& prefix) {
  return {{prefix + "rmse", scores.rmse()}, {prefix + "mae", scores.mae()}, {prefix + "r2", scores.r2()}};
}

}  // namespace calando::training
