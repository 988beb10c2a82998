// SPDX-License-Identifier: MIT
// All that an update changes: the network's weights, the optimizer's state, the average of the weights.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "calando/optimizer.h"
#include "src/cpu/threads.h"
#include "src/train/data_set.h"
#include "src/train/network.h"
#include "src/train/run_plan.h"

namespace calando::training {

/// Tensors by the names of Network::parameters().
using Weights = std::map<std::string, std::vector<float>>;

Weights weights_of(Network& network);
void set_weights(Network& network, const Weights& weights);
bool all_finite(Network& network);

/// What an update changes, copied.
struct LearnerState {
  Weights weights;
  Weights average;  // empty where none is kept
  OptimizerState optimizer;
};

struct Update {
  double loss = 0;  // mean over the update's rows, by their weights
  double gradient_norm = 0;
};

class Learner {
 public:
  /// The network, the data and the plan outlive the learner.
  Learner(Network& network, const DataPart& data, const RunPlan& plan, const TrainOptions& options,
          std::shared_ptr<cpu::Team> team);

  /// One update on these rows, in batches of the plan's size.
  Update update(std::span<const std::uint32_t> rows, double rate, std::uint32_t epoch);

  LearnerState state() const;
  void restore(const LearnerState& state);

  /// The weights that are the model: the average where one is kept.
  Weights model_weights() const;

  /// Calls f() while the network holds the model's weights.
  template <class F>
  auto with_model(F&& f) {
    swap_average();
    const auto result = f();
    swap_average();
    return result;
  }

 private:
  void swap_average();

  Network& network_;
  const DataPart& data_;
  const RunPlan& plan_;
  std::uint64_t seed_;
  double decay_;
  std::shared_ptr<cpu::Team> team_;
  Optimizer optimizer_;
  Weights average_;
};

}  // namespace calando::training
