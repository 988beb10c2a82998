// SPDX-License-Identifier: MIT
// How good predictions are: sums over rows in their order, so the same for any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace calando::training {

/// A wrongly classified row.
struct WrongRow {
  std::size_t row = 0;
  std::int32_t truth = 0;
  std::int32_t predicted = 0;
  float probability = 0;  // given to `predicted`
};

/// The class of the largest probability; of equal ones the first. -1 where one is not a number.
std::int32_t most_likely(std::span<const float> probabilities) noexcept;

class ClassificationScores {
 public:
  explicit ClassificationScores(std::size_t classes);

  /// Shapes:  probabilities: classes; rows come in their order
  void add(std::span<const float> probabilities, std::int32_t label);

  std::size_t rows() const { return rows_; }
  double accuracy() const;
  /// Mean of -log of the probability of the true class.
  double log_loss() const;
  /// true class x predicted class, row-major
  const std::vector<std::uint64_t>& confusion() const { return confusion_; }
  /// Up to kWorst wrong rows, the most confident first, of equal ones the earlier row.
  std::vector<WrongRow> worst() const;

  static constexpr std::size_t kWorst = 48;
  static constexpr std::size_t kBins = 10;
  struct Bin {
    double confidence = 0;  // sums over rows
    double right = 0;
    double rows = 0;
  };
  /// Rows by the probability of the predicted class, in ten equal ranges.
  const std::vector<Bin>& calibration() const { return bins_; }

 private:
  std::size_t classes_;
  std::size_t rows_ = 0;
  std::uint64_t right_ = 0;
  double loss_ = 0;
  std::vector<std::uint64_t> confusion_;
  std::vector<WrongRow> worst_;  // a heap, its least bad in front
  std::vector<Bin> bins_ = std::vector<Bin>(kBins);
};

class RegressionScores {
 public:
  void add(float predicted, float truth);

  std::size_t rows() const { return truth_.size(); }
  double rmse() const;
  double mae() const;
  /// 1 - squared error / squared deviation from the mean; NaN where the truth does not vary.
  double r2() const;
  const std::vector<double>& truth() const { return truth_; }
  const std::vector<double>& predicted() const { return predicted_; }

 private:
  std::vector<double> truth_;
  std::vector<double> predicted_;
};

/// Name and value, the most important first; each name begins with `prefix`.
using Metrics = std::vector<std::pair<std::string, double>>;
Metrics metrics_of(const ClassificationScores& scores, const std::string& prefix);
Metrics metrics_of(const RegressionScores& scores, const std::string& prefix);

}  // namespace calando::training
