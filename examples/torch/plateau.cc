// SPDX-License-Identifier: MIT
// A schedule times a controller in libtorch: a warm-up and a cosine, halved while a loss stands still. Its rates are those
// of the schedule times the controller's factor at every update, for every group.
#include <torch/torch.h>

#include <cmath>
#include <cstdio>

#include "calando/torch.h"

int main() {
  using calando::Step;
  torch::Tensor fast = torch::ones({2}, torch::requires_grad());
  torch::Tensor slow = torch::ones({2}, torch::requires_grad());
  torch::optim::SGD sgd({fast}, torch::optim::SGDOptions(0.1));
  sgd.add_param_group(
      torch::optim::OptimizerParamGroup({slow}, std::make_unique<torch::optim::SGDOptions>(0.025)));

  const calando::Schedule schedule = calando::linear(0.02, 0.1, 4).then(calando::cosine(0.1, 0, 16));
  calando::TorchRate rate(sgd, schedule);
  calando::Controller plateau(calando::Plateau{.factor = 0.5, .patience = 2});
  bool right = true;
  std::printf("step\tschedule\tfactor\trate\n");
  for (Step t = 0; t < 20; ++t) {
    rate.scale(plateau);
    const double expected = schedule(t) * plateau.factor();
    right = right && rate.rate() == expected && sgd.param_groups()[0].options().get_lr() == expected &&
            std::abs(sgd.param_groups()[1].options().get_lr() - expected / 4) <= 1e-17;
    std::printf("%lld\t%.6f\t%.3f\t%.6f\n", static_cast<long long>(t), schedule(t), plateau.factor(),
                rate.rate());
    sgd.step();
    plateau.observe(1.0, schedule(t));  // a loss that stands still
    rate.step();
    right = right && rate.rate() == schedule(t + 1);  // step() alone: the schedule's own
  }
  right = right && plateau.factor() < 0.1;

  bool refused = false;
  sgd.add_param_group(torch::optim::OptimizerParamGroup({torch::ones({1}, torch::requires_grad())},
                                                        std::make_unique<torch::optim::SGDOptions>(0.1)));
  try {
    rate.step();
  } catch (const calando::UsageError& error) {
    refused = true;
    std::printf("%s\n", error.what());
  }
  return right && refused ? 0 : 1;
}
