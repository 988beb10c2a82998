// SPDX-License-Identifier: MIT
// libtorch's optimizers and calando's in their place: the same loop, the same parameters at its end, saved and resumed.
#include <calando/torch_optimizer.h>
#include <torch/torch.h>

#include <cmath>
#include <cstdio>
#include <functional>
#include <memory>
#include <sstream>

namespace {

using Make = std::function<std::unique_ptr<torch::optim::Optimizer>(std::vector<torch::Tensor>)>;

struct Net : torch::nn::Module {
  torch::nn::Linear first{register_module("first", torch::nn::Linear(20, 50))};
  torch::nn::Linear second{register_module("second", torch::nn::Linear(50, 1))};
  torch::Tensor forward(const torch::Tensor& x) { return second(torch::tanh(first(x))); }
};

/// The parameters after some steps, the optimizer saved and loaded into a new one on the way.
std::vector<torch::Tensor> train(const Make& make, bool resumed) {
  torch::manual_seed(1);
  Net net;
  net.to(torch::kDouble);
  const torch::Tensor x = torch::randn({64, 20}, torch::kDouble), y = torch::randn({64, 1}, torch::kDouble);
  auto optimizer = make(net.parameters());
  for (int step = 0; step < 50; ++step) {
    if (resumed && step == 25) {
      std::stringstream file;
      torch::save(*optimizer, file);
      optimizer = make(net.parameters());
      torch::load(*optimizer, file);
    }
    optimizer->zero_grad();
    torch::mse_loss(net.forward(x), y).backward();
    optimizer->step();
  }
  return net.parameters();
}

double largest_difference(const std::vector<torch::Tensor>& a, const std::vector<torch::Tensor>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, (a[i] - b[i]).abs().max().item<double>());
  return largest;
}

template <class Theirs, class Ours, class Options>
bool same(const char* name, const Options& options) {
  const auto theirs = train([&](auto p) { return std::make_unique<Theirs>(std::move(p), options); }, false);
  const Make make = [&](auto p) { return std::make_unique<Ours>(std::move(p), options); };
  const auto ours = train(make, false);
  const auto resumed = train(make, true);
  const double difference = largest_difference(theirs, ours);
  std::printf("%-8s largest difference from libtorch's parameters after 50 steps: %.1e; resumed: %.1e\n", name,
              difference, largest_difference(ours, resumed));
  return difference < 1e-12 && largest_difference(ours, resumed) == 0;
}

}  // namespace

int main() {
  namespace optim = torch::optim;
  bool right = same<optim::SGD, calando::torch::SGD>("SGD", optim::SGDOptions(0.05).momentum(0.9).weight_decay(1e-3));
  right &= same<optim::Adam, calando::torch::Adam>("Adam", optim::AdamOptions(1e-3).amsgrad(true));
  right &= same<optim::AdamW, calando::torch::AdamW>("AdamW", optim::AdamWOptions(1e-3).weight_decay(0.1));
  right &= same<optim::Adagrad, calando::torch::Adagrad>("Adagrad", optim::AdagradOptions(1e-2).lr_decay(1e-3));
  right &= same<optim::RMSprop, calando::torch::RMSprop>(
      "RMSprop", optim::RMSpropOptions(1e-3).centered(true).momentum(0.9));
  const Make by_text = [](auto p) {
    return std::make_unique<calando::torch::Rule>(std::move(p), "adamw(beta2=0.95)", 1e-3);
  };
  std::printf("rule     resumed: %.1e\n", largest_difference(train(by_text, false), train(by_text, true)));
  return right && largest_difference(train(by_text, false), train(by_text, true)) == 0 ? 0 : 1;
}
