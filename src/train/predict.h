// SPDX-License-Identifier: MIT
// Predictions for the rows of a file, some at a time, and how good they are where the file knows better.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/cpu/threads.h"
#include "src/train/raw_data.h"
#include "src/train/saved_model.h"
#include "src/train/scores.h"
#include "src/train/target.h"

namespace calando::training {

struct PredictedRow {
  std::string_view label;                // of a classification, else empty
  float value = 0;                       // of a regression
  std::span<const float> probabilities;  // of a classification, by class
};

class Predictor {
 public:
  /// A run's folder, and rows in any format that train reads; "-" is standard input.
  ///
  /// Throws:  DataError
  Predictor(const std::string& model, const std::string& data, cpu::Team& team);

  const std::vector<std::string>& classes() const { return model_.preprocessing.classes; }

  /// Predicts the next rows and calls use for each in order; false where none are left. From a pipe: those that have arrived.
  bool next(const std::function<void(const PredictedRow&)>& use);

  /// Of the rows that have a target so far; none where there are none.
  Metrics metrics() const;
  /// What a reader of the predictions should know: values that were missing, words and labels that training never showed.
  std::vector<std::string> notes() const;

 private:
  void score(std::span<const float> predictions);
  void score_class(const LabelFinder& label_of, std::size_t row, std::span<const float> probabilities);

  SavedModel model_;
  cpu::Team& team_;
  std::unique_ptr<RawReader> reader_;
  RawData data_;  // the rows of the last next()
  std::optional<ClassificationScores> classification_;
  RegressionScores regression_;
  std::size_t missing_ = 0;
  std::size_t unknown_words_ = 0;
  std::size_t unknown_labels_ = 0;
  std::string first_unknown_label_;
};

}  // namespace calando::training
