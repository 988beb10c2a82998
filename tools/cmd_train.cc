// SPDX-License-Identifier: MIT
// calando train DATA --out DIR: from a data file to a model, a log and a report.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "calando/train.h"
#include "tools/command.h"
#include "tools/output.h"
#include "tools/progress.h"

namespace calando::tools {
namespace {

std::string shell_word(const std::string& word) {
  const char* plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,%@";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) c == '\'' ? quoted.append("'\\''") : quoted.append(1, c);
  quoted.push_back('\'');
  return quoted;
}

std::string command_text(const std::vector<std::string>& words) {
  std::string text = "calando";
  for (const std::string& word : words) text.append(" ").append(shell_word(word));
  return text;
}

void print_metrics(const TrainResult& result, const Common& common) {
  Output out;
  if (common.json) {
    nlohmann::ordered_json json;
    for (const auto& [name, value] : result.metrics) json[name] = value;
    out.text(json.dump(1)).text("\n");
  } else {
    for (const auto& [name, value] : result.metrics) out.text(name).text("\t").number(value).text("\n");
  }
  out.finish();
}

int exit_status(TrainStatus status) {
  switch (status) {
    case TrainStatus::diverged:
      return kNotConverged;
    case TrainStatus::interrupted:
      return kInterrupted;
    case TrainStatus::finished:
    case TrainStatus::already_finished:
      return kDone;
  }
  return kMachineFailed;
}

int run(TrainOptions options, const Common& common) {
  options.threads = common.threads;
  options.command = command_text(common.words);
  TrainResult result;
  {
    ProgressDisplay display(common.quiet);
    result = train(options, display);
    if (!result.report.empty()) display.event("report      " + result.report);
  }
  print_metrics(result, common);
  return exit_status(result.status);
}

void declare_data(CLI::App& app, TrainOptions& options) {
  DataOptions& data = options.data;
  app.add_option("DATA", data.path,
                 "a table (CSV, TSV), LIBSVM text, .npy, IDX, or a folder of IDX files; .gz or not")
      ->required();
  auto group = [&](const char* names, auto& value, const char* text, const char* help) {
    return app.add_option(names, value, help)->option_text(text)->group("Data");
  };
  group("--target", data.target, "NAME", "the column to predict; the labels' file where DATA is .npy");
  group("--task", data.task, "TASK", "classification or regression (default: told by the target)");
  group("--validation", data.validation, "FILE|SHARE",
        "rows to measure on after each epoch (default 0.1; a folder: 0)");
  group("--test", data.test, "FILE", "rows to measure on once, at the end");
  group("--header", data.header, "yes|no",
        "whether the first row names the columns (default: told by its cells)");
  group("--categorical", data.categorical, "NAME", "read a column as words")->allow_extra_args(false);
  group("--numeric", data.numeric, "NAME", "read a column as numbers")->allow_extra_args(false);
  group("--ignore", data.ignore, "NAME", "leave out a column")->allow_extra_args(false);
  group("--missing", data.missing, "impute|drop|refuse",
        "what to do with rows that miss a value (default impute)");
  group("--missing-word", data.missing_words, "WORD", "a cell that means missing, beside the empty one")
      ->allow_extra_args(false);
}

void declare_training(CLI::App& app, TrainOptions& options) {
  auto group = [&](const char* names, auto& value, const char* text, const char* help) {
    return app.add_option(names, value, help)->option_text(text)->group("Training");
  };
  group("--model", options.model, "SPEC",
        "linear, softmax, mlp(256, 128, activation=gelu, dropout=0.1, label_smoothing=0.1)");
  group("--optimizer", options.optimizer, "SPEC",
        "such as adam(weight_decay=0.01); calando list optimizers (default adam)");
  group("--schedule", options.schedule, "SPEC",
        "the learning rate (default cosine(1e-3, 0, 100%); lbfgs, prodigy, dadapt_adam, dadapt_sgd: "
        "cosine(1, 0, 100%), as they find their own)");
  group("--schedule-per", options.schedule_per, "update|epoch|sample",
        "what one t of the schedule is (default: what its text says itself, else update)")
      ->transform(CLI::CheckedTransformer(std::map<std::string, StepUnit>{
          {"update", StepUnit::update}, {"epoch", StepUnit::epoch}, {"sample", StepUnit::sample}}));
  group("--plateau", options.plateau, "SPEC",
        "lowers the rate where the loss stops falling, after each epoch: plateau(factor=0.5, patience=3)");
  group("--group", options.groups, "'PATTERN: option=value, ...'",
        "options of the parameters whose names fit; first match wins")
      ->allow_extra_args(false);
  group("--states", options.states, "f32|bf16|bits8",
        "what the optimizer's moments are stored in (default f32)");
  group("--epochs", options.epochs, "N", "passes over the data (default 10)");
  group("--steps", options.steps, "N", "stop after N updates instead");
  group("--batch", options.batch, "N", "rows in a batch (default 128)");
  group("--accumulate", options.accumulate, "N", "batches in an update (default 1)");
  group("--clip", options.clip, "X", "largest global norm of the gradient (default: none)");
  group("--average", options.average, "DECAY",
        "the model is an exponential average of the weights, such as 0.999");
  group("--patience", options.patience, "N",
        "stop after N epochs without a better validation loss, and keep the best weights");
  group("--class-weight", options.class_weights, "NAME=W|balanced", "weight of a class in the loss")
      ->allow_extra_args(false);
  group("--seed", options.seed, "N",
        "of the split, the shuffling, the first weights and dropout (default 1)");
}

void declare_folder(CLI::App& app, TrainOptions& options) {
  app.add_option("--out", options.out, "the run's folder: model, log, checkpoints, report")
      ->option_text("DIR")
      ->required()
      ->group("Run folder");
  CLI::Option* overwrite =
      app.add_flag("--overwrite", options.overwrite, "replace the run that is in the folder")
          ->group("Run folder");
  app.add_flag("--resume", options.resume, "continue the run that is in the folder, to the same bytes")
      ->excludes(overwrite)
      ->group("Run folder");
  app.add_option("--checkpoint-seconds", options.checkpoint_seconds,
                 "time between checkpoints within an epoch (default 60); changes no result")
      ->option_text("S")
      ->group("Run folder");
  app.add_option("--log-every", options.log_every,
                 "updates between lines of log.jsonl (default: about 25 an epoch)")
      ->option_text("N")
      ->group("Run folder");
}

}  // namespace

Command train_command() {
  return {.name = "train",
          .summary = "Train a model on a data file; writes a folder with the model, a log and a report.",
          .examples =
              "calando train houses.csv --target price --out runs/houses\n"
              "calando train /usr/share/datasets/fashion-mnist --model 'mlp(256, 128)' --out runs/fashion\n"
              "calando train a9a.libsvm --test a9a.t --optimizer 'adagrad' --schedule 'cosine(0.1, 0, 100%)' "
              "--out runs/a9a\n"
              "calando train houses.csv --target price --out runs/houses --resume     # after Ctrl-C\n",
          .computes = true,
          .declare = [](CLI::App& app) -> Run {
            auto options = std::make_shared<TrainOptions>();
            declare_data(app, *options);
            declare_training(app, *options);
            declare_folder(app, *options);
            return [options](const Common& common) { return run(*options, common); };
          }};
}

}  // namespace calando::tools
