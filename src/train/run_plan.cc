// SPDX-License-Identifier: MIT
#include "src/train/run_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "calando/error.h"
#include "src/optimizer/rule_text.h"
#include "src/train/model_options.h"

namespace calando::training {
namespace {

/// A rate of 0 for longer than this share of the run is worth a warning.
constexpr double kIdleShare = 0.05;

/// A run of the default length below this many updates is worth a warning, which names a length with this many.
constexpr std::int64_t kFewUpdates = 200;
constexpr std::int64_t kEnoughUpdates = 1000;
constexpr std::int64_t kSmallBatch = 16;

/// So that no product of two options overflows.
constexpr std::int64_t kMost = std::int64_t{1} << 28;

void require_at_least(const char* option, std::int64_t value, std::int64_t least) {
  if (value >= least && value <= kMost) return;
  throw UsageError(fmt::format("{} {}: expected a whole number from {} to {}", option, value, least, kMost));
}

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

bool is_controller(const std::string& text) {
  try {
    parse_controller(text);
    return true;
  } catch (const UsageError&) {
    return false;
  }
}

/// --schedule, where a controller among the schedules is told from a slip.
Schedule read_schedule(const std::string& text, const RunLength& run) {
  try {
    return parse_schedule(text, run);
  } catch (const UsageError&) {
    if (!is_controller(text)) throw;
    throw UsageError(fmt::format(
        "--schedule {}: it follows the losses, which no schedule does; give it as --plateau", text));
  }
}

/// From the rule's usual rate to 0.
Schedule default_schedule(const RuleOptions& rule, const RunLength& run) {
  return parse_schedule(fmt::format("cosine({}, 0, 100%)", usual_rate(rule)), run);
}

/// The rate's schedule: it stands in --schedule or in the optimizer's lr=, and else it is the default.
Schedule rate_schedule(const TrainOptions& options, const RuleOptions& rule, const RunLength& run) {
  if (rule.rate && !options.schedule.empty()) {
    throw UsageError(fmt::format(
        "--optimizer {} has lr= and --schedule {} is given too: the rate can stand in one of them only",
        options.optimizer, options.schedule));
  }
  if (rule.rate && options.schedule_per && *options.schedule_per != StepUnit::update) {
    throw UsageError(fmt::format("--schedule-per: the rate stands in --optimizer {}; give it as --schedule",
                                 options.optimizer));
  }
  if (rule.rate) return *rule.rate;
  return options.schedule.empty() ? default_schedule(rule, run) : read_schedule(options.schedule, run);
}

StepUnit unit_of(const TrainOptions& options) {
  if (options.schedule_per) return *options.schedule_per;
  return options.schedule.empty() ? StepUnit::update : step_unit(options.schedule);
}

/// Updates in the run and in an epoch, in the unit of the schedule.
RunLength length_in(const RunPlan& plan) {
  const auto steps = static_cast<double>(plan.steps);
  const auto epoch = static_cast<double>(plan.updates_per_epoch);
  switch (plan.per) {
    case StepUnit::epoch:
      return {steps / epoch, 1.0};
    case StepUnit::sample:
      return {steps / epoch * static_cast<double>(plan.rows), static_cast<double>(plan.rows)};
    case StepUnit::update:
      break;
  }
  return {steps, epoch};
}

StateStorage read_states(const std::string& text) {
  const auto names = enum_names(StateStorage{});
  const auto found = std::find(names.begin(), names.end(), text);
  if (text.empty()) return StateStorage::f32;
  if (found == names.end())
    throw UsageError(fmt::format("--states {}: expected {}", text, fmt::join(names, ", ")));
  return static_cast<StateStorage>(found - names.begin());
}

AnyController read_controller(const std::string& text) {
  const AnyController controller = parse_controller(text);
  const bool rising =
      std::visit([](const auto& rule) { return rule.improvement.mode == Mode::max; }, controller);
  if (rising)
    throw UsageError(
        fmt::format("--plateau {}: it watches the loss, of which less is better; mode=max cannot be", text));
  return controller;
}

}  // namespace

void check_options(const TrainOptions& options) {
  require_at_least("--epochs", options.epochs, 1);
  require_at_least("--steps", options.steps, 0);
  require_at_least("--batch", options.batch, 1);
  require_at_least("--accumulate", options.accumulate, 1);
  require_at_least("--patience", options.patience, 0);
  require_at_least("--log-every", options.log_every, 0);
  if (!(options.clip >= 0)) throw UsageError(fmt::format("--clip {}: expected a norm above 0", options.clip));
  if (!(options.average >= 0 && options.average < 1)) {
    throw UsageError(fmt::format("--average {}: expected a decay from 0 to below 1", options.average));
  }
  if (!(options.checkpoint_seconds >= 0)) {
    throw UsageError(fmt::format("--checkpoint-seconds {}: expected 0 or more", options.checkpoint_seconds));
  }
  if (options.out.empty()) throw UsageError("--out: expected a folder to write");
  if (!options.model.empty()) parse_model(options.model);
  // The texts once, with lengths that stand in for those the data will give: a slip should not wait for the reading.
  make_plan(options, static_cast<std::size_t>(100 * options.batch));
}

RunPlan make_plan(const TrainOptions& options, std::size_t rows) {
  RunPlan plan;
  plan.rows = static_cast<std::int64_t>(rows);
  plan.batch = std::min(options.batch, plan.rows);
  plan.rows_per_update = std::min(plan.batch * options.accumulate, plan.rows);
  plan.updates_per_epoch = divide_up(plan.rows, plan.rows_per_update);
  plan.epochs_decide = options.steps == 0;
  plan.steps = plan.epochs_decide ? options.epochs * plan.updates_per_epoch : options.steps;
  plan.epochs = divide_up(plan.steps, plan.updates_per_epoch);

  plan.rule = parse_rule(options.optimizer, plan.length());
  if (options.average > 0) plan.rule.wrappers.emplace_back(Ema{options.average});
  plan.states = read_states(options.states);
  plan.per = unit_of(options);
  plan.schedule = rate_schedule(options, plan.rule, length_in(plan));
  if (!options.plateau.empty()) plan.controller = read_controller(options.plateau);
  for (const std::string& text : options.groups) plan.groups.push_back(optimizer::split_group(text));
  return plan;
}

RunLength RunPlan::length() const {
  return {static_cast<double>(steps), static_cast<double>(updates_per_epoch)};
}

double RunPlan::rate(Step step) const {
  switch (per) {
    case StepUnit::epoch:
      return schedule(step / updates_per_epoch);
    case StepUnit::sample:
      return schedule(step / updates_per_epoch * rows + step % updates_per_epoch * rows_per_update);
    case StepUnit::update:
      break;
  }
  return schedule(step);
}

std::string early_zero_warning(const RunPlan& plan) {
  Step last = plan.steps;  // updates until the rate is 0 for good
  while (last > 0 && plan.rate(last - 1) == 0) --last;
  const double idle = static_cast<double>(plan.steps - last) / static_cast<double>(plan.steps);
  if (idle <= kIdleShare) return "";
  return fmt::format(
      "schedule {}: the rate is 0 from update {} of {} on; nothing is learnt in the last {:.0f} % of the run",
      to_string(plan.schedule), last + 1, plan.steps, 100 * idle);
}

std::string few_updates_warning(const RunPlan& plan, const TrainOptions& options) {
  const TrainOptions untouched;
  const bool chosen =
      !plan.epochs_decide || options.epochs != untouched.epochs || options.batch != untouched.batch;
  if (chosen || plan.steps >= kFewUpdates) return "";
  const std::int64_t an_epoch = divide_up(plan.rows, kSmallBatch);
  const std::int64_t epochs = std::max(options.epochs, divide_up(kEnoughUpdates, an_epoch));
  return fmt::format("{} updates are few to learn from {} rows: --batch {} --epochs {} makes {}", plan.steps,
                     plan.rows, kSmallBatch, epochs, epochs * an_epoch);
}

std::string to_string(const RunPlan& plan) {
  const std::string length =
      plan.epochs_decide ? fmt::format("{} epochs of {} updates", plan.epochs, plan.updates_per_epoch)
                         : fmt::format("{} updates, {} in an epoch", plan.steps, plan.updates_per_epoch);
  const std::int64_t batches = divide_up(plan.rows_per_update, plan.batch);
  return length + (batches == 1 ? fmt::format(", batches of {} rows", plan.batch)
                                : fmt::format(", each of {} batches of {} rows", batches, plan.batch));
}

}  // namespace calando::training
