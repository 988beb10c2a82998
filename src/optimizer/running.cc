// SPDX-License-Identifier: MIT
#include "src/optimizer/running.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "calando/error.h"
#include "src/cpu/threads.h"
#include "src/optimizer/blocks.h"
#include "src/optimizer/elementwise_engine.h"
#include "src/optimizer/lbfgs.h"
#include "src/optimizer/tensor_engine.h"
#include "src/spec/fields.h"

namespace calando::optimizer {
namespace {

void check_options(const OptimizerOptions& options) {
  const auto check = [](std::string_view name, double value, std::string_view what) {
    if (!(value >= 0) || std::isinf(value)) {
      throw UsageError(fmt::format("{} = {}, expected {} above 0, or 0 for none", name, value, what));
    }
  };
  check("clip", options.clip, "a norm");
  check("clip_tensor", options.clip_tensor, "a norm");
  check("clip_value", options.clip_value, "a number");
  if ((options.clip > 0) + (options.clip_tensor > 0) + (options.clip_value > 0) > 1) {
    throw UsageError(fmt::format("clip = {}, clip_tensor = {}, clip_value = {}: expected at most one of them",
                                 options.clip, options.clip_tensor, options.clip_value));
  }
}

/// The options with what the rule's text says of gradients.
OptimizerOptions with_text(OptimizerOptions options, const GradientOptions& text) {
  spec::check_fields("optimizer", text);
  const auto merge = [](std::string_view name, auto& own, auto said) {
    if (said == decltype(said){}) return;
    if (own != decltype(own + 0){})
      throw UsageError(
          fmt::format("{} is said twice: in the rule's text and in the optimizer's options", name));
    own = said;
  };
  merge("clip", options.clip, text.clip);
  merge("clip_tensor", options.clip_tensor, text.clip_tensor);
  merge("clip_value", options.clip_value, text.clip_value);
  options.maximise = options.maximise || text.maximise;
  return options;
}

/// The groups that were asked for, and the rest as the last one.
std::vector<GroupOptions> make_groups(const RuleOptions& rule, const OptimizerOptions& options) {
  std::vector<GroupOptions> made;
  for (const Group& group : options.groups) made.push_back(parse_group(rule, group, options.run));
  made.push_back({rule, 1, {}});
  for (const GroupOptions& group : made) {
    std::visit([](const auto& r) { spec::check_fields(std::remove_cvref_t<decltype(r)>::kName, r); },
               group.rule.rule);
  }
  return made;
}

}  // namespace

std::unique_ptr<Engine> make_engine(const Model& model) {
  return std::visit(
      [&]<class Rule>(const Rule&) -> std::unique_ptr<Engine> {
        if constexpr (rules::kSearches<Rule>) return make_lbfgs_engine(model);
        if constexpr (rules::kElementwise<Rule>) return std::make_unique<ElementwiseEngine>(model);
        return std::make_unique<TensorEngine>(model);
      },
      model.groups.front().rule.rule);
}

Running::Running(const RuleOptions& rule, std::vector<Parameter> parameters,
                 const OptimizerOptions& options) {
  model.options = with_text(options, rule.gradients);
  check_options(model.options);
  model.groups = make_groups(rule, options);
  model.tensors = make_tensors(std::move(parameters), options.groups, model.groups);
  model.team = options.team ? options.team : make_team(options.threads);
  tensor_of.resize(model.tensors.size());
  for (std::size_t t = 0; t < model.tensors.size(); ++t) tensor_of[model.tensors[t].given] = t;
  squares.resize(model.tensors.size());
  engine = make_engine(model);
  wrappings = make_wrappings(rule.wrappers, model);
}

double Running::norm_of(std::size_t tensor) const {
  const double square = squares[tensor];
  const Parameter& p = model.tensors[tensor].parameter;
  const ConstNumbers gradients = p.rows != nullptr ? p.rows->gradients : p.gradients;
  if (gradients.type() != NumberType::f64 || model.tensors[tensor].idle) return std::sqrt(square);
  const auto g = gradients.as<double>();
  return norm_over(*model.team, g.size(), square, [&](std::size_t i) { return g[i]; });
}

double Running::norm(double loss_scale) const {
  const double square = std::accumulate(squares.begin(), squares.end(), 0.0);
  return norm_over(*model.team, squares.size(), square, [&](std::size_t t) { return norm_of(t); }) /
         loss_scale;
}

GradientScale Running::clipping(double loss_scale, StepReport& report) const {
  const OptimizerOptions& options = model.options;
  const double direction = options.maximise ? -1 : 1;
  if (options.clip_value > 0) return {direction, {}, options.clip_value, 1 / loss_scale};
  GradientScale scale{direction / loss_scale, {}};
  if (options.clip > 0 && report.gradient_norm > options.clip) {
    report.clipped = true;
    scale.all *= options.clip / report.gradient_norm;
  }
  if (options.clip_tensor > 0) {
    for (std::size_t t = 0; t < squares.size(); ++t) {
      const double own = norm_of(t) / loss_scale;
      const bool clipped = own > options.clip_tensor;
      report.clipped |= clipped;
      scale.by_tensor.push_back(clipped ? scale.all * (options.clip_tensor / own) : scale.all);
    }
  }
  return scale;
}

bool Running::evaluates() const {
  return engine->searches() ||
         std::ranges::any_of(wrappings, [](const auto& around) { return around->evaluates(); });
}

StepReport Running::step(double lr, double loss_scale) {
  if (evaluates()) {
    throw UsageError(fmt::format("{}: it needs gradients at more than one place: step(lr, evaluate)",
                                 engine->searches() ? name_of(model.groups.front().rule.rule) : Sam::kName));
  }
  return update(lr, loss_scale);
}

StepReport Running::step(double lr, const Evaluate& evaluate) {
  if (engine->searches()) {
    engine->prepare(steps, lr);
    const GradientScale scale{model.options.maximise ? -1.0 : 1.0, {}};
    for (const auto& around : wrappings) around->before({model, steps, lr, scale});
    const StepReport report = engine->search(evaluate);
    finish(lr, scale);
    return report;
  }
  const double loss = evaluate();
  for (const auto& around : wrappings) around->look(evaluate);
  StepReport report = update(lr, 1);
  report.loss = loss;
  return report;
}

void Running::finish(double lr, const GradientScale& scale) {
  for (const auto& around : wrappings) around->after({model, steps, lr, scale});
  ++steps;
}

bool Running::averages() const {
  if (std::ranges::any_of(wrappings, [](const auto& around) { return around->averages(); })) return true;
  const auto rule = make_elementwise(model.groups.front().rule.rule);
  return rule != nullptr && rule->evaluated(std::span<float>(), {});
}

void Running::check_rate(double lr) const {
  for (const GroupOptions& group : model.groups) {
    if (std::holds_alternative<Ftrl>(group.rule.rule) && group.rate_at(steps, lr) == 0)
      throw UsageError(fmt::format(
          "step {}: ftrl: learning rate 0, expected a number above 0: it divides by the rate", steps));
  }
}

StepReport Running::update(double lr, double loss_scale) {
  check_rate(lr);
  StepReport report;
  engine->begin();
  const bool measured_first =
      model.options.clip > 0 || model.options.clip_tensor > 0 || model.options.skip_not_finite;
  if (measured_first) {
    engine->measure(squares);
    report.gradient_norm = norm(loss_scale);
    if (model.options.skip_not_finite && !std::isfinite(report.gradient_norm)) {
      report.skipped = true;
      return report;
    }
  }
  engine->prepare(steps, lr);
  const GradientScale scale = clipping(loss_scale, report);
  for (const auto& around : wrappings) around->before({model, steps, lr, scale});
  if (measured_first) {
    engine->update(scale, {});
  } else {
    engine->update(scale, model.options.norm ? std::span(squares) : std::span<double>());
    report.gradient_norm = model.options.norm ? norm(loss_scale) : std::numeric_limits<double>::quiet_NaN();
  }
  finish(lr, scale);
  return report;
}

std::size_t Running::tensor_at(std::size_t index) const {
  if (index >= tensor_of.size())
    throw UsageError(fmt::format("parameter {}: there are {}", index, tensor_of.size()));
  return tensor_of[index];
}

void Running::bind(std::size_t index, Numbers values, ConstNumbers gradients) {
  const std::size_t t = tensor_at(index);
  Tensor& tensor = model.tensors[t];
  Parameter& p = tensor.parameter;
  if (values.size() != p.values.size() || values.type() != p.values.type()) {
    throw UsageError(fmt::format("parameter \"{}\": {} values in {}, expected {} in {} as before", p.name,
                                 values.size(), name_of(values.type()), p.values.size(),
                                 name_of(p.values.type())));
  }
  const bool idle = gradients.empty() && p.rows == nullptr;
  if (!idle && p.rows == nullptr &&
      (gradients.size() != p.gradients.size() || gradients.type() != p.gradients.type())) {
    throw UsageError(fmt::format("parameter \"{}\": {} gradients in {}, expected {} in {} as before", p.name,
                                 gradients.size(), name_of(gradients.type()), p.gradients.size(),
                                 name_of(p.gradients.type())));
  }
  p.values = values;
  if (!idle) p.gradients = gradients;
  tensor.idle = idle;
  engine->rebind(t);
}

template <class T>
void Running::evaluated(std::size_t index, std::span<T> out) const {
  const std::size_t t = tensor_at(index);
  const Parameter& p = model.tensors[t].parameter;
  const bool fits_type = (p.values.type() == NumberType::f64) == std::is_same_v<T, double>;
  if (out.size() != p.values.size() || !fits_type) {
    throw UsageError(fmt::format("parameter \"{}\": room for {} evaluated weights in {}, expected {} in {}",
                                 p.name, out.size(), name_of(numbers::kTypeOf<T>), p.values.size(),
                                 p.values.type() == NumberType::f64 ? "float64" : "float32"));
  }
  for (auto around = wrappings.rbegin(); around != wrappings.rend(); ++around) {
    if ((*around)->evaluated(t, out)) return;
  }
  engine->evaluated(t, out);
}
template void Running::evaluated(std::size_t, std::span<float>) const;
template void Running::evaluated(std::size_t, std::span<double>) const;

}  // namespace calando::optimizer

namespace calando {

std::shared_ptr<cpu::Team> make_team(int threads) {
  if (threads < 0)
    throw UsageError(fmt::format("threads = {}, expected 0 for all processors, or more", threads));
  return std::make_shared<cpu::Team>(threads > 0 ? threads : cpu::processors());
}

}  // namespace calando
