// SPDX-License-Identifier: MIT
// The trained model as a C++ program sees it.
#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "calando/error.h"
#include "calando/train.h"
#include "src/train/evaluation.h"
#include "src/train/saved_model.h"

namespace calando {
namespace {

using training::Preprocessing;
using training::RawColumn;

/// The caller's rows, seen through the model's encoder.
struct CallersRows final : training::Features {
  CallersRows(const training::RowEncoder& seen_through, std::span<const float> given)
      : encoder(seen_through), values(given) {}
  std::size_t rows() const noexcept override { return values.size() / encoder.width(); }
  std::size_t inputs() const noexcept override { return encoder.inputs(); }
  void gather(std::span<const std::uint32_t> numbers, float* out) const noexcept override {
    for (const std::uint32_t row : numbers) {
      encoder.encode(&values[row * encoder.width()], out);
      out += encoder.inputs();
    }
  }
  const training::RowEncoder& encoder;
  std::span<const float> values;
};

bool is_category(const RawColumn& column, float value) {
  return std::isnan(value) || value == -1 ||
         (value >= 0 && value < static_cast<float>(column.categories.size()) && value == std::floor(value));
}

void check(const Preprocessing& p, std::span<const float> rows) {
  const std::size_t width = p.columns.size();
  if (rows.size() % width != 0) {
    throw UsageError(
        fmt::format("predict: {} values, expected whole rows of {} features", rows.size(), width));
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const RawColumn& column = p.columns[i % width];
    if (std::isinf(rows[i])) {
      throw UsageError(fmt::format("predict: row {}, feature \"{}\": {}, expected a finite number", i / width,
                                   column.name, rows[i]));
    }
    if (column.categorical && !is_category(column, rows[i])) {
      throw UsageError(
          fmt::format("predict: row {}, feature \"{}\": {}, expected the index of one of {} categories",
                      i / width, column.name, rows[i], column.categories.size()));
    }
  }
}

}  // namespace

struct Model::State {
  training::SavedModel saved;
  training::RowEncoder encoder;
  std::vector<std::string> features;

  explicit State(training::SavedModel loaded) : saved(std::move(loaded)), encoder(saved.preprocessing) {
    for (const RawColumn& column : saved.preprocessing.columns) features.push_back(column.name);
  }
};

Model::Model(std::unique_ptr<State> state) : state_(std::move(state)) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

Model Model::load(const std::string& path) {
  return Model(std::make_unique<State>(training::load_saved_model(path)));
}

const std::vector<std::string>& Model::features() const { return state_->features; }
const std::vector<std::string>& Model::classes() const { return state_->saved.preprocessing.classes; }

const std::vector<std::string>& Model::categories(std::size_t feature) const {
  const auto& columns = state_->saved.preprocessing.columns;
  if (feature < columns.size()) return columns[feature].categories;
  throw UsageError(fmt::format("categories: feature {}, expected 0 to {}", feature, columns.size() - 1));
}

std::vector<float> Model::predict(std::span<const float> rows) const {
  const Preprocessing& p = state_->saved.preprocessing;
  check(p, rows);
  const CallersRows features(state_->encoder, rows);
  std::vector<std::uint32_t> numbers(features.rows());
  std::iota(numbers.begin(), numbers.end(), 0U);
  std::vector<float> predictions(numbers.size() * p.outputs());
  cpu::Team caller(1);  // so that threads of the caller's may predict with one model at a time
  state_->saved.network->predict(caller, features, numbers, predictions.data());
  if (p.task == training::Task::regression) {
    for (float& x : predictions) x = training::in_own_units(p, x);
  }
  return predictions;
}

}  // namespace calando
