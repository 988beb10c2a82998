// SPDX-License-Identifier: MIT
#include "src/train/training_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/cpu/matmul.h"
#include "src/train/epoch_order.h"
#include "src/train/evaluation.h"
#include "src/train/run_log.h"

namespace calando::training {
namespace {

constexpr std::int64_t kMostRollbacks = 3;
constexpr std::int64_t kLogLinesPerEpoch = 25;

}  // namespace

std::string kernel_name() {
  const cpu::MatmulKernel kernel = cpu::matmul_kernel();
  return fmt::format("{}, {}", kernel.instruction_set,
                     kernel.fused ? "fused multiply-add" : "separate multiply and add");
}

TrainingLoop::TrainingLoop(LoopParts parts)
    : parts_(std::move(parts)),
      learner_(parts_.network, parts_.data.training, parts_.plan, parts_.options, parts_.team),
      log_every_(parts_.options.log_every > 0
                     ? parts_.options.log_every
                     : std::max<std::int64_t>(1, parts_.plan.updates_per_epoch / kLogLinesPerEpoch)) {
  if (parts_.plan.controller) controller_.emplace(*parts_.plan.controller);
  epoch_end_ = moment();
}

void TrainingLoop::go_to(const Moment& moment) {
  learner_.restore(moment.learner);
  if (controller_) controller_->restore(moment.controller);
  state_ = moment.run;
}

void TrainingLoop::restore(const Checkpoint& checkpoint) {
  go_to(*checkpoint.now);
  epoch_end_ = checkpoint.epoch_end;
  best_ = checkpoint.best;
}

TrainStatus TrainingLoop::run() {
  progress_.steps = parts_.plan.steps;
  progress_.epochs = parts_.plan.epochs;
  while (!ended()) {
    const double used_rate = rate();
    const Update update = next_update();
    if (diverged(update)) {
      if (roll_back()) continue;
      use_model(TrainStatus::diverged);
      return TrainStatus::diverged;
    }
    note(update, used_rate);
    if (epoch_ends()) {
      finish_epoch();
    } else if (checkpoint_pace_.seconds() >= parts_.options.checkpoint_seconds) {
      save(moment());
    }
    if (parts_.observer.interrupted()) {
      save(moment());
      return TrainStatus::interrupted;
    }
  }
  use_model(TrainStatus::finished);
  return TrainStatus::finished;
}

bool TrainingLoop::ended() const {
  const std::int64_t patience = parts_.options.patience;
  return state_.step >= parts_.plan.steps ||
         (patience > 0 && state_.update == 0 && state_.early.epochs_since >= patience);
}

bool TrainingLoop::epoch_ends() const {
  return state_.update == parts_.plan.updates_per_epoch || state_.step == parts_.plan.steps;
}

double TrainingLoop::position() const {
  return static_cast<double>(state_.epoch) +
         static_cast<double>(state_.update) / static_cast<double>(parts_.plan.updates_per_epoch);
}

std::shared_ptr<const Moment> TrainingLoop::moment() const {
  auto made = std::make_shared<Moment>(
      Moment{state_, learner_.state(), controller_ ? controller_->state() : std::map<std::string, double>{}});
  made->run.log_bytes = parts_.log.bytes();
  return made;
}

Update TrainingLoop::next_update() {
  const auto epoch = static_cast<std::uint32_t>(state_.epoch);
  if (order_.empty())
    order_ = epoch_order(parts_.options.seed, epoch, static_cast<std::size_t>(parts_.plan.rows));
  const std::int64_t first = state_.update * parts_.plan.rows_per_update;
  const std::int64_t count = std::min(parts_.plan.rows_per_update, parts_.plan.rows - first);
  const Update update = learner_.update(
      std::span(order_).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)), rate(),
      epoch);
  ++state_.step;
  ++state_.update;
  state_.epoch_loss.add(update.loss, static_cast<double>(count));
  state_.logged_loss.add(update.loss, 1);
  run_pace_.add(count);
  log_pace_.add(count);
  return update;
}

bool TrainingLoop::diverged(const Update& update) {
  return state_.guard.diverged(update.loss) || !std::isfinite(update.gradient_norm) ||
         (epoch_ends() && !all_finite(parts_.network));
}

