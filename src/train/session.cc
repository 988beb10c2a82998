// SPDX-License-Identifier: MIT
#include "src/train/session.h"

#include <fmt/format.h>

#include <filesystem>
#include <future>

#include "calando/error.h"
#include "calando/version.h"
#include "src/io/atomic_file.h"
#include "src/io/file.h"
#include "src/train/class_weights.h"
#include "src/train/recorded_options.h"
#include "src/train/report.h"
#include "src/train/run_log.h"
#include "src/train/run_summary.h"
#include "src/train/saved_model.h"

namespace calando::training {
namespace {

constexpr const char* kOptions = "options.json";
constexpr const char* kLog = "log.jsonl";
constexpr const char* kModel = "model.safetensors";
constexpr const char* kReport = "report.html";
constexpr const char* kSummary = "summary.json";

Existing existing(const TrainOptions& options) {
  if (options.resume) return Existing::resume;
  return options.overwrite ? Existing::overwrite : Existing::refuse;
}

std::string read_text(const std::string& path) { return std::string(io::read_file(path).bytes.view); }

std::vector<std::pair<std::string, std::string>> versions() {
  return {{"calando", std::string(kVersion)}, {"compiler", __VERSION__}, {"matrix kernel", kernel_name()}};
}

std::size_t parameter_count(Network& network) {
  std::size_t count = 0;
  for (const NamedTensor& tensor : network.parameters()) count += tensor.values.size();
  return count;
}

}  // namespace

Session::Session(const TrainOptions& options, TrainObserver& observer)
    : options_(options),
      observer_(observer),
      team_(std::make_shared<cpu::Team>(options.threads > 0 ? options.threads : cpu::processors())) {}

TrainResult Session::run() {
  check_options(options_);
  look_at_folder();
  read();
  const std::optional<Checkpoint> checkpoint = saved();
  if (auto result = former_result()) return *result;
  prepare();
  announce();
  if (!checkpoint) {
    if (!folder_) folder_.emplace(options_.out, existing(options_));
    folder_->clear();
    io::write_file(file(kOptions), to_json(recorded(options_), options_.command));
  }
  CheckpointSlots slots(*folder_);
  if (checkpoint) slots.newest();
  CheckpointWriter writer(slots);
  RunLog log(file(kLog), checkpoint ? checkpoint->now->run.log_bytes : 0);
  TrainingLoop loop({options_, plan_, data_, *network_, writer, log, observer_, team_});
  if (checkpoint) {
    restore(loop, *checkpoint);
    observer_.event(fmt::format("resumed after update {} of {}", loop.state().step, plan_.steps));
  }
  const TrainStatus status = loop.run();
  writer.wait();
  return finish(loop, status);
}

/// The options are those of the run, so what does not fit them is the file.
void Session::restore(TrainingLoop& loop, const Checkpoint& checkpoint) const {
  try {
    loop.restore(checkpoint);
  } catch (const UsageError& error) {
    throw DataError::in_file(options_.out, fmt::format("a checkpoint of another run: {}", error.what()));
  }
}

/// A folder that is there is held from now on; a new one is made when the data turn out to be good.
void Session::look_at_folder() {
  if (std::filesystem::exists(options_.out)) folder_.emplace(options_.out, existing(options_));
  if (!folder_ || !options_.resume || !folder_->has(kOptions)) return;
  require_same(recorded_from_json(file(kOptions), read_text(file(kOptions))), recorded(options_),
               options_.out);
}

void Session::read() {
  data_ = read_data(options_.data, options_.seed, *team_);
  for (const std::string& warning : data_.warnings) observer_.warning(warning);
  observer_.understood(data_.summary);
}

std::optional<Checkpoint> Session::saved() {
  if (!options_.resume || !folder_) return std::nullopt;
  const auto content = CheckpointSlots(*folder_).newest();
  if (!content) return std::nullopt;
  Checkpoint checkpoint = checkpoint_from(options_.out + ": checkpoint", *content);
  require_same_data(identity_from_json(options_.out + ": checkpoint", checkpoint.identity), data_.identity,
                    options_.data, options_.out);
  if (checkpoint.kernel != kernel_name()) {
    observer_.warning(fmt::format(
        "--resume: the run began with the matrix kernel {} and goes on with {}: last bits may differ",
        checkpoint.kernel, kernel_name()));
  }
  return checkpoint;
}

std::optional<TrainResult> Session::former_result() const {
  if (!options_.resume || !folder_ || !folder_->has(kSummary)) return std::nullopt;
  TrainResult result = result_from_json(file(kSummary), read_text(file(kSummary)));
  result.report = file(kReport);
  observer_.event(fmt::format("{}: the run is finished; nothing is left to do", options_.out));
  return result;
}

void Session::prepare() {
  const Preprocessing& pre = data_.preprocessing;
  model_ = options_.model.empty() ? default_model(pre.task) : parse_model(options_.model);
  require_fits(model_, pre.task);
  if (options_.patience > 0 && data_.validation.rows() == 0) {
    throw UsageError(fmt::format(
        "--patience {}: there are no validation rows to judge by; --validation SHARE or FILE gives some",
        options_.patience));
  }
  plan_ = make_plan(options_, data_.training.rows());
  if (const std::string warning = early_zero_warning(plan_); !warning.empty()) observer_.warning(warning);
  if (const std::string warning = few_updates_warning(plan_, options_); !warning.empty())
    observer_.warning(warning);
  network_ =
      std::make_unique<Network>(model_, pre.task, pre.inputs(), pre.outputs(),
                                class_weights(options_.class_weights, pre.classes, data_.training.labels));
  network_->initialise(options_.seed);
}

void Session::announce() const {
  std::vector<std::pair<std::string, std::string>> lines = {
      {"model", fmt::format("{}, {} parameters", to_string(model_), parameter_count(*network_))},
      {"optimizer", to_string(plan_.rule)},
      {"schedule", to_string(plan_.schedule)}};
  if (plan_.controller) lines.emplace_back("plateau", to_string(*plan_.controller));
  lines.emplace_back("run",
                     fmt::format("{}, seed {}, {} threads", to_string(plan_), options_.seed, team_->size()));
  observer_.understood(lines);
}

TrainResult Session::finish(const TrainingLoop& loop, TrainStatus status) {
  TrainResult result;
  result.status = status;
  if (status == TrainStatus::interrupted) {
    observer_.warning(fmt::format("interrupted after update {} of {}, and saved; --resume goes on",
                                  loop.state().step, plan_.steps));
    return result;
  }
  auto model_written = std::async(std::launch::async, [this] {
    io::write_safetensors(file(kModel), model_content(model_, data_.preprocessing, *network_));
  });
  result.metrics = score(loop.state().train_loss);
  if (status == TrainStatus::diverged) result.metrics.emplace_back("diverged", 1);
  result.metrics.emplace_back("seconds", pace_.seconds());
  write_report(result.metrics);
  result.report = file(kReport);
  model_written.get();
  io::write_file(file(kSummary), to_json(result));
  return result;
}

/// The model on every part there is; the last of them is what the report shows.
Metrics Session::score(double train_loss) {
  Metrics metrics = {{"train_loss", train_loss}};
  const auto add = [&](const DataPart& part, const std::string& prefix) {
    evaluation_ = evaluate(*team_, *network_, data_.preprocessing, part);
    scored_ = &part;
    for (const auto& metric : evaluation_->metrics(prefix)) metrics.push_back(metric);
  };
  if (data_.validation.rows() > 0) add(data_.validation, "validation_");
  if (data_.test.rows() > 0) add(data_.test, "test_");
  if (scored_ == nullptr) {
    metrics.clear();  // the mean over the last epoch gives way to the loss of the model itself
    add(data_.training, "train_");
  }
  return metrics;
}

void Session::write_report(const Metrics& metrics) {
  const RunFacts facts{
      options_.command, model_, to_string(plan_.rule), to_string(plan_.schedule), options_.seed,
      versions(),       metrics};
  const ReportData report = run_report(facts, data_, *network_, *scored_, *evaluation_, read_log(file(kLog)));
  io::write_file(file(kReport), report_html(report));
}

}  // namespace calando::training

namespace calando {

TrainResult train(const TrainOptions& options, TrainObserver& observer) {
  return training::Session(options, observer).run();
}

TrainResult train(const TrainOptions& options) {
  TrainObserver silent;
  return train(options, silent);
}

}  // namespace calando
