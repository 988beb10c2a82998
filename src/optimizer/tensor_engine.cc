// SPDX-License-Identifier: MIT
#include "src/optimizer/tensor_engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "calando/error.h"
#include "src/cpu/map.h"
#include "src/optimizer/square_sums.h"

namespace calando::optimizer {
namespace {

std::unique_ptr<TensorRule> make_rule(const AnyRule& rule) {
  return std::visit(
      [](const auto& plain) -> std::unique_ptr<TensorRule> {
        using Rule = std::remove_cvref_t<decltype(plain)>;
        if constexpr (!rules::kElementwise<Rule> && !rules::kSearches<Rule>) return make_tensor_rule(plain);
        return nullptr;
      },
      rule);
}

void check_takes(const Model& model) {
  const auto name = name_of(model.groups.front().rule.rule);
  const auto refuse = [&](const std::string& what) { throw UsageError(fmt::format("{}: {}", name, what)); };
  if (model.options.clip_value > 0) refuse("clip_value: a rule of whole tensors is clipped by norm only");
  if (model.options.states != StateStorage::f32)
    refuse("states: a rule of whole tensors keeps them in full precision");
  const bool one_type = std::visit(
      [](const auto& r) {
        return requires { std::remove_cvref_t<decltype(r)>::kWholeGroup; };
      },
      model.groups.front().rule.rule);
  for (const Tensor& tensor : model.tensors) {
    const Parameter& p = tensor.parameter;
    if (one_type && p.values.type() != model.tensors.front().parameter.values.type())
      refuse(fmt::format("parameter \"{}\": values in {}, expected one type for all", p.name,
                         calando::name_of(p.values.type())));
    if (p.rows != nullptr)
      refuse(fmt::format("parameter \"{}\": gradients of rows, expected those of all", p.name));
    if (p.values.type() == NumberType::bf16 || p.gradients.type() != p.values.type()) {
      refuse(
          fmt::format("parameter \"{}\": values in {}, gradients in {}, expected float32 or float64 for both",
                      p.name, name_of(p.values.type()), name_of(p.gradients.type())));
    }
  }
}

template <class T, class Self>
auto& spans_of(Self& states) {
  if constexpr (std::is_same_v<T, float>) {
    return states.float_spans;
  } else {
    return states.double_spans;
  }
}

}  // namespace

TensorEngine::TensorEngine(const Model& model) : model_(model) {
  check_takes(model);
  for (const GroupOptions& group : model.groups) rules_.push_back(make_rule(group.rule.rule));
  for (const Tensor& tensor : model.tensors) {
    States& made = states_.emplace_back();
    made.descriptions = rules_[tensor.group]->states(tensor.parameter.shape);
    for (const TensorState& state : made.descriptions) {
      const std::size_t size =
          std::accumulate(state.shape.begin(), state.shape.end(), std::size_t{1}, std::multiplies<>());
      if (tensor.parameter.values.type() == NumberType::f64) {
        made.doubles.emplace_back(size, state.initial);
      } else {
        made.floats.emplace_back(size, static_cast<float>(state.initial));
      }
    }
    made.float_spans.assign(made.floats.begin(), made.floats.end());
    made.double_spans.assign(made.doubles.begin(), made.doubles.end());
  }
}

void TensorEngine::prepare(Step steps, double lr) {
  std::vector<AnyRule> rules;
  for (const GroupOptions& group : model_.groups) rules.push_back(group.rule_at(steps));
  for (std::size_t g = 0; g < rules.size(); ++g)
    rules_[g]->prepare(rules[g], steps + 1, model_.groups[g].rate_at(steps, lr));
}

template <class T>
void TensorEngine::update_group(std::size_t group, const GradientScale& scale) {
  std::vector<TensorStep<T>> steps;
  for (std::size_t t = 0; t < model_.tensors.size(); ++t) {
    const Tensor& tensor = model_.tensors[t];
    const Parameter& p = tensor.parameter;
    if (tensor.group != group || tensor.idle || p.values.type() != numbers::kTypeOf<T>) continue;
    steps.push_back({p.name, p.shape, p.values.as<T>(), p.gradients.as<T>(), static_cast<T>(scale.of(t)),
                     spans_of<T>(states_[t])});
  }
  if (!steps.empty()) rules_[group]->update(std::span<const TensorStep<T>>(steps), *model_.team);
}

void TensorEngine::update(const GradientScale& scale, std::span<double> squares) {
  if (!squares.empty()) measure(squares);
  const cpu::NoDenormals mode;
  for (std::size_t g = 0; g < rules_.size(); ++g) {
    update_group<float>(g, scale);
    update_group<double>(g, scale);
  }
}

void TensorEngine::measure(std::span<double> squares) {
  for (std::size_t t = 0; t < squares.size(); ++t) {
    const Tensor& tensor = model_.tensors[t];
    squares[t] = tensor.idle ? 0 : square_sum_of(tensor.parameter.gradients, *model_.team);
  }
}

void TensorEngine::evaluated(std::size_t tensor, std::span<float> out) const {
  std::ranges::copy(model_.tensors[tensor].parameter.values.as<float>(), out.begin());
  rules_[model_.tensors[tensor].group]->evaluated(out, states_[tensor].float_spans);
}

void TensorEngine::evaluated(std::size_t tensor, std::span<double> out) const {
  std::ranges::copy(model_.tensors[tensor].parameter.values.as<double>(), out.begin());
  rules_[model_.tensors[tensor].group]->evaluated(out, states_[tensor].double_spans);
}

void TensorEngine::add_state(OptimizerState& state) const {
  for (std::size_t g = 0; g < rules_.size(); ++g) {
    rules_[g]->visit_scalars(
        [&](std::string_view name, double& value) { state.scalars[fmt::format("{}/{}", g, name)] = value; });
  }
  for (std::size_t t = 0; t < states_.size(); ++t) {
    const States& own = states_[t];
    for (std::size_t s = 0; s < own.descriptions.size(); ++s) {
      const std::string name =
          fmt::format("{}/{}", model_.tensors[t].parameter.name, own.descriptions[s].name);
      state.shapes[name] = own.descriptions[s].shape;
      if (own.floats.empty()) {
        state.doubles[name] = own.doubles[s];
      } else {
        state.tensors[name] = own.floats[s];
      }
    }
  }
}

void TensorEngine::restore(const OptimizerState& state) {
  for (std::size_t g = 0; g < rules_.size(); ++g) {
    rules_[g]->visit_scalars([&](std::string_view name, double& value) {
      value = state.scalars.at(fmt::format("{}/{}", g, name));
    });
  }
  for (std::size_t t = 0; t < states_.size(); ++t) {
    States& own = states_[t];
    for (std::size_t s = 0; s < own.descriptions.size(); ++s) {
      const std::string name =
          fmt::format("{}/{}", model_.tensors[t].parameter.name, own.descriptions[s].name);
      if (own.floats.empty()) {
        std::ranges::copy(state.doubles.at(name), own.doubles[s].begin());  // spans point into it
      } else {
        std::ranges::copy(state.tensors.at(name), own.floats[s].begin());
      }
    }
  }
}

}  // namespace calando::optimizer
