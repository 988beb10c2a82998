// SPDX-License-Identifier: MIT
// How a row of a file becomes the inputs of a model: learnt from the training rows, stored with the model.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "src/train/model_options.h"

namespace calando::training {

enum class DataKind { images, table, array, sparse };
constexpr std::array<std::string_view, 4> enum_names(DataKind) {
  return {"images", "table", "array", "sparse"};
}

/// A column as a file has it. Raw rows hold a number for a numeric column, NaN where it is missing; for a categorical one the index
/// of the category, NaN where it is missing, -1 where training never showed it.
struct RawColumn {
  std::string name;
  bool categorical = false;
  std::vector<std::string> categories = {};
  bool has_missing = false;  // in training: then a missing category is a category of its own
  double mean = 0;           // of the training rows, those that have a value
  double deviation = 1;      // 1 where it does not vary; of an image's pixels, that of all

  /// Inputs of the model that it becomes.
  std::size_t inputs() const { return categorical ? categories.size() + (has_missing ? 1 : 0) : 1; }
};

struct Preprocessing {
  DataKind kind = DataKind::table;
  Task task = Task::classification;
  std::string target;                // a column's name, or empty
  bool target_is_text = false;       // its cells are words, not numbers
  std::vector<std::string> classes;  // of a classification, by label
  double target_mean = 0;            // of a regression: the model predicts (target - mean) / deviation
  double target_deviation = 1;
  std::vector<RawColumn> columns;  // of a raw row
  std::size_t image_rows = 0;      // 0: not images
  std::size_t image_columns = 0;
  bool header = true;                      // of a table: its first row names the columns
  std::vector<std::string> missing_words;  // of a table, beside the empty cell

  std::size_t inputs() const;
  std::size_t outputs() const { return task == Task::classification ? classes.size() : 1; }
  /// The names of the inputs: a column's, or "town = Ulm".
  std::vector<std::string> input_names() const;
};

/// One deterministic line of JSON; every number reads back to itself.
std::string to_json(const Preprocessing& preprocessing);
/// Throws:  DataError naming `file`.
Preprocessing preprocessing_from_json(const std::string& file, const std::string& text);

/// Turns raw rows into inputs: numbers standardised, a missing one the mean; categories one input each, 1 or 0.
class RowEncoder {
 public:
  explicit RowEncoder(const Preprocessing& preprocessing);

  std::size_t width() const { return steps_.size(); }
  std::size_t inputs() const { return inputs_; }
  /// Shapes:  raw: width(); out: inputs()
  void encode(const float* raw, float* out) const noexcept;
  /// The same for a row of bytes.
  void encode(const unsigned char* raw, float* out) const noexcept;
  /// What a raw 0 becomes, and the factor of a numeric column: for sparse rows.
  void encode_zeros(float* out) const noexcept;
  float encode_one(std::size_t column, float raw) const noexcept {
    return (raw - mean_[column]) * factor_[column];
  }

 private:
  struct Step {
    std::size_t first;  // input
    std::size_t count;  // of categories' inputs
    bool categorical;
    bool has_missing;
  };
  std::vector<Step> steps_;
  std::vector<float> mean_;  // by column
  std::vector<float> factor_;
  std::size_t inputs_ = 0;
  bool all_numeric_ = true;
};

}  // namespace calando::training
