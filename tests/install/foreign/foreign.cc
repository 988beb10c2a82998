// SPDX-License-Identifier: MIT
// A program of somebody else: a schedule drives an optimizer, a table trains a model, the model predicts, through the
// installed library alone.
#include <calando/optimizer.h>
#include <calando/schedule.h>
#include <calando/train.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace calando;

/// The minimum of (x - 3)^2 / 2.
bool optimizes() {
  std::vector<float> x = {0}, gradient = {0};
  Optimizer adam(Adam{}, {{"x", x, gradient}});
  const Schedule rate = cosine(0.1, 0, 400);
  for (Step t = 0; t < 400; ++t) {
    gradient[0] = x[0] - 3;
    adam.step(rate(t));
  }
  std::printf("%.4f\n", x[0]);
  return std::abs(x[0] - 3) < 1e-2F;
}

/// y = 3 a - 2 b + 1, which least squares finds exactly.
void write_table(const std::string& path) {
  std::ofstream table(path);
  table << "a,b,y\n";
  for (int i = 0; i < 400; ++i) {
    const double a = (i * 37 % 100) / 50.0 - 1, b = (i * 61 % 100) / 50.0 - 1;
    table << a << ',' << b << ',' << 3 * a - 2 * b + 1 << '\n';
  }
}

bool trains_and_predicts(const std::string& folder) {
  TrainOptions options;
  options.data.path = folder + ".csv";
  options.data.target = "y";
  options.data.task = "regression";
  options.out = folder;
  options.overwrite = true;
  options.epochs = 60;
  options.batch = 16;
  options.schedule = "cosine(0.1, 0, 100%)";
  write_table(options.data.path);
  if (train(options).status != TrainStatus::finished) return std::puts("the run did not finish"), false;

  const Model model = Model::load(folder);
  const float rows[] = {0.5F, 0.25F, -1.0F, 1.0F};
  const std::vector<float> values = model.predict(rows);
  std::printf("%.4f %.4f\n", values[0], values[1]);
  return std::abs(values[0] - 2.0F) < 0.01F && std::abs(values[1] + 4.0F) < 0.01F;
}

}  // namespace

int main(int, char** argv) {
  if (cosine(0.1, 0, 100)(50) != 0.05) return std::puts("cosine(0.1, 0, 100)(50) is not 0.05"), 1;
  return optimizes() && trains_and_predicts(argv[1]) ? 0 : 1;
}
