// SPDX-License-Identifier: MIT
#include "calando/optimizer.h"

#include <fmt/format.h>

#include <cmath>

#include "calando/error.h"
#include "src/optimizer/running.h"

namespace calando {

Optimizer::Optimizer(const RuleOptions& rule, std::vector<Parameter> parameters,
                     const OptimizerOptions& options)
    : running_(std::make_unique<optimizer::Running>(rule, std::move(parameters), options)) {}
Optimizer::~Optimizer() = default;
Optimizer::Optimizer(Optimizer&&) noexcept = default;
Optimizer& Optimizer::operator=(Optimizer&&) noexcept = default;

namespace {

void check_rate(Step steps, double lr) {
  if (!(lr >= 0) || std::isinf(lr))
    throw UsageError(fmt::format("step {}: learning rate {}, expected a finite number from 0 on", steps, lr));
}

}  // namespace

StepReport Optimizer::step(double lr, double loss_scale) {
  check_rate(steps(), lr);
  if (!(loss_scale > 0) || std::isinf(loss_scale)) {
    throw UsageError(
        fmt::format("step {}: loss scale {}, expected a finite number above 0", steps(), loss_scale));
  }
  return running_->step(lr, loss_scale);
}

StepReport Optimizer::step(double lr, const Evaluate& evaluate) {
  check_rate(steps(), lr);
  return running_->step(lr, evaluate);
}

bool Optimizer::evaluates() const { return running_->evaluates(); }

void Optimizer::bind(std::size_t index, Numbers values, ConstNumbers gradients) {
  running_->bind(index, values, gradients);
}

Step Optimizer::steps() const noexcept { return running_->steps; }

bool Optimizer::averages() const { return running_->averages(); }
void Optimizer::evaluated(std::size_t index, std::span<float> out) const { running_->evaluated(index, out); }
void Optimizer::evaluated(std::size_t index, std::span<double> out) const { running_->evaluated(index, out); }

OptimizerState Optimizer::state() const { return running_->state(); }
void Optimizer::restore(const OptimizerState& state) { running_->restore(state); }

}  // namespace calando
