// SPDX-License-Identifier: MIT
// What a network is to predict, learnt from the training rows' targets.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "src/train/data_set.h"
#include "src/train/raw_data.h"

namespace calando::training {

/// Words, or at most this many different whole numbers, are classes.
inline constexpr std::size_t kMostDetectedClasses = 20;

/// Sets task, target and classes. The classes are in the order of their numbers, or of their words' bytes.
///
/// Shapes:  rows: numbers of rows that have a target
/// Throws:  UsageError: a regression of words; DataError: one class only, or more than can be told apart
void learn_target(const RawData& data, std::span<const std::uint32_t> rows, std::optional<Task> task,
                  Preprocessing& model);

/// The mean and deviation of a regression's target.
void learn_target_scale(const RawTarget& target, std::span<const std::uint32_t> rows, Preprocessing& model);

/// The label of a row's target, -1 where training never showed it; a table for many rows.
class LabelFinder {
 public:
  LabelFinder(const Preprocessing& model, const RawTarget& target);
  std::int32_t operator()(std::size_t row) const;

 private:
  const RawTarget& target_;
  std::vector<double> numbers_;         // of the classes, ascending
  std::vector<std::int32_t> label_of_;  // by the target's code
};

/// Fills labels, or values and scaled, of a part whose rows these are.
///
/// Throws:  DataError with the place: a label never seen in training
void fill_targets(const RawData& data, std::span<const std::uint32_t> rows, const Preprocessing& model,
                  DataPart& part);

}  // namespace calando::training
