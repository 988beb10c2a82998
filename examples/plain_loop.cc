// SPDX-License-Identifier: MIT
// A schedule in a loop of one's own: three lines. Gradient descent on (x - 3)^2 from 0.
#include <cmath>
#include <cstdio>

#include "calando/schedule.h"

int main() {
  const calando::Schedule lr = calando::linear(0, 0.4, 5).then(calando::cosine(0.4, 0, 45));
  double x = 0;
  for (calando::Step t = 0; t < 50; ++t) x -= lr(t) * 2 * (x - 3);

  std::printf("%.12f\n", x);
  return std::fabs(x - 3) < 1e-9 ? 0 : 1;
}
