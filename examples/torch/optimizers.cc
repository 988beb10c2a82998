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

enum class Step { plain, with_closure };

/// The parameters after some steps, the optimizer saved and loaded into a new one on the way.
std::vector<torch::Tensor> train(const Make& make, bool resumed, Step kind = Step::plain) {
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
    const auto loss = [&] {
      optimizer->zero_grad();
      torch::Tensor value = torch::mse_loss(net.forward(x), y);
      value.backward();
      return value;
    };
    if (kind == Step::with_closure) {
      optimizer->step(loss);
    } else {
      loss();
      optimizer->step();
    }
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
bool same(const char* name, const Options& options, Step kind = Step::plain) {
  const auto theirs =
      train([&](auto p) { return std::make_unique<Theirs>(std::move(p), options); }, false, kind);
  const Make make = [&](auto p) { return std::make_unique<Ours>(std::move(p), options); };
  const auto ours = train(make, false, kind);
  const auto resumed = train(make, true, kind);
  const double difference = largest_difference(theirs, ours);
  std::printf("%-8s largest difference from libtorch's parameters after 50 steps: %.1e; resumed: %.1e\n",
              name, difference, largest_difference(ours, resumed));
  return difference < 1e-12 && largest_difference(ours, resumed) == 0;
}

/// SAM by hand: libtorch's SGD with the gradients from where the loss is largest nearby.
bool sam_is_two_evaluations() {
  torch::manual_seed(1);
  Net ours, theirs;
  ours.to(torch::kDouble), theirs.to(torch::kDouble);
  const auto p = ours.parameters(), q = theirs.parameters();
  {
    const torch::NoGradGuard still;
    for (std::size_t i = 0; i < p.size(); ++i) q[i].copy_(p[i]);
  }
  const torch::Tensor x = torch::randn({64, 20}, torch::kDouble), y = torch::randn({64, 1}, torch::kDouble);
  calando::torch::Rule sam(p, "sam(sgd, rho=0.05)", 0.1);
  torch::optim::SGD sgd(q, 0.1);
  const auto gradients = [&](torch::optim::Optimizer& optimizer, Net& net) {
    optimizer.zero_grad();
    torch::Tensor loss = torch::mse_loss(net.forward(x), y);
    loss.backward();
    return loss;
  };
  bool same_loss = true;
  for (int step = 0; step < 20; ++step) {
    const torch::Tensor said = sam.step([&] { return gradients(sam, ours); });
    same_loss = same_loss && std::abs((said - gradients(sgd, theirs)).item<double>()) < 1e-12;
    double square = 0;
    for (const auto& t : q) square += t.grad().square().sum().item<double>();
    std::vector<torch::Tensor> rest;
    {
      const torch::NoGradGuard still;
      for (const auto& t : q) {
        rest.push_back(t.clone());
        t.add_(t.grad(), 0.05 / std::sqrt(square));
      }
    }
    gradients(sgd, theirs);
    const torch::NoGradGuard still;
    for (std::size_t i = 0; i < q.size(); ++i) q[i].copy_(rest[i]);
    sgd.step();
  }
  bool refused = false;
  try {
    sam.step();
  } catch (const calando::UsageError& error) {
    refused = std::string(error.what()).find("step(closure)") != std::string::npos;
  }
  std::printf("sam      largest difference from two evaluations by hand after 20 steps: %.1e\n",
              largest_difference(p, q));
  return refused && same_loss && largest_difference(p, q) < 1e-12;
}

}  // namespace

int main() {
  namespace optim = torch::optim;
  bool right =
      same<optim::SGD, calando::torch::SGD>("SGD", optim::SGDOptions(0.05).momentum(0.9).weight_decay(1e-3));
  right &= same<optim::Adam, calando::torch::Adam>("Adam", optim::AdamOptions(1e-3).amsgrad(true));
  right &= same<optim::AdamW, calando::torch::AdamW>("AdamW", optim::AdamWOptions(1e-3).weight_decay(0.1));
  right &=
      same<optim::Adagrad, calando::torch::Adagrad>("Adagrad", optim::AdagradOptions(1e-2).lr_decay(1e-3));
  right &= same<optim::RMSprop, calando::torch::RMSprop>(
      "RMSprop", optim::RMSpropOptions(1e-3).centered(true).momentum(0.9));
  right &= same<optim::Adam, calando::torch::Adam>("Adam, by a closure", optim::AdamOptions(1e-3),
                                                   Step::with_closure);
  right &= same<optim::LBFGS, calando::torch::LBFGS>(
      "LBFGS", optim::LBFGSOptions(1).max_iter(2).history_size(5).line_search_fn("strong_wolfe"),
      Step::with_closure);
  right &= sam_is_two_evaluations();
  for (const char* text : {"adamw(beta2=0.95)", "nadam", "schedule_free", "lookahead(adam)"}) {
    const Make by_text = [&](auto p) {
      return std::make_unique<calando::torch::Rule>(std::move(p), text, 1e-3);
    };
    const double difference = largest_difference(train(by_text, false), train(by_text, true));
    std::printf("%-17s resumed: %.1e\n", text, difference);
    right &= difference == 0;
  }
  return right ? 0 : 1;
}
