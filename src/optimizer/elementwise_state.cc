// SPDX-License-Identifier: MIT
// The states of elementwise rules: where they lie, out and in.
#include <fmt/format.h>

#include <algorithm>

#include "src/cpu/threads.h"
#include "src/optimizer/elementwise_engine.h"

namespace calando::optimizer {
namespace {

/// Arrays of one tensor do not start at the same place of a page: a load would wait for a store that it takes for its own.
constexpr std::size_t kStagger = std::size_t{17} * 64;

/// Names of what is kept for parameters in bfloat16.
std::string_view name_of_extra(Bf16Parameters kind) {
  return kind == Bf16Parameters::master ? "master" : "compensation";
}

std::size_t padded(std::size_t bytes) {
  return (bytes + 63) / 64 * 64 + (bytes > cpu::kLongestPiece ? kStagger : 0);
}

template <class T>
T* cells(std::byte* bytes) {
  return reinterpret_cast<T*>(bytes);
}

}  // namespace

void ElementwiseEngine::place_states() {
  constexpr std::size_t kNowhere = ~std::size_t{0};
  std::size_t bytes = 0;
  std::vector<std::array<std::size_t, cpu::kMostStates + 1>> places;
  for (const Tensor& tensor : model_.tensors) {
    const ElementwiseRule& rule = *rules_[tensor.group];
    TensorStates& own =
        states_.emplace_back(TensorStates{make_layout(tensor.parameter, rule, model_.options), {}, nullptr});
    auto& place = places.emplace_back();
    place.fill(kNowhere);
    const auto put = [&](std::size_t array, std::size_t size) {
      if (size == 0) return;
      place[array] = bytes;
      bytes += padded(size);
    };
    const std::size_t count = tensor.parameter.values.size();
    for (std::size_t s = 0; s < rule.states(); ++s) put(s, size_of(own.layout.cells[s], count));
    put(cpu::kMostStates, own.layout.size_of_extra(count));
  }
  arena_ = cpu::make_arena(bytes);
  for (std::size_t t = 0; t < states_.size(); ++t) {
    for (std::size_t s = 0; s <= cpu::kMostStates; ++s) {
      std::byte* start = places[t][s] == kNowhere ? nullptr : arena_.get() + places[t][s];
      (s == cpu::kMostStates ? states_[t].extra : states_[t].states[s]) = start;
    }
  }
}

void ElementwiseEngine::fill_states() {
  const cpu::NoDenormals mode;
  for (std::size_t t = 0; t < states_.size(); ++t) {
    const Parameter& p = model_.tensors[t].parameter;
    const ElementwiseRule& rule = *rules_[model_.tensors[t].group];
    TensorStates& own = states_[t];
    const std::size_t count = p.values.size();
    for (std::size_t s = 0; s < rule.states(); ++s) {
      const double initial = rule.initial(s);
      if (initial == 0 || count == 0) continue;  // the arena is zeros
      if (own.layout.values == NumberType::f64) {
        std::fill_n(cells<double>(own.states[s]), count, initial);
      } else {
        write_cells(own.layout.cells[s], std::vector<float>(count, static_cast<float>(initial)),
                    own.states[s], {});
      }
    }
    if (own.layout.values == NumberType::bf16 && own.layout.bf16 == Bf16Parameters::master && count > 0) {
      cpu::widen_bf16(static_cast<const BFloat16*>(p.values.data()), cells<float>(own.extra), count);
    }
  }
}

std::vector<float> ElementwiseEngine::floats_of(const TensorStates& own, std::size_t state,
                                                std::size_t size) const {
  std::vector<float> floats(size);
  read_cells(own.layout.cells[state], own.states[state], floats);
  return floats;
}

namespace {

/// The weights, of any layout that holds floats.
void read_values(const Parameter& p, const TensorStates& own, std::span<float> out) {
  if (own.layout.values == NumberType::f32) {
    std::ranges::copy(p.values.as<float>(), out.begin());
  } else if (own.layout.bf16 == Bf16Parameters::master) {
    std::copy_n(cells<float>(own.extra), out.size(), out.begin());
  } else if (own.layout.bf16 == Bf16Parameters::kahan) {
    cpu::join_bf16(p.values.as<BFloat16>().data(), cells<BFloat16>(own.extra), out.data(), out.size());
  } else {
    cpu::widen_bf16(p.values.as<BFloat16>().data(), out.data(), out.size());
  }
}

}  // namespace

void ElementwiseEngine::evaluated(std::size_t tensor, std::span<float> out) const {
  const Tensor& t = model_.tensors[tensor];
  const ElementwiseRule& rule = *rules_[t.group];
  read_values(t.parameter, states_[tensor], out);
  std::array<std::vector<float>, cpu::kMostStates> floats;
  std::array<const float*, cpu::kMostStates> pointers{};
  for (std::size_t s = 0; s < rule.states(); ++s) {
    floats[s] = floats_of(states_[tensor], s, out.size());
    pointers[s] = floats[s].data();
  }
  rule.evaluated(out, pointers);
}

void ElementwiseEngine::evaluated(std::size_t tensor, std::span<double> out) const {
  const Tensor& t = model_.tensors[tensor];
  std::ranges::copy(t.parameter.values.as<double>(), out.begin());
  std::array<const double*, cpu::kMostStates> pointers{};
  for (std::size_t s = 0; s < pointers.size(); ++s) pointers[s] = cells<double>(states_[tensor].states[s]);
  rules_[t.group]->evaluated(out, pointers);
}

void ElementwiseEngine::add_state(OptimizerState& state) const {
  for (std::size_t g = 0; g < rules_.size(); ++g) {
    rules_[g]->visit_scalars(
        [&](std::string_view name, double& value) { state.scalars[fmt::format("{}/{}", g, name)] = value; });
  }
  for (std::size_t t = 0; t < states_.size(); ++t) {
    const Parameter& p = model_.tensors[t].parameter;
    const ElementwiseRule& rule = *rules_[model_.tensors[t].group];
    const TensorStates& own = states_[t];
    const std::size_t size = p.values.size();
    for (std::size_t s = 0; s < rule.states(); ++s) {
      const std::string name = fmt::format("{}/{}", p.name, rule.state_name(s));
      state.shapes[name] = p.shape;
      if (own.layout.values == NumberType::f64) {
        const double* values = cells<double>(own.states[s]);
        state.doubles[name].assign(values, values + size);
      } else {
        state.tensors[name] = floats_of(own, s, size);
      }
    }
    if (own.extra == nullptr) continue;
    std::vector<float>& rest = state.tensors[fmt::format("{}/{}", p.name, name_of_extra(own.layout.bf16))];
    rest.resize(size);
    read_cells(own.layout.bf16 == Bf16Parameters::master ? Cell::f32 : Cell::bf16, own.extra, rest);
  }
}

void ElementwiseEngine::restore(const OptimizerState& state) {
  const cpu::NoDenormals mode;
  for (std::size_t g = 0; g < rules_.size(); ++g) {
    rules_[g]->visit_scalars([&](std::string_view name, double& value) {
      value = state.scalars.at(fmt::format("{}/{}", g, name));
    });
  }
  for (std::size_t t = 0; t < states_.size(); ++t) {
    const Parameter& p = model_.tensors[t].parameter;
    const ElementwiseRule& rule = *rules_[model_.tensors[t].group];
    const TensorStates& own = states_[t];
    for (std::size_t s = 0; s < rule.states(); ++s) {
      const std::string name = fmt::format("{}/{}", p.name, rule.state_name(s));
      if (own.layout.values == NumberType::f64) {
        std::ranges::copy(state.doubles.at(name), cells<double>(own.states[s]));
      } else {
        write_cells(own.layout.cells[s], state.tensors.at(name), own.states[s], {name_hashes_[t], 0});
      }
    }
    if (own.extra == nullptr) continue;
    const std::vector<float>& rest =
        state.tensors.at(fmt::format("{}/{}", p.name, name_of_extra(own.layout.bf16)));
    if (own.layout.bf16 == Bf16Parameters::master) {
      std::ranges::copy(rest, cells<float>(own.extra));
    } else {
      cpu::narrow_bf16(rest.data(), cells<BFloat16>(own.extra), rest.size());
    }
  }
}

}  // namespace calando::optimizer
