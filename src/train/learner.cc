// SPDX-License-Identifier: MIT
#include "src/train/learner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "calando/error.h"

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

void check_weights(Network& network, const Weights& weights) {
  for (const NamedTensor& tensor : network.parameters()) {
    const auto found = weights.find(tensor.name);
    const std::size_t size = found == weights.end() ? 0 : found->second.size();
    if (size != tensor.values.size())
      throw UsageError(
          fmt::format("weights of \"{}\": {} numbers, expected {}", tensor.name, size, tensor.values.size()));
  }
}

void set_weights(Network& network, const Weights& weights) {
  check_weights(network, weights);
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
      team_(std::move(team)),
      optimizer_(plan.rule, optimized(network),
                 {.groups = plan.groups,
                  .clip = options.clip,
                  .states = plan.states,
                  .seed = options.seed,
                  .run = plan.length(),
                  .team = team_}) {}

double Learner::gradients(std::span<const std::uint32_t> rows, double weight, std::uint32_t epoch) {
  const Targets targets = data_.targets();
  double loss = 0;
  Gradient gradient = Gradient::replace;
  for (std::size_t first = 0; first < rows.size(); first += static_cast<std::size_t>(plan_.batch)) {
    const auto batch =
        rows.subspan(first, std::min(rows.size() - first, static_cast<std::size_t>(plan_.batch)));
    loss += network_.backward(*team_, {*data_.features, targets, batch}, weight, gradient, {seed_, epoch});
    gradient = Gradient::add;
  }
  return loss;
}

Update Learner::update(std::span<const std::uint32_t> rows, double rate, std::uint32_t epoch) {
  const double weight = network_.weight({*data_.features, data_.targets(), rows});
  const StepReport report = optimizer_.step(rate, [&] { return gradients(rows, weight, epoch) / weight; });
  return {report.loss, report.gradient_norm};
}

LearnerState Learner::state() const { return {weights_of(network_), optimizer_.state()}; }

void Learner::restore(const LearnerState& state) {
  check_weights(network_, state.weights);
  optimizer_.restore(state.optimizer);  // both refuse what is not their own before anything is changed
  set_weights(network_, state.weights);
}

Weights Learner::model_weights() const {
  Weights weights = weights_of(network_);
  if (!optimizer_.averages()) return weights;
  std::size_t index = 0;
  for (const NamedTensor& tensor : network_.parameters())
    optimizer_.evaluated(index++, std::span<float>(weights.at(tensor.name)));
  return weights;
}

}  // namespace calando::training
