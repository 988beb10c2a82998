// SPDX-License-Identifier: MIT
#include "tools/descend_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "calando/error.h"
#include "src/io/csv.h"
#include "src/io/npy.h"
#include "src/spec/arguments.h"
#include "src/spec/call.h"
#include "src/spec/nearest.h"
#include "tools/command.h"

namespace calando::tools {
namespace {

std::size_t target_column(const io::Table& table, const std::string& file, const std::string& target) {
  if (target.empty()) return table.columns.size() - 1;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].name == target) return i;
    names.push_back(table.columns[i].name);
  }
  throw UsageError(fmt::format("{} has no column \"{}\"{}", file, target, spec::did_you_mean(target, names)));
}

optimizer::Surface logistic_of_file(const std::string& text, const std::string& file,
                                    const std::string& target) {
  const io::Table table = io::read_csv(file);
  if (table.rows == 0 || table.columns.size() < 2)
    throw DataError::in_file(file, "expected rows of at least two columns");
  const std::size_t label = target_column(table, file, target);
  std::vector<double> rows;
  std::vector<double> labels;
  for (std::size_t row = 0; row < table.rows; ++row) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const io::Column& column = table.columns[i];
      const bool there = column.kind == io::Kind::numeric && !std::isnan(column.values[row]);
      if (!there)
        throw DataError::at_line(file, table.line_of(row),
                                 fmt::format("column \"{}\": expected a number", column.name));
      (i == label ? labels : rows).push_back(column.values[row]);
    }
    if (labels.back() != 0 && labels.back() != 1) {
      throw DataError::at_line(
          file, table.line_of(row),
          fmt::format("column \"{}\": label {}, expected 0 or 1", table.columns[label].name, labels.back()));
    }
  }
  return optimizer::logistic_surface(text, std::move(rows), std::move(labels));
}

struct Recording {
  io::Array gradients;  // steps x the parameters' shape
  io::Array parameters;
  std::size_t steps = 0;
};

Recording read_recording(const DescendOptions& options) {
  Recording recording{.gradients = io::read_npy(io::read_file(options.recorded)),
                      .parameters = io::read_npy(io::read_file(options.from))};
  for (const auto& [file, type] : {std::pair(options.recorded, recording.gradients.type),
                                   std::pair(options.from, recording.parameters.type)}) {
    if (type != io::Type::f32 && type != io::Type::f64) {
      throw DataError::in_file(
          file, fmt::format("numbers of type {}, expected float32 or float64", io::name_of(type)));
    }
  }
  std::vector<std::size_t> row = recording.gradients.shape;
  if (!row.empty()) row.erase(row.begin());
  if (recording.gradients.shape.empty() || row != recording.parameters.shape) {
    throw DataError::in_file(
        options.recorded,
        fmt::format("shape ({}), expected (steps, {}): a row of the shape of {} for each step",
                    fmt::join(recording.gradients.shape, ", "), fmt::join(recording.parameters.shape, ", "),
                    options.from));
  }
  recording.steps = recording.gradients.shape[0];
  return recording;
}

template <class T>
void replay(const Recording& recording, const RatedRule& rated, const std::string& out) {
  std::vector<T> parameters(recording.parameters.count());
  std::vector<T> gradients(parameters.size());
  recording.parameters.copy_to(0, std::span<T>(parameters));
  Optimizer optimizer(rated.rule, {{.name = "w",
                                    .values = std::span<T>(parameters),
                                    .gradients = std::span<const T>(gradients),
                                    .shape = recording.parameters.shape}});
  for (std::size_t t = 0; t < recording.steps; ++t) {
    recording.gradients.copy_to(t * gradients.size(), std::span<T>(gradients));
    optimizer.step(rated.rate(static_cast<Step>(t)));
  }
  io::write_npy(out, io::view_of(std::span<const T>(parameters), recording.parameters.shape));
}

}  // namespace

optimizer::Precision parse_precision(const std::string& text) {
  if (text == "f32") return optimizer::Precision::f32;
  if (text == "f64") return optimizer::Precision::f64;
  throw UsageError(fmt::format("--precision: \"{}\", expected f32 or f64", text));
}

RatedRule rated_rule(const std::string& text, const DescendOptions& options, Step steps) {
  RunLength run;
  run.run_steps = static_cast<double>(std::max<Step>(1, steps));
  RuleOptions rule = parse_rule(text, run);
  if (rule.rate && !options.schedule.empty()) {
    throw UsageError(fmt::format("the rate is said twice: lr={} in --optimizer {}, and --schedule {}",
                                 to_string(*rule.rate), text, options.schedule));
  }
  Schedule rate = constant(usual_rate(rule));
  if (rule.rate) rate = *rule.rate;
  if (!options.schedule.empty()) rate = parse_schedule(options.schedule, run);
  return {std::move(rule), std::move(rate)};
}

optimizer::Surface surface_of(const std::string& text) {
  const spec::Call call = spec::parse_call(text, "function");
  if (call.path != "logistic") return optimizer::make_surface(text);
  spec::Arguments args(call, 1, "function");
  const std::string file = args.text("file", "");
  const std::string target = args.text("target", "");
  args.finish();
  if (file.empty())
    throw UsageError(
        "function, column 1: logistic: file is missing, such as logistic(\"points.csv\", target=\"y\")");
  return logistic_of_file(text, file, target);
}

int run_on_recorded(const DescendOptions& options) {
  const Recording recording = read_recording(options);
  const RatedRule rated = rated_rule(options.optimizers.front(), options, static_cast<Step>(recording.steps));
  const auto own =
      recording.parameters.type == io::Type::f32 ? optimizer::Precision::f32 : optimizer::Precision::f64;
  if (options.precision.value_or(own) == optimizer::Precision::f32) {
    replay<float>(recording, rated, options.out);
  } else {
    replay<double>(recording, rated, options.out);
  }
  return kDone;
}

}  // namespace calando::tools
