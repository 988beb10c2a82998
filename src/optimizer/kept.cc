// SPDX-License-Identifier: MIT
#include "src/optimizer/kept.h"

#include <fmt/format.h>

#include <algorithm>

#include "calando/error.h"

namespace calando::optimizer {

Kept::Kept(const Model& model, std::string_view owner, std::string name)
    : model_(model), name_(std::move(name)) {
  for (const Tensor& tensor : model.tensors) {
    const Parameter& p = tensor.parameter;
    if (p.values.type() == NumberType::bf16) {
      throw UsageError(fmt::format("{}: parameter \"{}\": values in {}, expected float32 or float64", owner,
                                   p.name, calando::name_of(p.values.type())));
    }
    floats_.emplace_back();
    doubles_.emplace_back();
    if (p.values.type() == NumberType::f64) {
      const auto values = p.values.as<double>();
      doubles_.back().assign(values.begin(), values.end());
    } else {
      const auto values = p.values.as<float>();
      floats_.back().assign(values.begin(), values.end());
    }
  }
}

void Kept::add_state(OptimizerState& state) const {
  for (std::size_t t = 0; t < model_.tensors.size(); ++t) {
    const Parameter& p = model_.tensors[t].parameter;
    const std::string name = fmt::format("{}/{}", p.name, name_);
    state.shapes[name] = p.shape;
    if (p.values.type() == NumberType::f64) {
      state.doubles[name] = doubles_[t];
    } else {
      state.tensors[name] = floats_[t];
    }
  }
}

void Kept::restore(const OptimizerState& state) {
  for (std::size_t t = 0; t < model_.tensors.size(); ++t) {
    const Parameter& p = model_.tensors[t].parameter;
    const std::string name = fmt::format("{}/{}", p.name, name_);
    if (p.values.type() == NumberType::f64) {
      doubles_[t] = state.doubles.at(name);
    } else {
      floats_[t] = state.tensors.at(name);
    }
  }
}

void check_whole_gradients(const Model& model, std::string_view owner) {
  for (const Tensor& tensor : model.tensors) {
    const Parameter& p = tensor.parameter;
    if (p.rows != nullptr) {
      throw UsageError(
          fmt::format("{}: parameter \"{}\": gradients of rows, expected those of all", owner, p.name));
    }
    if (p.gradients.type() != p.values.type()) {
      throw UsageError(fmt::format("{}: parameter \"{}\": gradients in {}, expected {} as its values", owner,
                                   p.name, calando::name_of(p.gradients.type()),
                                   calando::name_of(p.values.type())));
    }
  }
}

}  // namespace calando::optimizer
