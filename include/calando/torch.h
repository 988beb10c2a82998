// SPDX-License-Identifier: MIT
// Schedules for libtorch's optimizers; needs libtorch 1.13 or newer. The only public header that does.
//
//   torch::optim::SGD sgd(model->parameters(), 0.1);
//   TorchRate rate(sgd, cosine(0.1, 0, 10).repeat(kEndless, 2));
//   for (...) {
//     loss.backward();
//     sgd.step();
//     rate.step();
//   }
#pragma once

#include <torch/optim/optimizer.h>
#include <torch/serialize.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "calando/error.h"
#include "calando/plateau.h"
#include "calando/schedule.h"

namespace calando {

/// Sets the rates of an optimizer's groups from a schedule. libtorch's own schedulers cannot be saved; this one is a step
/// and a text.
///
///   rate of group i = schedule(t) ratio_i
///
/// where ratio_i is the group's rate at construction over that of the first group: groups keep their ratios. Behind
/// scale(), the controller's rate(schedule(t)) stands for schedule(t) until the next step().
///
/// Throws:  UsageError in step(), scale() and load() where groups were added since: they have no ratio
class TorchRate {
 public:
  /// The first update gets schedule(0). The optimizer must outlive this.
  ///
  /// Throws:  UsageError where the first group's rate is 0 and there are others, or the optimizer has no groups
  TorchRate(::torch::optim::Optimizer& optimizer, Schedule schedule)
      : optimizer_(optimizer), schedule_(std::move(schedule)) {
    if (optimizer_.param_groups().empty()) throw UsageError("an optimizer without groups has no rate");
    const double first = rate_of(0);
    for (std::size_t i = 0; i < optimizer_.param_groups().size(); ++i) {
      const double ratio = i == 0 ? 1 : rate_of(i) / first;
      if (!std::isfinite(ratio))
        throw UsageError("groups keep their ratios to the first one's rate, which is 0");
      ratios_.push_back(ratio);
    }
    apply();
  }

  /// Behind every step of the optimizer: the next update's rate is set.
  void step() {
    ++t_;
    apply();
  }

  /// Sets controller.rate(schedule(t)), the product of both, for the next update. step(), load() and the constructor set the
  /// schedule's own rate, so call it behind each of them, and behind controller.observe(). The controller's state is saved
  /// by Controller::state(), not here.
  ///
  ///   sgd.step();
  ///   rate.step();
  ///   rate.scale(controller);
  void scale(const Controller& controller) {
    scheduled_ = controller.rate(schedule_(t_));
    set(scheduled_);
  }

  Step steps() const { return t_; }
  /// What the first group has, of the schedule or of scale().
  double rate() const { return scheduled_; }
  const Schedule& schedule() const { return schedule_; }

  /// Written beside the optimizer's own state.
  void save(::torch::serialize::OutputArchive& archive) const {
    archive.write("step", c10::IValue(static_cast<std::int64_t>(t_)));
    archive.write("schedule", c10::IValue(to_string(schedule_)));
    archive.write("ratios", c10::IValue(ratios_));
  }

  /// Goes on where the saved one was.
  ///
  /// Throws:  UsageError where the archive's schedule is another one, or its groups are not as many
  void load(::torch::serialize::InputArchive& archive) {
    c10::IValue step, text, ratios;
    archive.read("step", step);
    archive.read("schedule", text);
    archive.read("ratios", ratios);
    if (!(parse_schedule(text.toStringRef()) == schedule_)) {
      throw UsageError("the saved schedule is " + text.toStringRef() + ", expected " + to_string(schedule_));
    }
    const std::vector<double> saved = ratios.toDoubleVector();
    if (saved.size() != ratios_.size()) throw UsageError("the saved schedule is of another number of groups");
    ratios_ = saved;
    t_ = step.toInt();
    apply();
  }

 private:
  double rate_of(std::size_t group) const { return optimizer_.param_groups()[group].options().get_lr(); }

  void apply() {
    scheduled_ = schedule_(t_);
    set(scheduled_);
  }
  void set(double rate) {
    auto& groups = optimizer_.param_groups();
    if (groups.size() != ratios_.size())
      throw UsageError(
          "a group was added behind the schedule, which knows no ratio for it: make a new TorchRate");
    for (std::size_t i = 0; i < groups.size(); ++i) groups[i].options().set_lr(rate * ratios_[i]);
  }

  ::torch::optim::Optimizer& optimizer_;
  Schedule schedule_;
  std::vector<double> ratios_;
  Step t_ = 0;
  double scheduled_ = 0;
};

}  // namespace calando
