// SPDX-License-Identifier: MIT
// A libtorch module trained with warm restarts, interrupted in the middle of a cycle, and continued from its file: the
// weights are those of the run that was never interrupted.
#include <torch/torch.h>

#include <cmath>
#include <cstdio>
#include <sstream>

#include "calando/torch.h"

namespace {

using calando::Step;

/// sin(x) on [-3, 3].
struct Data {
  torch::Tensor x = torch::linspace(-3, 3, 256).reshape({-1, 1});
  torch::Tensor y = torch::sin(x);
};

torch::nn::Sequential make_model() {
  torch::manual_seed(1);
  return torch::nn::Sequential(torch::nn::Linear(1, 32), torch::nn::Tanh(), torch::nn::Linear(32, 1));
}

/// The last layer learns ten times as slowly.
torch::optim::SGD make_optimizer(torch::nn::Sequential& model) {
  const auto parameters = model->parameters();
  torch::optim::SGD sgd(std::vector<torch::Tensor>(parameters.begin(), parameters.begin() + 2),
                        torch::optim::SGDOptions(0.1));
  sgd.add_param_group(
      torch::optim::OptimizerParamGroup(std::vector<torch::Tensor>(parameters.begin() + 2, parameters.end()),
                                        std::make_unique<torch::optim::SGDOptions>(0.01)));
  return sgd;
}

double train(torch::nn::Sequential& model, torch::optim::SGD& sgd, calando::TorchRate& rate, const Data& data,
             Step until) {
  double last = 0;
  while (rate.steps() < until) {
    sgd.zero_grad();
    const torch::Tensor loss = torch::mse_loss(model->forward(data.x), data.y);
    loss.backward();
    if (rate.steps() % 100 == 0) {
      std::printf("%lld\t%.6f\t%.6f\n", static_cast<long long>(rate.steps()), rate.rate(),
                  loss.item<double>());
    }
    sgd.step();
    rate.step();
    last = loss.item<double>();
  }
  return last;
}

}  // namespace

int main() {
  const Data data;
  const calando::Schedule restarts = calando::cosine(0.2, 0, 100).repeat(calando::kEndless, 2);

  torch::nn::Sequential whole = make_model();
  torch::optim::SGD whole_sgd = make_optimizer(whole);
  calando::TorchRate whole_rate(whole_sgd, restarts);
  std::printf("step\trate\tloss\n");
  const double loss = train(whole, whole_sgd, whole_rate, data, 700);

  torch::nn::Sequential first = make_model();
  torch::optim::SGD first_sgd = make_optimizer(first);
  calando::TorchRate first_rate(first_sgd, restarts);
  std::printf("interrupted at 450\n");
  train(first, first_sgd, first_rate, data, 450);
  std::stringstream weights, state;
  torch::save(first, weights);
  torch::serialize::OutputArchive out;
  first_rate.save(out);
  out.save_to(state);

  torch::nn::Sequential second = make_model();
  torch::load(second, weights);
  torch::optim::SGD second_sgd = make_optimizer(second);
  calando::TorchRate second_rate(second_sgd, restarts);
  torch::serialize::InputArchive in;
  in.load_from(state);
  second_rate.load(in);
  std::printf("continued\n");
  train(second, second_sgd, second_rate, data, 700);

  bool same = true;
  for (std::size_t i = 0; i < whole->parameters().size(); ++i) {
    same = same && torch::equal(whole->parameters()[i], second->parameters()[i]);
  }
  const bool ratio =
      std::abs(second_sgd.param_groups()[1].options().get_lr() * 10 - second_rate.rate()) < 1e-15;
  std::printf("loss %.6f, %s the uninterrupted run, groups %s their ratio\n", loss,
              same ? "the same weights as" : "NOT the weights of", ratio ? "keep" : "DO NOT keep");
  return same && ratio && loss < 0.05 ? 0 : 1;
}
