// SPDX-License-Identifier: MIT
// One pass over blocks of rows, each through all layers and back while it is in cache; then the weights' gradients, whose
// sums over the batch each run in order on one thread.
#include "src/train/network.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <new>
#include <numeric>

#include "src/cpu/matmul.h"
#include "src/cpu/random.h"
#include "src/train/network_rows.h"
#include "src/train/row_kernels.h"

namespace calando::training {
namespace {

constexpr std::size_t kBlockRows = 64;      // of a task of the first pass
constexpr std::size_t kGradientRows = 112;  // of a layer's weights in a task of the second pass
constexpr std::size_t kPredictRows = 256;
constexpr std::size_t kAlign = 16;  // floats in a cache line
constexpr std::size_t kWorthSharing =
    200'000;  // multiply-adds below which a second thread costs more than it does

struct Free {
  void operator()(float* floats) const { std::free(floats); }
};
using Floats = std::unique_ptr<float[], Free>;

std::size_t rounded(std::size_t count) { return (count + kAlign - 1) / kAlign * kAlign; }

Floats make_floats(std::size_t count) {
  const std::size_t size = std::max<std::size_t>(rounded(count), kAlign);
  auto* floats = static_cast<float*>(std::aligned_alloc(64, size * sizeof(float)));
  if (floats == nullptr) throw std::bad_alloc();
  std::fill_n(floats, size, 0.0F);
  return Floats(floats);
}

struct Layer {
  std::size_t inputs;
  std::size_t outputs;
  std::size_t weight;  // offsets into values and gradients
  std::size_t bias;
  std::size_t first_unit;  // of its outputs among all hidden units
};

/// The rows of a batch on their way through the layers.
struct Activations {
  std::size_t rows = 0;
  std::vector<Floats> y;     // of each layer's input: y[0] the features; y.back() the output
  std::vector<Floats> gain;  // of hidden layers' outputs
  std::vector<Floats> dz;    // the loss' gradient at each layer's output before its activation
  std::vector<double> loss;
};

void run_tasks(cpu::Team& team, bool share, std::size_t count, const std::function<void(std::size_t)>& task) {
  if (share) return team.run(count, task);
  for (std::size_t i = 0; i < count; ++i) task(i);
}

}  // namespace

struct Network::State {
  ModelOptions options;
  Task task;
  std::vector<Layer> layers;
  std::vector<float> class_weights;
  std::size_t size = 0;
  Floats values;
  Floats gradients;
  Activations batch;

  std::size_t multiply_adds_per_row() const {
    return std::accumulate(
        layers.begin(), layers.end(), std::size_t{0},
        [](std::size_t sum, const Layer& layer) { return sum + layer.inputs * layer.outputs; });
  }
  cpu::MatrixView weights(const Layer& l) const {
    return cpu::row_major(&values[l.weight], l.inputs, l.outputs);
  }

  /// out = in weights + bias, for rows [first, last) of both.
  void multiply(const Layer& l, const float* in, std::size_t rows, float* out) const {
    const cpu::Product product{
        cpu::row_major(in, rows, l.inputs), weights(l), out, l.outputs, {&values[l.bias], 0}};
    cpu::matmul_block(product, {0, rows}, {0, l.outputs});
  }

  double weight_of(std::int32_t label) const {
    return class_weights.empty() ? 1.0 : static_cast<double>(class_weights[static_cast<std::size_t>(label)]);
  }

