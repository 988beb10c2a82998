// SPDX-License-Identifier: MIT
// A number for each element of a model's tensors, in the tensor's own type.
#pragma once

#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "src/optimizer/blocks.h"
#include "src/optimizer/engine.h"

namespace calando::optimizer {

class Kept {
 public:
  /// Starts as the values; saved as "PARAMETER/NAME".
  ///
  /// Throws:  UsageError: a parameter in bfloat16, whose values are rounded ones
  Kept(const Model& model, std::string_view owner, std::string name);

  template <class T>
  std::span<T> of(std::size_t tensor) {
    if constexpr (std::is_same_v<T, float>) {
      return floats_[tensor];
    } else {
      return doubles_[tensor];
    }
  }
  template <class T>
  std::span<const T> of(std::size_t tensor) const {
    return const_cast<Kept*>(this)->of<T>(tensor);  // NOLINT: the same but for const
  }

  /// Calls f(value, kept) with references for each element, on any thread.
  template <class F>
  void each(const F& f) {
    for (std::size_t t = 0; t < model_.tensors.size(); ++t) {
      if (!floats_[t].empty()) each_of<float>(t, f);
      if (!doubles_[t].empty()) each_of<double>(t, f);
    }
  }

  void add_state(OptimizerState& state) const;
  void restore(const OptimizerState& state);

 private:
  template <class T, class F>
  void each_of(std::size_t tensor, const F& f) {
    const std::span<T> values = model_.tensors[tensor].parameter.values.as<T>(), kept = of<T>(tensor);
    for_blocks(*model_.team, values.size(), [&](Block block) {
      for (std::size_t i = block.first; i < block.last; ++i) f(values[i], kept[i]);
    });
  }

  const Model& model_;
  std::string name_;
  std::vector<std::vector<float>> floats_;  // by tensor; empty where it is the other type
  std::vector<std::vector<double>> doubles_;
};

/// Throws:  UsageError: a parameter with gradients of rows, or in another type than its values
void check_whole_gradients(const Model& model, std::string_view owner);

}  // namespace calando::optimizer
