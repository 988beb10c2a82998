// SPDX-License-Identifier: MIT
// A program of somebody else: trains on a small table through the library, loads the model, predicts.
#include <calando/schedule.h>
#include <calando/train.h>

#include <cmath>
#include <cstdio>
#include <fstream>

namespace {

/// y = 3 a - 2 b + 1, which least squares finds exactly.
void write_table(const std::string& path) {
  std::ofstream table(path);
  table << "a,b,y\n";
  for (int i = 0; i < 400; ++i) {
    const double a = (i * 37 % 100) / 50.0 - 1, b = (i * 61 % 100) / 50.0 - 1;
    table << a << ',' << b << ',' << 3 * a - 2 * b + 1 << '\n';
  }
}

}  // namespace

int main(int, char** argv) {
  using namespace calando;
  if (cosine(0.1, 0, 100)(50) != 0.05) return std::puts("cosine(0.1, 0, 100)(50) is not 0.05"), 1;

  TrainOptions options;
  options.data.path = std::string(argv[1]) + ".csv";
  options.data.target = "y";
  options.data.task = "regression";
  options.out = argv[1];
  options.overwrite = true;
  options.epochs = 60;
  options.batch = 16;
  options.schedule = "cosine(0.1, 0, 100%)";
  write_table(options.data.path);
  if (train(options).status != TrainStatus::finished) return std::puts("the run did not finish"), 1;

  const Model model = Model::load(argv[1]);
  const float rows[] = {0.5F, 0.25F, -1.0F, 1.0F};
  const std::vector<float> values = model.predict(rows);
  std::printf("%.4f %.4f\n", values[0], values[1]);
  return std::abs(values[0] - 2.0F) < 0.01F && std::abs(values[1] + 4.0F) < 0.01F ? 0 : 1;
}