bool TrainingLoop::roll_back() {
  const Step at = state_.step;
  const std::int64_t rollbacks = state_.rollbacks;
  if (rollbacks == kMostRollbacks) {
    event(fmt::format("update {}: diverged again after {} rollbacks; the run ends", at, rollbacks));
    return false;
  }
  const double factor = state_.rate_factor / 2;
  go_to(*epoch_end_);
  state_.rollbacks = rollbacks + 1;
  state_.rate_factor = factor;
  order_.clear();
  event(fmt::format("update {}: diverged; back to {}, with {} of the schedule's rate (rollback {} of {})", at,
                    state_.epoch == 0 ? "the start" : fmt::format("the end of epoch {}", state_.epoch),
                    factor, state_.rollbacks, kMostRollbacks));
  return true;
}

void TrainingLoop::note(const Update& update, double used_rate) {
  last_ = {static_cast<double>(state_.step),
           position(),
           state_.logged_loss.value(),
           used_rate,
           update.gradient_norm,
           log_pace_.rows_per_second()};
  if (state_.step % log_every_ == 0) {
    parts_.log.add(to_line(last_));
    state_.logged_loss = {};
    log_pace_.restart();
  }
  progress_.step = state_.step;
  progress_.epoch = state_.epoch;
  progress_.loss = state_.epoch_loss.value();
  progress_.rate = used_rate;
  progress_.rows_per_second = run_pace_.rows_per_second();
  progress_.seconds_left =
      static_cast<double>((parts_.plan.steps - state_.step) * parts_.plan.rows_per_update) /
      progress_.rows_per_second;
  parts_.observer.progress(progress_);
}

void TrainingLoop::finish_epoch() {
  EpochRecord record{
      .step = static_cast<double>(state_.step), .epoch = position(), .train_loss = state_.epoch_loss.value()};
  state_.train_loss = record.train_loss;
  if (parts_.data.validation.rows() > 0) judge(record);
  if (controller_) control(parts_.data.validation.rows() > 0 ? record.validation_loss : record.train_loss);
  parts_.log.add(to_line(record, last_));
  parts_.observer.epoch(progress_);
  ++state_.epoch;
  state_.update = 0;
  state_.epoch_loss = {};
  order_.clear();
  epoch_end_ = moment();
  save(epoch_end_);
}

void TrainingLoop::judge(EpochRecord& record) {
  const Evaluation evaluation = learner_.with_model([&] {
    return evaluate(*parts_.team, parts_.network, parts_.data.preprocessing, parts_.data.validation);
  });
  const auto [name, value] = evaluation.metrics("validation_").front();
  record.metric = value;
  record.validation_loss = evaluation.loss;
  progress_.metric = fmt::format("{} {:.4f}", name, value);
  if (state_.early.improves(evaluation.loss, state_.epoch))
    best_ = std::make_shared<Weights>(learner_.model_weights());
}

void TrainingLoop::control(double loss) {
  if (!controller_->observe(loss, scheduled())) return;
  event(fmt::format("epoch {}: the loss is {:.6g}; the rate is now {:.4g} of the schedule's",
                    state_.epoch + 1, loss, controller_->factor()));
}

void TrainingLoop::save(const std::shared_ptr<const Moment>& now) {
  const bool between_epochs = state_.update == 0;
  const Checkpoint checkpoint{now,
                              between_epochs ? now : epoch_end_,
                              best_,
                              to_json(parts_.data.identity),
                              to_string(parts_.plan.rule),
                              to_string(parts_.plan.schedule),
                              kernel_name()};
  parts_.checkpoints.write(checkpoint);
  checkpoint_pace_.restart();
}

void TrainingLoop::event(const std::string& text) {
  parts_.log.add(to_line(RunEvent{static_cast<double>(state_.step), text}));
  parts_.observer.event(text);
}

/// With patience, or after a divergence, the weights of the best epoch; else the last ones.
void TrainingLoop::use_model(TrainStatus status) {
  const bool diverged = status == TrainStatus::diverged;
  if (best_ != nullptr && (parts_.options.patience > 0 || diverged)) {
    event(fmt::format("the model is that of epoch {}, the best by validation loss",
                      state_.early.best_epoch + 1));
    return set_weights(parts_.network, *best_);
  }
  if (diverged) learner_.restore(epoch_end_->learner);
  set_weights(parts_.network, learner_.model_weights());
}

}  // namespace calando::training
