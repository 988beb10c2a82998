// SPDX-License-Identifier: MIT
#include "src/train/predict.h"

#include <fmt/format.h>

#include <numeric>

#include "src/io/csv_cells.h"
#include "src/train/data_choices.h"
#include "src/train/data_files.h"
#include "src/train/evaluation.h"

namespace calando::training {
namespace {

std::size_t sum(const std::vector<std::size_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::size_t{0});
}

std::string_view class_of(const Preprocessing& model, std::span<const float> probabilities) {
  const std::int32_t label = most_likely(probabilities);
  return label < 0 ? std::string_view("nan") : model.classes[static_cast<std::size_t>(label)];
}

}  // namespace

Predictor::Predictor(const std::string& model, const std::string& data, cpu::Team& team)
    : model_(load_saved_model(model)), team_(team) {
  reader_ = open_rows(data_path(data), model_.preprocessing, team);
  if (model_.preprocessing.task == Task::classification) classification_.emplace(classes().size());
}

bool Predictor::next(const std::function<void(const PredictedRow&)>& use) {
  if (!reader_->next(data_)) return false;
  const Preprocessing& p = model_.preprocessing;
  std::vector<std::uint32_t> rows(data_.rows->rows);
  std::iota(rows.begin(), rows.end(), 0U);
  const auto features = make_features(data_.rows, rows, p);
  const std::size_t outputs = p.outputs();
  std::vector<float> predictions(rows.size() * outputs);
  model_.network->predict(team_, *features, rows, predictions.data());
  if (p.task == Task::regression) {
    for (float& x : predictions) x = in_own_units(p, x);
  }
  if (data_.target) score(predictions);
  missing_ += sum(data_.missing);
  unknown_words_ += sum(data_.unknown);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::span<const float> own(&predictions[row * outputs], outputs);
    use(classification_ ? PredictedRow{class_of(p, own), 0, own} : PredictedRow{{}, own[0], {}});
  }
  return true;
}

void Predictor::score(std::span<const float> predictions) {
  const RawTarget& target = *data_.target;
  const LabelFinder label_of(model_.preprocessing, target);
  const std::size_t outputs = model_.preprocessing.outputs();
  for (std::size_t row = 0; row < data_.rows->rows; ++row) {
    if (!target.has(row)) continue;
    if (classification_) {
      score_class(label_of, row, predictions.subspan(row * outputs, outputs));
    } else {
      regression_.add(predictions[row], static_cast<float>(target.numbers[row]));
    }
  }
}

void Predictor::score_class(const LabelFinder& label_of, std::size_t row,
                            std::span<const float> probabilities) {
  const std::int32_t label = label_of(row);
  if (label >= 0) return classification_->add(probabilities, label);
  if (unknown_labels_++ > 0) return;
  first_unknown_label_ = fmt::format("{}: {}", data_.place_of(row), io::shown(data_.target->text_of(row)));
}

Metrics Predictor::metrics() const {
  if (classification_ && classification_->rows() > 0) return metrics_of(*classification_, "");
  if (!classification_ && regression_.rows() > 0) return metrics_of(regression_, "");
  return {};
}

std::vector<std::string> Predictor::notes() const {
  std::vector<std::string> notes;
  if (missing_ > 0)
    notes.push_back(
        fmt::format("{} cells have no value: numbers were taken as the training data's mean", missing_));
  if (unknown_words_ > 0)
    notes.push_back(fmt::format("{} cells hold words that training never showed", unknown_words_));
  if (unknown_labels_ > 0) {
    notes.push_back(
        fmt::format("{} rows have a label that training never showed, first {}; they are in no metric",
                    unknown_labels_, first_unknown_label_));
  }
  return notes;
}

}  // namespace calando::training
