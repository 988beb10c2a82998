// SPDX-License-Identifier: MIT
#include "src/train/model_options.h"

#include <fmt/format.h>

#include "calando/error.h"
#include "src/spec/arguments.h"
#include "src/spec/fields.h"
#include "src/spec/nearest.h"

namespace calando::training {
namespace {

constexpr std::string_view kWhat = "model";
constexpr double kMostUnits = 1 << 20;

/// The leading positional arguments: the sizes of the hidden layers.
std::vector<std::int64_t> take_hidden(spec::Call& call) {
  std::vector<std::int64_t> hidden;
  std::size_t taken = 0;
  for (const spec::Argument& argument : call.arguments) {
    if (!argument.name.empty()) break;
    const auto* number = std::get_if<spec::Number>(&argument.value.content);
    if (number == nullptr || !number->integer || number->value < 1 || number->value > kMostUnits) {
      throw UsageError(fmt::format("model, column {}: mlp: {} units, expected a whole number from 1 to {}",
                                   argument.column, spec::to_string(argument.value), kMostUnits));
    }
    hidden.push_back(static_cast<std::int64_t>(number->value));
    ++taken;
  }
  call.arguments.erase(call.arguments.begin(), call.arguments.begin() + static_cast<std::ptrdiff_t>(taken));
  return hidden;
}

}  // namespace

ModelOptions parse_model(std::string_view text) {
  spec::Call call = spec::parse_call(text, kWhat);
  ModelOptions options;
  options.name = call.path;
  if (call.path != "linear" && call.path != "softmax" && call.path != "mlp") {
    throw UsageError(fmt::format("model, column 1: \"{}\", expected linear, softmax or mlp(units, ...){}",
                                 call.path, spec::did_you_mean(call.path, {"linear", "softmax", "mlp"})));
  }
  if (call.path == "mlp") {
    options.hidden = take_hidden(call);
    if (options.hidden.empty())
      throw UsageError("model: mlp has no hidden layer, expected their sizes: mlp(256, 128)");
  }
  spec::Arguments args(call, 1, kWhat);
  if (call.path == "mlp") {
    spec::read_fields(args, options);
  } else if (call.path == "softmax") {
    options.label_smoothing = args.number("label_smoothing", 0.0);
    spec::check_fields("softmax", options);
  }
  args.finish();
  return options;
}

std::string to_string(const ModelOptions& options) {
  spec::Call call = spec::fields_to_call(options.name, options);
  for (std::size_t i = 0; i < options.hidden.size(); ++i) {
    spec::Argument units;
    units.value = spec::number_value(static_cast<double>(options.hidden[i]));
    call.arguments.insert(call.arguments.begin() + static_cast<std::ptrdiff_t>(i), std::move(units));
  }
  call.parentheses = !call.arguments.empty();
  return spec::to_string(spec::Value{std::move(call)});
}

ModelOptions default_model(Task task) {
  ModelOptions options;
  options.name = task == Task::classification ? "softmax" : "linear";
  return options;
}

void require_fits(const ModelOptions& options, Task task) {
  if (options.name == "linear" && task == Task::classification) {
    throw UsageError(
        "--model linear: it predicts numbers, and this is a classification; softmax or mlp predict classes");
  }
  if (options.name == "softmax" && task == Task::regression) {
    throw UsageError(
        "--model softmax: it predicts classes, and this is a regression; linear or mlp predict numbers");
  }
  if (options.label_smoothing > 0 && task == Task::regression) {
    throw UsageError(
        fmt::format("--model {}: label_smoothing is for classes, and this is a regression", options.name));
  }
}

}  // namespace calando::training
