// SPDX-License-Identifier: MIT
// All that an update changes: the network's weights and the optimizer's state.
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

  /// The weights that are the model: those that the optimizer evaluates with.
  Weights model_weights() const;

  /// Calls f() while the network holds the model's weights.
  template <class F>
  auto with_model(F&& f) {
    if (!optimizer_.averages()) return f();
    const Weights trained = weights_of(network_);
    set_weights(network_, model_weights());
    const auto result = f();
    set_weights(network_, trained);
    return result;
  }

 private:
  /// Fills the gradients and returns the sum of the losses.
  double gradients(std::span<const std::uint32_t> rows, double weight, std::uint32_t epoch);

  Network& network_;
  const DataPart& data_;
  const RunPlan& plan_;
  std::uint64_t seed_;
  std::shared_ptr<cpu::Team> team_;
  Optimizer optimizer_;
};

}  // namespace calando::training