  void make_room(std::size_t rows);
  void forward(const Batch& batch, std::size_t first, std::size_t last, const DropoutKey& key);
  void lose(const Batch& batch, std::size_t first, std::size_t last, double total_weight);
  void back(std::size_t first, std::size_t last);
  void gradient_of(const Layer& l, std::size_t number, std::size_t rows, std::size_t first, std::size_t last,
                   Gradient gradient);
  void bias_gradient(const Layer& l, std::size_t number, std::size_t rows, Gradient gradient);
};

void Network::State::make_room(std::size_t rows) {
  if (rows <= batch.rows) return;
  batch = Activations{};
  batch.rows = rows;
  batch.loss.resize(rows);
  batch.y.push_back(make_floats(rows * layers.front().inputs));
  for (const Layer& l : layers) {
    batch.y.push_back(make_floats(rows * l.outputs));
    batch.gain.push_back(make_floats(rows * l.outputs));
    batch.dz.push_back(make_floats(rows * l.outputs));
  }
}

void Network::State::forward(const Batch& b, std::size_t first, std::size_t last, const DropoutKey& key) {
  const std::size_t rows = last - first;
  b.features.gather(b.rows.subspan(first, rows), &batch.y[0][first * layers[0].inputs]);
  for (std::size_t n = 0; n < layers.size(); ++n) {
    const Layer& l = layers[n];
    const bool hidden = n + 1 < layers.size();
    float* out = hidden ? &batch.y[n + 1][first * l.outputs] : &batch.dz[n][first * l.outputs];
    multiply(l, &batch.y[n][first * l.inputs], rows, out);
    if (!hidden) continue;
    float* gain = &batch.gain[n][first * l.outputs];
    activate(options.activation, rows * l.outputs, out, gain);
    if (options.dropout == 0) continue;
    for (std::size_t i = 0; i < rows; ++i) {
      drop_units(options.dropout, key, b.rows[first + i], l.first_unit, l.outputs, out + i * l.outputs,
                 gain + i * l.outputs);
    }
  }
}

void Network::State::lose(const Batch& b, std::size_t first, std::size_t last, double total_weight) {
  const std::size_t outputs = layers.back().outputs;
  for (std::size_t i = first; i < last; ++i) {
    float* z = &batch.dz.back()[i * outputs];
    const std::uint32_t row = b.rows[i];
    if (task == Task::regression) {
      batch.loss[i] = regression_loss(*z, b.targets.values[row], total_weight);
    } else {
      const std::int32_t label = b.targets.labels[row];
      batch.loss[i] =
          classification_loss({z, outputs}, label, weight_of(label), options.label_smoothing, total_weight);
    }
  }
}

void Network::State::back(std::size_t first, std::size_t last) {
  for (std::size_t n = layers.size(); --n > 0;) {
    const Layer& l = layers[n];
    float* out = &batch.dz[n - 1][first * l.inputs];
    const cpu::Product product{cpu::row_major(&batch.dz[n][first * l.outputs], last - first, l.outputs),
                               weights(l).transposed(),
                               out,
                               l.inputs,
                               {}};
    cpu::matmul_block(product, {0, last - first}, {0, l.inputs});
    scale((last - first) * l.inputs, out, &batch.gain[n - 1][first * l.inputs]);
  }
}

void Network::State::gradient_of(const Layer& l, std::size_t number, std::size_t rows, std::size_t first,
                                 std::size_t last, Gradient gradient) {
  float* out = &gradients[l.weight];
  const cpu::Start start = gradient == Gradient::add ? cpu::Start{out, l.outputs} : cpu::Start{};
  const cpu::Product product{cpu::row_major(batch.y[number].get(), rows, l.inputs).transposed(),
                             cpu::row_major(batch.dz[number].get(), rows, l.outputs), out, l.outputs, start};
  cpu::matmul_block(product, {first, last}, {0, l.outputs});
}

void Network::State::bias_gradient(const Layer& l, std::size_t number, std::size_t rows, Gradient gradient) {
  float* out = &gradients[l.bias];
  if (gradient == Gradient::replace) std::fill_n(out, l.outputs, 0.0F);
  add_rows(rows, l.outputs, batch.dz[number].get(), out);
}

Network::Network(const ModelOptions& options, Task task, std::size_t inputs, std::size_t outputs,
                 std::vector<float> class_weights)
    : state_(std::make_unique<State>()) {
  state_->options = options;
  state_->task = task;
  state_->class_weights = std::move(class_weights);
  std::vector<std::size_t> sizes = {inputs};
  for (const std::int64_t units : options.hidden) sizes.push_back(static_cast<std::size_t>(units));
  sizes.push_back(outputs);
  std::size_t offset = 0;
  std::size_t unit = 0;
  for (std::size_t n = 0; n + 1 < sizes.size(); ++n) {
    const std::size_t weights = rounded(sizes[n] * sizes[n + 1]);
    state_->layers.push_back({sizes[n], sizes[n + 1], offset, offset + weights, unit});
    offset += weights + rounded(sizes[n + 1]);
    unit += (sizes[n + 1] + 7) / 8 * 8;
  }
  state_->size = offset;
  state_->values = make_floats(offset);
  state_->gradients = make_floats(offset);
}

Network::~Network() = default;
Network::Network(Network&&) noexcept = default;

std::size_t Network::inputs() const noexcept { return state_->layers.front().inputs; }
std::size_t Network::outputs() const noexcept { return state_->layers.back().outputs; }
Task Network::task() const noexcept { return state_->task; }

std::vector<NamedTensor> Network::parameters() {
  std::vector<NamedTensor> tensors;
  for (std::size_t n = 0; n < state_->layers.size(); ++n) {
    const Layer& l = state_->layers[n];
    const auto add = [&](const char* part, std::vector<std::size_t> shape, std::size_t offset,
                         std::size_t count) {
      tensors.push_back({"layer" + std::to_string(n + 1) + part,
                         std::move(shape),
                         {&state_->values[offset], count},
                         {&state_->gradients[offset], count}});
    };
    add(".weight", {l.inputs, l.outputs}, l.weight, l.inputs * l.outputs);
    add(".bias", {l.outputs}, l.bias, l.outputs);
  }
  return tensors;
}

void Network::initialise(std::uint64_t seed) {
  std::fill_n(state_->values.get(), state_->size, 0.0F);
  if (state_->options.hidden.empty()) return;
  std::uint32_t part = 0;
  std::size_t fan_in = 0;
  for (const NamedTensor& tensor : parameters()) {
    if (tensor.shape.size() == 2) fan_in = tensor.shape[0];
    const cpu::Random random(seed, cpu::Purpose::initial_weights, part++);
    const double bound = 1 / std::sqrt(static_cast<double>(fan_in));
    for (std::size_t i = 0; i < tensor.values.size(); ++i) {
      tensor.values[i] = static_cast<float>(bound * (2 * random.uniform(i) - 1));
    }
  }
}

double Network::weight(const Batch& batch) const {
  if (state_->task == Task::regression || state_->class_weights.empty())
    return static_cast<double>(batch.rows.size());
  double sum = 0;
  for (const std::uint32_t row : batch.rows) sum += state_->weight_of(batch.targets.labels[row]);
  return sum;
}

double Network::backward(cpu::Team& team, const Batch& batch, double total_weight, Gradient gradient,
                         const DropoutKey& key) {
  State& s = *state_;
  const std::size_t rows = batch.rows.size();
  s.make_room(rows);
  const bool share = rows * s.multiply_adds_per_row() >= kWorthSharing;
  run_tasks(team, share, (rows + kBlockRows - 1) / kBlockRows, [&](std::size_t block) {
    const std::size_t first = block * kBlockRows;
    const std::size_t last = std::min(rows, first + kBlockRows);
    s.forward(batch, first, last, key);
    s.lose(batch, first, last, total_weight);
    s.back(first, last);
  });

  struct Piece {
    std::size_t layer, first, last;
  };
  std::vector<Piece> pieces;
  for (std::size_t n = 0; n < s.layers.size(); ++n) {
    for (std::size_t first = 0; first < s.layers[n].inputs; first += kGradientRows) {
      pieces.push_back({n, first, std::min(s.layers[n].inputs, first + kGradientRows)});
    }
  }
  run_tasks(team, share, pieces.size(), [&](std::size_t i) {
    const Layer& l = s.layers[pieces[i].layer];
    s.gradient_of(l, pieces[i].layer, rows, pieces[i].first, pieces[i].last, gradient);
    if (pieces[i].first == 0) s.bias_gradient(l, pieces[i].layer, rows, gradient);
  });
  return std::accumulate(s.batch.loss.begin(), s.batch.loss.begin() + static_cast<std::ptrdiff_t>(rows), 0.0);
}

void Network::predict(cpu::Team& team, const Features& features, std::span<const std::uint32_t> rows,
                      float* out) const {
  const State& s = *state_;
  const std::size_t outputs = this->outputs();
  const auto predict_block = [&](std::size_t block) {
    const std::size_t first = block * kPredictRows;
    const std::size_t count = std::min(kPredictRows, rows.size() - first);
    Floats in = make_floats(count * inputs());
    features.gather(rows.subspan(first, count), in.get());
    for (const Layer& l : s.layers) {
      Floats y = make_floats(count * l.outputs);
      s.multiply(l, in.get(), count, y.get());
      if (&l != &s.layers.back()) activate(s.options.activation, count * l.outputs, y.get());
      in = std::move(y);
    }
    if (s.task == Task::classification) {
      for (std::size_t i = 0; i < count; ++i) softmax({&in[i * outputs], outputs});
    }
    std::copy_n(in.get(), count * outputs, out + first * outputs);
  };
  run_tasks(team, rows.size() * s.multiply_adds_per_row() >= kWorthSharing,
            (rows.size() + kPredictRows - 1) / kPredictRows, predict_block);
}

}  // namespace calando::training
