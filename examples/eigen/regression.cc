// SPDX-License-Identifier: MIT
// Least squares with Eigen's matrices: the optimizer steps them in place.
#include <calando/optimizer.h>

#include <Eigen/Dense>
#include <cstdio>
#include <span>

namespace {

/// The numbers of a matrix that owns them, as the optimizer takes them.
template <class Matrix>
auto numbers_of(Matrix& matrix) {
  return std::span(matrix.data(), static_cast<std::size_t>(matrix.size()));
}

}  // namespace

int main() {
  std::srand(1);
  const Eigen::MatrixXd x = Eigen::MatrixXd::Random(500, 8);
  const Eigen::MatrixXd truth = Eigen::MatrixXd::Random(8, 2);
  const Eigen::MatrixXd y = x * truth;

  Eigen::MatrixXd w = Eigen::MatrixXd::Zero(8, 2), gradient(8, 2);
  calando::Optimizer adam(calando::Adam{},
                          {{.name = "w", .values = numbers_of(w), .gradients = numbers_of(gradient)}});
  const calando::Schedule rate = calando::cosine(0.1, 0, 500);
  for (calando::Step t = 0; t < 500; ++t) {
    gradient.noalias() = x.transpose() * (x * w - y) / 500.0;
    adam.step(rate(t));
  }
  const double error = (w - truth).norm();
  std::printf("distance from the truth after 500 steps: %.2e\n", error);
  return error < 1e-3 ? 0 : 1;
}
