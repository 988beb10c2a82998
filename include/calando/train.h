// SPDX-License-Identifier: MIT
// Training from a data file, and the model that comes out of it.
//
//   TrainOptions options;
//   options.data.path = "prices.csv";
//   options.data.target = "price";
//   options.out = "runs/price";
//   TrainResult result = train(options);
//
//   Model model = Model::load("runs/price");
//   std::vector<float> answer = model.predict(row);
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "calando/data_options.h"
#include "calando/schedule.h"

namespace calando {

/// Everything that decides what a run computes, and where it is written. Texts are those of the command line.
struct TrainOptions {
  DataOptions data;
  std::string out;         // the run's folder
  bool overwrite = false;  // replace a run that is there
  bool resume = false;     // continue it

  std::string model;  // empty: softmax, or linear for a regression
  std::string optimizer = "adam";
  std::string schedule;  // empty: cosine(usual_rate(), 0, 100%), unless the optimizer says lr=
  std::optional<StepUnit>
      schedule_per;  // what one t of the schedule is; none: what its text says itself, else an update
  std::string
      plateau;  // a controller that lowers the rate by the losses: plateau(factor=0.5, patience=3); empty: none
  std::vector<std::string>
      groups;  // "PATTERN: option=value, ..."; the first that fits a parameter's name wins

  std::string states;  // what the optimizer's moments are stored in: f32 (empty), bf16, bits8

  std::int64_t epochs = 10;
  std::int64_t steps = 0;  // stop after that many updates; 0: epochs decide
  std::int64_t batch = 128;
  std::int64_t accumulate = 1;  // batches an update
  std::uint64_t seed = 1;
  double clip = 0;            // largest global norm of the gradient; 0: none
  double average = 0;         // decay of the exponential average of the weights that is the model; 0: none
  std::int64_t patience = 0;  // epochs without a better validation loss before the run stops; 0: never
  std::vector<std::string> class_weights;  // "name=weight", or "balanced"

  int threads = 0;                 // 0: all processors; changes no result
  double checkpoint_seconds = 60;  // beside those at the end of each epoch; changes no result
  std::int64_t log_every = 0;      // updates between lines of the log; 0: about 25 lines an epoch
  std::string command;             // for the report
};

enum class TrainStatus { finished, already_finished, diverged, interrupted };

struct TrainResult {
  TrainStatus status = TrainStatus::finished;
  std::vector<std::pair<std::string, double>>
      metrics;         // train_loss, test_accuracy, ..., in the order to print
  std::string report;  // path, empty where none was written
};

/// Where a run stands, after each update.
struct TrainProgress {
  Step step = 0;           // updates done
  Step steps = 0;          // updates in all
  std::int64_t epoch = 0;  // from 0
  std::int64_t epochs = 0;
  double loss = 0;  // mean over the epoch so far
  double rate = 0;
  double rows_per_second = 0;
  double seconds_left = 0;
  std::string metric;  // "validation_accuracy 0.8931", of the last epoch that has one
};

/// Told what happens, by the thread that trains. Every function may be left as it is.
class TrainObserver {
 public:
  virtual ~TrainObserver() = default;
  /// What was understood of the data, and what will be done: name, value.
  virtual void understood(const std::vector<std::pair<std::string, std::string>>&) {}
  virtual void warning(const std::string&) {}
  /// Something that happened: a rollback, an early stop, a resume.
  virtual void event(const std::string&) {}
  virtual void progress(const TrainProgress&) {}
  virtual void epoch(const TrainProgress&) {}
  /// Asked after each update: true saves a checkpoint and ends the run.
  virtual bool interrupted() { return false; }
};

/// Trains, and writes the run's folder: log.jsonl, checkpoints, model.safetensors, report.html.
///
/// Error:   the same bytes in model.safetensors for any number of threads, and for a run that was interrupted and resumed
/// Throws:  UsageError, DataError, RunError
TrainResult train(const TrainOptions& options, TrainObserver& observer);
TrainResult train(const TrainOptions& options);

/// A trained model.
class Model {
 public:
  /// Reads a run's folder, or the path of a model.safetensors.
  ///
  /// Throws:  DataError where it is not one.
  static Model load(const std::string& path);
  ~Model();
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;

  /// Names of the features in the order in which predict() takes them.
  const std::vector<std::string>& features() const;
  /// Names of the classes; empty for a regression.
  const std::vector<std::string>& classes() const;
  /// The words of a categorical feature in the order of their indices; empty for a numeric one.
  const std::vector<std::string>& categories(std::size_t feature) const;

  /// One value a row for a regression; classes().size() probabilities a row for a classification.
  ///
  /// Shapes:  rows: any number of rows x features().size(), row-major
  /// Units:   the data's own: pixels from 0 to 255, a table's numbers, NaN where missing; of a categorical feature the index
  ///          of its category as the training data first showed them, NaN or -1 where missing
  /// Error:   the bits of a row do not depend on the others
  /// Throws:  UsageError where the size is not whole rows, a value is infinite, or no category has such an index
  ///
  /// Runs on the calling thread; several threads may call it at once.
  std::vector<float> predict(std::span<const float> rows) const;

 private:
  struct State;
  explicit Model(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace calando
