// SPDX-License-Identifier: MIT
#include "src/optimizer/elementwise_engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "calando/error.h"
#include "src/cpu/threads.h"
#include "src/optimizer/square_sums.h"

namespace calando::optimizer {
namespace {

/// A task has about this many elements, so that neither one huge tensor nor thousands of small ones cost more than their elements.
constexpr std::size_t kTaskElements = 65536;

/// Arrays of one tensor do not start at the same place of a page: a load would wait for a store that it takes for its own.
constexpr std::size_t kStagger = 17 * 64;

std::size_t size_of(NumberType type) { return type == NumberType::f64 ? 8 : type == NumberType::f32 ? 4 : 2; }

std::size_t pieces_in(std::size_t size) { return (size + cpu::kLongestPiece - 1) / cpu::kLongestPiece; }

void check_takes(const Model& model) {
  const auto refuse = [](std::string_view what) {
    throw UsageError(fmt::format("optimizer: {} is not supported", what));
  };
  if (model.options.clip_value > 0) refuse("clip_value");
  if (model.options.states != StateStorage::f32) refuse("states in few bits");
  for (const Tensor& tensor : model.tensors) {
    const Parameter& p = tensor.parameter;
    if (p.rows != nullptr) refuse("gradients of rows");
    if (p.values.type() == NumberType::bf16 || p.gradients.type() == NumberType::bf16) refuse("bfloat16");
  }
}

}  // namespace

ElementwiseEngine::ElementwiseEngine(const Model& model) : model_(model) {
  check_takes(model);
  for (const GroupOptions& group : model.groups) rules_.push_back(make_elementwise(group.rule.rule));
  make_states();
  lay_out();
}

void ElementwiseEngine::make_states() {
  std::size_t bytes = 0;
  std::vector<std::array<std::size_t, cpu::kMostStates>> at(model_.tensors.size());
  for (std::size_t t = 0; t < model_.tensors.size(); ++t) {
    const Tensor& tensor = model_.tensors[t];
    const std::size_t array = tensor.parameter.values.size() * size_of(tensor.parameter.values.type());
    for (std::size_t s = 0; s < rules_[tensor.group]->states(); ++s) {
      at[t][s] = bytes;
      bytes += (array + 63) / 64 * 64 + (array > cpu::kLongestPiece ? kStagger : 0);
    }
  }
  arena_ = cpu::make_arena(bytes);
  states_.resize(model_.tensors.size());
  for (std::size_t t = 0; t < model_.tensors.size(); ++t) {
    const Tensor& tensor = model_.tensors[t];
    const ElementwiseRule& rule = *rules_[tensor.group];
    for (std::size_t s = 0; s < rule.states(); ++s) {
      states_[t].states[s] = arena_.get() + at[t][s];
      const double initial = rule.initial(s);
      if (initial == 0) continue;
      const std::size_t size = tensor.parameter.values.size();
      if (tensor.parameter.values.type() == NumberType::f64) {
        std::fill_n(reinterpret_cast<double*>(states_[t].states[s]), size, initial);
      } else {
        std::fill_n(reinterpret_cast<float*>(states_[t].states[s]), size, static_cast<float>(initial));
      }
    }
  }
}

void ElementwiseEngine::lay_out() {
  const std::vector<Tensor>& tensors = model_.tensors;
  first_slot_.assign(1, 0);
  for (const Tensor& tensor : tensors)
    first_slot_.push_back(first_slot_.back() + pieces_in(tensor.parameter.values.size()));
  slots_.assign(first_slot_.back(), 0);

  std::vector<std::size_t> order(tensors.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto kind = [&](std::size_t t) {
    return std::pair(tensors[t].group, tensors[t].parameter.values.type());
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return kind(a) < kind(b); });

  first_piece_.resize(tensors.size());
  std::size_t in_task = kTaskElements;
  for (const std::size_t t : order) {
    const Tensor& tensor = tensors[t];
    first_piece_[t] = pieces_.size();
    const std::size_t size = tensor.parameter.values.size();
    for (std::size_t first = 0; first < size; first += cpu::kLongestPiece) {
      const bool new_task = in_task >= kTaskElements;
      if (new_task) {
        tasks_.push_back(runs_.size());
        in_task = 0;
      }
      if (new_task || std::pair(runs_.back().group, runs_.back().type) != kind(t)) {
        runs_.push_back({pieces_.size(), pieces_.size(), tensor.group, tensor.parameter.values.type()});
      }
      const auto count = static_cast<std::uint32_t>(std::min(cpu::kLongestPiece, size - first));
      pieces_.push_back({nullptr,
                         nullptr,
                         {},
                         nullptr,
                         first,
                         count,
                         static_cast<std::uint32_t>(t),
                         first_slot_[t] + first / cpu::kLongestPiece});
      runs_.back().last = pieces_.size();
      in_task += count;
    }
    rebind(t);
  }
  tasks_.push_back(runs_.size());
}

void ElementwiseEngine::rebind(std::size_t tensor) {
  const Tensor& t = model_.tensors[tensor];
  const std::size_t element = size_of(t.parameter.values.type());
  const std::size_t end = first_piece_[tensor] + pieces_in(t.parameter.values.size());
  for (std::size_t i = first_piece_[tensor]; i < end; ++i) {
    cpu::Piece& piece = pieces_[i];
    piece.values = static_cast<std::byte*>(t.parameter.values.data()) + piece.first * element;
    piece.gradients =
        t.idle ? nullptr
               : static_cast<const std::byte*>(t.parameter.gradients.data()) + piece.first * element;
    for (std::size_t s = 0; s < rules_[t.group]->states(); ++s)
      piece.states[s] = states_[tensor].states[s] + piece.first * element;
    if (t.idle) slots_[piece.slot] = 0;
  }
}

void ElementwiseEngine::prepare(Step steps, double lr) {
  std::vector<AnyRule> rules;
  for (const GroupOptions& group : model_.groups) rules.push_back(group.rule_at(steps));
  for (std::size_t g = 0; g < rules.size(); ++g)
    rules_[g]->prepare(rules[g], steps + 1, model_.groups[g].rate_at(steps, lr));
}

template <class F>
void ElementwiseEngine::for_each_run(const F& f) {
  model_.team->run(tasks_.size() - 1, [&](std::size_t task) {
    const cpu::NoDenormals mode;
    for (std::size_t r = tasks_[task]; r < tasks_[task + 1]; ++r) f(runs_[r]);
  });
}

void ElementwiseEngine::update_run(const Run& run, const GradientScale& scale, bool measured) {
  const std::span<const cpu::Piece> pieces(pieces_.data() + run.first, run.last - run.first);
  double* squares = measured ? slots_.data() : nullptr;
  const bool by_tensor = !scale.by_tensor.empty();
  if (run.type == NumberType::f64) {
    rules_[run.group]->update(
        cpu::Batch<double>{pieces, scale.all, by_tensor ? scale.by_tensor.data() : nullptr, squares});
  } else {
    rules_[run.group]->update(cpu::Batch<float>{pieces, static_cast<float>(scale.all),
                                                by_tensor ? float_scales_.data() : nullptr, squares});
  }
}

void ElementwiseEngine::update(const GradientScale& scale, std::span<double> squares) {
  float_scales_.assign(scale.by_tensor.begin(), scale.by_tensor.end());
  for_each_run([&](const Run& run) { update_run(run, scale, !squares.empty()); });
  sum_slots(squares);
}

void ElementwiseEngine::measure(std::span<double> squares) {
  for_each_run([&](const Run& run) {
    const std::span<const cpu::Piece> pieces(pieces_.data() + run.first, run.last - run.first);
    if (run.type == NumberType::f64) {
      cpu::measure_pieces<double>(pieces, slots_.data());
    } else {
      cpu::measure_pieces<float>(pieces, slots_.data());
    }
  });
  sum_slots(squares);
}

void ElementwiseEngine::sum_slots(std::span<double> squares) const {
  for (std::size_t t = 0; t < squares.size(); ++t) {
    squares[t] = tree_sum(std::span(slots_).subspan(first_slot_[t], first_slot_[t + 1] - first_slot_[t]));
  }
}

namespace {

template <class T>
std::array<const T*, cpu::kMostStates> pointers(const TensorStates& states) {
  std::array<const T*, cpu::kMostStates> typed{};
  for (std::size_t s = 0; s < typed.size(); ++s) typed[s] = reinterpret_cast<const T*>(states.states[s]);
  return typed;
}

}  // namespace

void ElementwiseEngine::evaluated(std::size_t tensor, std::span<float> out) const {
  const Tensor& t = model_.tensors[tensor];
  const auto values = t.parameter.values.as<float>();
  std::copy(values.begin(), values.end(), out.begin());
  rules_[t.group]->evaluated(out, pointers<float>(states_[tensor]));
}

void ElementwiseEngine::evaluated(std::size_t tensor, std::span<double> out) const {
  const Tensor& t = model_.tensors[tensor];
  const auto values = t.parameter.values.as<double>();
  std::copy(values.begin(), values.end(), out.begin());
  rules_[t.group]->evaluated(out, pointers<double>(states_[tensor]));
}

void ElementwiseEngine::add_state(OptimizerState& state) const {
  for (std::size_t g = 0; g < rules_.size(); ++g) {
    rules_[g]->visit_scalars(
        [&](std::string_view name, double& value) { state.scalars[fmt::format("{}/{}", g, name)] = value; });
  }
  for (std::size_t t = 0; t < states_.size(); ++t) {
    const Tensor& tensor = model_.tensors[t];
    const std::size_t size = tensor.parameter.values.size();
    const ElementwiseRule& rule = *rules_[tensor.group];
    for (std::size_t s = 0; s < rule.states(); ++s) {
      const std::string name = fmt::format("{}/{}", tensor.parameter.name, rule.state_name(s));
      if (tensor.parameter.values.type() == NumberType::f64) {
        const double* values = pointers<double>(states_[t])[s];
        state.doubles[name].assign(values, values + size);
      } else {
        const float* values = pointers<float>(states_[t])[s];
        state.tensors[name].assign(values, values + size);
      }
    }
  }
}

void ElementwiseEngine::restore(const OptimizerState& state) {
  for (std::size_t g = 0; g < rules_.size(); ++g) {
    rules_[g]->visit_scalars([&](std::string_view name, double& value) {
      value = state.scalars.at(fmt::format("{}/{}", g, name));
    });
  }
  for (std::size_t t = 0; t < states_.size(); ++t) {
    const Tensor& tensor = model_.tensors[t];
    const ElementwiseRule& rule = *rules_[tensor.group];
    for (std::size_t s = 0; s < rule.states(); ++s) {
      const std::string name = fmt::format("{}/{}", tensor.parameter.name, rule.state_name(s));
      if (tensor.parameter.values.type() == NumberType::f64) {
        std::ranges::copy(state.doubles.at(name), reinterpret_cast<double*>(states_[t].states[s]));
      } else {
        std::ranges::copy(state.tensors.at(name), reinterpret_cast<float*>(states_[t].states[s]));
      }
    }
  }
}

}  // namespace calando::optimizer
