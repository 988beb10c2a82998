// SPDX-License-Identifier: MIT
// The models that train knows, as texts: linear, softmax, mlp(256, 128, activation=gelu, dropout=0.1, label_smoothing=0.1).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "calando/fields.h"

namespace calando::training {

enum class Activation { relu, tanh, gelu };
constexpr std::array<std::string_view, 3> enum_names(Activation) { return {"relu", "tanh", "gelu"}; }

enum class Task { classification, regression };

struct ModelOptions {
  std::string name = "softmax";      // linear, softmax or mlp
  std::vector<std::int64_t> hidden;  // units of the hidden layers, from the input on
  Activation activation = Activation::relu;
  double dropout = 0;
  double label_smoothing = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("activation", self.activation, "of the hidden layers: relu, tanh or gelu x/2 (1 + erf(x/sqrt 2))");
    visit("dropout", self.dropout, range::half_open(0, 1),
          "share of hidden units left out, drawn anew for each row");
    visit("label_smoothing", self.label_smoothing, range::half_open(0, 1),
          "share of the target spread over all classes");
  }
};

/// Throws:  UsageError with the column.
ModelOptions parse_model(std::string_view text);

/// What parse_model reads back.
std::string to_string(const ModelOptions& options);

/// The model for a task where none is named: softmax, or linear.
ModelOptions default_model(Task task);

/// Throws:  UsageError where the model cannot serve the task.
void require_fits(const ModelOptions& options, Task task);

}  // namespace calando::training
