// SPDX-License-Identifier: MIT
// libtorch's Adam and calando's on the same tensors, in turns: nanoseconds a parameter, medians.
//
//   build/torch/examples/torch/example_torch_speed [threads]        threads are libtorch's; calando takes all processors
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "calando/torch_optimizer.h"

namespace {

std::vector<torch::Tensor> tensors(std::int64_t count, std::int64_t size) {
  std::vector<torch::Tensor> made;
  for (std::int64_t i = 0; i < count; ++i) {
    made.push_back(torch::zeros({size}, torch::requires_grad()));
    made.back().mutable_grad() = torch::full({size}, 0.01F);
  }
  return made;
}

template <class Optimizer>
double seconds(Optimizer& optimizer) {
  const auto start = std::chrono::steady_clock::now();
  optimizer.step();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

void compare(std::int64_t count, std::int64_t size, int times) {
  torch::optim::Adam theirs(tensors(count, size), torch::optim::AdamOptions(1e-3));
  calando::torch::Adam ours(tensors(count, size), torch::optim::AdamOptions(1e-3));
  seconds(theirs), seconds(ours);
  std::vector<double> a, b;
  for (int i = 0; i < times; ++i) {
    a.push_back(seconds(theirs));
    b.push_back(seconds(ours));
  }
  const double all = 1e-9 * static_cast<double>(count * size);
  std::printf("%lld x %lld: libtorch %.3g, calando %.3g ns a parameter: %.3g times\n",
              static_cast<long long>(count), static_cast<long long>(size), median(a) / all, median(b) / all,
              median(a) / median(b));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) at::set_num_threads(std::atoi(argv[1]));
  compare(1, std::int64_t{1} << 25, 9);
  compare(1000, 32768, 9);
  compare(10000, 100, 15);
}
