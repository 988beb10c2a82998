// SPDX-License-Identifier: MIT
// calando predict DIR DATA: one line a row.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "calando/error.h"
#include "src/cpu/threads.h"
#include "src/spec/number.h"
#include "src/train/predict.h"
#include "tools/command.h"
#include "tools/output.h"

namespace calando::tools {
namespace {

using training::PredictedRow;
using training::Predictor;

struct Options {
  std::string folder;
  std::string data;
  bool probabilities = false;
};

/// A label stays on its line and in its column.
std::string one_cell(std::string_view label) {
  std::string text;
  for (const char c : label) {
    const char* const escaped = c == '\t' ? "\\t" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : nullptr;
    text += escaped != nullptr ? std::string(escaped) : std::string(1, c);
  }
  return text;
}

/// The shortest text that reads back to the same float32.
std::string number(float value) { return fmt::to_string(value); }

void print_line(const PredictedRow& row, bool probabilities, Output& out) {
  out.text(row.label.empty() ? number(row.value) : one_cell(row.label));
  if (probabilities) {
    for (const float p : row.probabilities) out.text("\t").text(number(p));
  }
  out.text("\n");
}

/// The number as its shortest text has it; null where it is none.
nlohmann::ordered_json json_number(float value) {
  const auto read_back = spec::to_number(number(value));
  return read_back && *read_back == *read_back ? nlohmann::ordered_json(*read_back)
                                               : nlohmann::ordered_json(nullptr);
}

void print_json(const PredictedRow& row, const std::vector<std::string>& classes, bool probabilities,
                Output& out) {
  nlohmann::ordered_json json;
  if (row.label.empty()) {
    json["value"] = json_number(row.value);
  } else {
    json["class"] = row.label;
  }
  for (std::size_t c = 0; probabilities && c < classes.size(); ++c) {
    json["probabilities"][classes[c]] = json_number(row.probabilities[c]);
  }
  out.text(json.dump()).text("\n");
}

int run(const Options& options, const Common& common) {
  cpu::Team team(common.threads > 0 ? common.threads : cpu::processors());
  Predictor predictor(options.folder, options.data, team);
  const auto& classes = predictor.classes();
  if (options.probabilities && classes.empty()) {
    throw UsageError(
        fmt::format("--probabilities: the model in {} predicts values, not classes", options.folder));
  }
  Output out;
  const auto print = [&](const PredictedRow& row) {
    if (common.json) return print_json(row, classes, options.probabilities, out);
    print_line(row, options.probabilities, out);
  };
  while (predictor.next(print)) out.finish();  // what has arrived from a pipe is answered at once
  if (common.quiet) return kDone;
  for (const auto& [name, value] : predictor.metrics())
    fmt::print(stderr, "{}\t{}\n", name, spec::to_text(value));
  for (const std::string& note : predictor.notes()) warn(note);
  return kDone;
}

}  // namespace

Command predict_command() {
  return {.name = "predict",
          .summary = "Predict with a trained model: a class or a value for each row.",
          .examples =
              "calando predict runs/houses new.csv\n"
              "calando predict runs/fashion /usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz\n"
              "calando predict runs/flowers new.csv --probabilities\n"
              "zcat new.csv.gz | calando predict runs/houses -\n",
          .computes = true,
          .declare = [](CLI::App& app) -> Run {
            auto options = std::make_shared<Options>();
            app.add_option("DIR", options->folder, "the folder that calando train wrote")->required();
            app.add_option(
                   "DATA", options->data,
                   "rows in any format that train reads; X.npy:LABELS.npy to measure; - is standard input")
                ->required();
            app.add_flag("--probabilities", options->probabilities,
                         "after the class, a column for each class");
            return [options](const Common& common) { return run(*options, common); };
          }};
}

}  // namespace calando::tools
