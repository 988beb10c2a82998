// SPDX-License-Identifier: MIT
#include "src/train/learner.h"

#include <algorithm>
#include <cmath>

#include "src/train/average.h"

namespace calando::training {
namespace {

std::vector<Parameter> optimized(Network& network) {
  std::vector<Parameter> parameters;
  for (const NamedTensor& tensor : network.parameters())
    parameters.push_back({tensor.name, tensor.values, tensor.gradients, tensor.shape});
  return parameters;
}

}  // namespace

Weights weights_of(Network& network) {
  Weights weights;
  for (const NamedTensor& tensor : network.parameters())
    weights[tensor.name].assign(tensor.values.begin(), tensor.values.end());
  return weights;
}

void set_weights(Network& network, const Weights& weights) {
  for (const NamedTensor& tensor : network.parameters()) {
    const std::vector<float>& values = weights.at(tensor.name);
    std::copy(values.begin(), values.end(), tensor.values.begin());
  }
}

bool all_finite(Network& network) {
  for (const NamedTensor& tensor : network.parameters()) {
    if (!std::all_of(tensor.values.begin(), tensor.values.end(),
                     [](float value) { return std::isfinite(value); }))
      return false;
  }
  return true;
}

Learner::Learner(Network& network, const DataPart& data, const RunPlan& plan, const TrainOptions& options,
                 std::shared_ptr<cpu::Team> team)
    : network_(network),
      data_(data),
      plan_(plan),
      seed_(options.seed),
      decay_(options.average),
      team_(std::move(team)),
      optimizer_(plan.rule, optimized(network),
                 {.groups = plan.groups, .clip = options.clip, .run = plan.length(), .team = team_}) {
  if (decay_ > 0) average_ = weights_of(network);
}

Update Learner::update(std::span<const std::uint32_t> rows, double rate, std::uint32_t epoch) {
  const Targets targets = data_.targets();
  const double weight = network_.weight({*data_.features, targets, rows});
  double loss = 0;
  Gradient gradient = Gradient::replace;
  for (std::size_t first = 0; first < rows.size(); first += static_cast<std::size_t>(plan_.batch)) {
    const auto batch =
        rows.subspan(first, std::min(rows.size() - first, static_cast<std::size_t>(plan_.batch)));
    loss += network_.backward(*team_, {*data_.features, targets, batch}, weight, gradient, {seed_, epoch});
    gradient = Gradient::add;
  }
  const bool first_update = optimizer_.steps() == 0;
  const StepReport report = optimizer_.step(rate);
  if (decay_ > 0) {
    for (const NamedTensor& tensor : network_.parameters()) {
      update_average(decay_, first_update, tensor.values, average_.at(tensor.name));
    }
  }
  return {loss / weight, report.gradient_norm};
}

LearnerState Learner::state() const { return {weights_of(network_), average_, optimizer_.state()}; }

void Learner::restore(const LearnerState& state) {
  optimizer_.restore(state.optimizer);  // refuses a state that is not its own before anything is changed
  set_weights(network_, state.weights);
  average_ = state.average;
}

Weights Learner::model_weights() const { return decay_ > 0 ? average_ : weights_of(network_); }

void Learner::swap_average() {
  if (decay_ == 0) return;
  for (const NamedTensor& tensor : network_.parameters()) {
    std::vector<float>& average = average_.at(tensor.name);
    std::swap_ranges(average.begin(), average.end(), tensor.values.begin());
  }
}

}  // namespace calando::training
