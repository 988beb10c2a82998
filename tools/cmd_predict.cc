// SPDX-License-Identifier: MIT
// calando predict DIR DATA: one line a row.
#include <fmt/format.h>

#include "calando/error.h"
#include "src/cpu/threads.h"
#include "src/train/predict.h"
#include "tools/command.h"
#include "tools/output.h"

namespace calando::tools {
namespace {

struct Options {
  std::string folder;
  std::string data;
  bool probabilities = false;
};

void print_row(const train::PredictedRow& row, bool probabilities, Output& out) {
  if (row.label.empty()) {
    out.number(static_cast<double>(row.value));
  } else {
    out.text(row.label);
  }
  if (probabilities) {
    for (const float p : row.probabilities) out.text("\t").number(static_cast<double>(p));
  }
  out.text("\n");
}

int run(const Options& options, const Common& common) {
  cpu::Team team(common.threads > 0 ? common.threads : cpu::processors());
  train::Predictor predictor(options.folder, options.data, team);
  if (options.probabilities && !predictor.classifies()) {
    throw UsageError(fmt::format("--probabilities: the model in {} predicts values, not classes", options.folder));
  }
  Output out;
  while (predictor.next([&](const train::PredictedRow& row) { print_row(row, options.probabilities, out); })) {
  }
  out.finish();
  if (!common.quiet) {
    for (const auto& [name, value] : predictor.metrics()) fmt::print(stderr, "{}\t{}\n", name, value);
    for (const std::string& note : predictor.notes()) warn(note);
  }
  return kDone;
}

}  // namespace

Command predict_command() {
  return {.name = "predict",
          .summary = "Predict with a trained model: a class or a value for each row.",
          .examples = "calando predict runs/houses new.csv\n"
                      "calando predict runs/fashion t10k-images-idx3-ubyte.gz --probabilities\n"
                      "zcat new.csv.gz | calando predict runs/houses -\n",
          .computes = true,
          .declare = [](CLI::App& app) -> Run {
            auto options = std::make_shared<Options>();
            app.add_option("DIR", options->folder, "the folder that calando train wrote")->required();
            app.add_option("DATA", options->data, "rows in any format that train reads; - is standard input")->required();
            app.add_flag("--probabilities", options->probabilities, "after the class, a column for each class");
            return [options](const Common& common) { return run(*options, common); };
          }};
}

}  // namespace calando::tools
