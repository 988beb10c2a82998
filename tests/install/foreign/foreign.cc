// SPDX-License-Identifier: MIT
// A program of somebody else: a schedule drives an optimizer through the installed library.
#include <calando/optimizer.h>
#include <calando/schedule.h>

#include <cmath>
#include <cstdio>
#include <vector>

int main() {
  using namespace calando;
  const Schedule lr = cosine(0.1, 0, 100);
  if (lr(50) != 0.05) return std::puts("cosine(0.1, 0, 100)(50) is not 0.05"), 1;

  // The minimum of (x - 3)^2 / 2.
  std::vector<float> x = {0}, gradient = {0};
  Optimizer adam(Adam{}, {{"x", x, gradient}});
  const Schedule rate = cosine(0.1, 0, 400);
  for (Step t = 0; t < 400; ++t) {
    gradient[0] = x[0] - 3;
    adam.step(rate(t));
  }
  std::printf("%.4f\n", x[0]);
  return std::abs(x[0] - 3) < 1e-2F ? 0 : 1;
}
