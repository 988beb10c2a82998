// SPDX-License-Identifier: MIT
// A network of fully connected layers: its loss, the gradient of that, and its predictions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "src/cpu/threads.h"
#include "src/train/features.h"
#include "src/train/model_options.h"

namespace calando::training {

/// What the rows of a data set should be predicted as, by the number of the row: labels of a classification, or values.
struct Targets {
  std::span<const std::int32_t> labels;
  std::span<const float> values;
};

struct Batch {
  const Features& features;
  Targets targets;
  std::span<const std::uint32_t> rows;  // numbers of rows, in the order of the batch
};

/// Which random numbers dropout draws: those of an epoch of a seed, by row.
struct DropoutKey {
  std::uint64_t seed = 0;
  std::uint32_t epoch = 0;
};

/// Whether a gradient replaces what is there or is added to it.
enum class Gradient { replace, add };

struct NamedTensor {
  std::string name;  // "layer1.weight" (inputs x outputs, row-major), "layer1.bias"
  std::vector<std::size_t> shape;
  std::span<float> values;
  std::span<float> gradients;
};

/// linear, softmax or mlp. All results have the same bits for any team, and a row's prediction does not depend on the other rows.
class Network {
 public:
  /// `outputs`: classes, or 1 for a regression. class_weights: one a class, or none for all 1.
  Network(const ModelOptions& options, Task task, std::size_t inputs, std::size_t outputs,
          std::vector<float> class_weights = {});
  ~Network();
  Network(Network&&) noexcept;

  std::size_t inputs() const noexcept;
  std::size_t outputs() const noexcept;
  Task task() const noexcept;
  std::vector<NamedTensor> parameters();

  /// Weights and biases of hidden layers and of what follows them uniform in +-1/sqrt(inputs); those of linear and softmax 0.
  ///
  /// Source:  LeCun et al. 1998, as PyTorch's Linear has it.
  void initialise(std::uint64_t seed);

  /// The sum of the weights of the batch's rows in the loss.
  double weight(const Batch& batch) const;

  /// Leaves the gradient of (sum of the rows' weighted losses) / total_weight in the parameters' gradients, and returns the sum of
  /// the weighted losses.
  ///
  ///   classification:  loss = -sum_c q_c log p_c, p = softmax(z), q = (1 - s) [c = label] + s / classes
  ///   regression:      loss = (z - value)^2
  ///
  /// Error:   a loss that is not finite comes out as it is
  double backward(cpu::Team& team, const Batch& batch, double total_weight, Gradient gradient,
                  const DropoutKey& key);

  /// Probabilities of the classes, or values.
  ///
  /// Shapes:  out: rows.size() x outputs()
  void predict(cpu::Team& team, const Features& features, std::span<const std::uint32_t> rows,
               float* out) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace calando::training
