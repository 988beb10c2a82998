// SPDX-License-Identifier: MIT
#include "src/bellman/krylov.h"

namespace calando::bellman {
namespace {

bool usable(double x) { return std::isfinite(x) && x != 0; }

bool ask(const KrylovLimits& limits) { return limits.over && limits.over(); }

}  // namespace

double Vectors::dot(std::span<const double> a, std::span<const double> b) const {
  return sums<1>([&](std::size_t i, auto& sum) { sum[0] += a[i] * b[i]; })[0];
}

double Vectors::largest(std::span<const double> a) const {
  std::vector<double> largest(pieces());
  team_.run(largest.size(), [&](std::size_t piece) {
    double most = 0;
    const std::size_t end = std::min(length_, (piece + 1) * kPiece);
    // Written so that a NaN is the largest of all.
    for (std::size_t i = piece * kPiece; i < end; ++i) most = std::abs(a[i]) <= most ? most : std::abs(a[i]);
    largest[piece] = most;
  });
  double most = 0;
  for (const double of_piece : largest) most = of_piece <= most ? most : of_piece;
  return most;
}

int bicgstab(const Vectors& vectors, const Product& product, std::span<const double> b, std::span<double> x,
             const KrylovLimits& limits) {
  const std::size_t n = vectors.length();
  std::vector<double> r(n);
  std::vector<double> shadow(n);
  std::vector<double> p(n);
  std::vector<double> ap(n);
  std::vector<double> as(n);
  int products = 0;
  while (products < limits.products) {
    product(x, r);
    ++products;
    vectors.each([&](std::size_t i) {
      r[i] = b[i] - r[i];
      shadow[i] = r[i];
      p[i] = r[i];
    });
    if (!(vectors.largest(r) > limits.goal) || ask(limits)) return products;
    // A product of its own tells the residual; what follows carries it along.
    double rho = vectors.dot(shadow, r);
    while (products < limits.products) {
      product(p, ap);
      const double curvature = vectors.dot(shadow, ap);
      if (!usable(curvature)) break;
      const double alpha = rho / curvature;
      vectors.each([&](std::size_t i) { r[i] -= alpha * ap[i]; });
      product(r, as);
      products += 2;
      const auto [size, along] = vectors.sums<2>([&](std::size_t i, auto& sum) {
        sum[0] += as[i] * as[i];
        sum[1] += as[i] * r[i];
      });
      const double omega = usable(size) ? along / size : 0;
      const auto [next, square] = vectors.sums<2>([&](std::size_t i, auto& sum) {
        x[i] += alpha * p[i] + omega * r[i];
        r[i] -= omega * as[i];
        sum[0] += shadow[i] * r[i];
        sum[1] += r[i] * r[i];
      });
      // The largest element lies between the 2-norm and its share of a root of n.
      const bool near = !(square > limits.goal * limits.goal * static_cast<double>(n));
      if ((near && !(vectors.largest(r) > limits.goal)) || ask(limits)) return products;
      if (!usable(omega) || !usable(next)) break;
      const double beta = next / rho * (alpha / omega);
      rho = next;
      vectors.each([&](std::size_t i) { p[i] = r[i] + beta * (p[i] - omega * ap[i]); });
    }
  }
  return products;
}

namespace {

/// One cycle of GMRES: the basis, and the least-squares problem kept triangular by rotations.
class Cycle {
 public:
  Cycle(const Vectors& vectors, int restart)
      : vectors_(vectors),
        restart_(static_cast<std::size_t>(restart)),
        basis_(restart_ + 1, std::vector<double>(vectors.length())),
        h_(restart_, std::vector<double>(restart_ + 1)),
        cosine_(restart_),
        sine_(restart_),
        rhs_(restart_ + 1) {}

  std::vector<double>& start() { return basis_.front(); }

  /// From a residual in start(): false where it is nothing.
  bool begin() {
    size_ = std::sqrt(vectors_.dot(basis_[0], basis_[0]));
    if (!usable(size_)) return false;
    scale(basis_[0], 1 / size_);
    std::fill(rhs_.begin(), rhs_.end(), 0.0);
    rhs_[0] = size_;
    columns_ = 0;
    return true;
  }

  /// One product more; the 2-norm of the residual that is left, or a negative number where the space is exhausted.
  double extend(const Product& product) {
    const std::size_t k = columns_;
    std::vector<double>& w = basis_[k + 1];
    std::vector<double>& column = h_[k];
    product(basis_[k], w);
    for (std::size_t j = 0; j <= k; ++j) {
      column[j] = vectors_.dot(basis_[j], w);
      vectors_.each([&, c = column[j]](std::size_t i) { w[i] -= c * basis_[j][i]; });
    }
    const double rest = std::sqrt(vectors_.dot(w, w));
    if (!std::isfinite(rest)) return -1;
    rotate(column, rest);
    ++columns_;
    if (!(rest > 1e-14 * size_)) return -1;
    scale(w, 1 / rest);
    return std::abs(rhs_[columns_]);
  }

  void add_to(std::span<double> x) const {
    std::vector<double> y(columns_);
    for (std::size_t i = columns_; i-- > 0;) {
      y[i] = rhs_[i];
      for (std::size_t j = i + 1; j < columns_; ++j) y[i] -= h_[j][i] * y[j];
      y[i] = usable(h_[i][i]) ? y[i] / h_[i][i] : 0;
    }
    vectors_.each([&](std::size_t i) {
      for (std::size_t j = 0; j < y.size(); ++j) x[i] += y[j] * basis_[j][i];
    });
  }

  bool full() const noexcept { return columns_ == restart_; }

 private:
  void scale(std::vector<double>& v, double by) const {
    vectors_.each([&](std::size_t i) { v[i] *= by; });
  }

  void rotate(std::vector<double>& column, double rest) {
    const std::size_t k = columns_;
    for (std::size_t j = 0; j < k; ++j) {
      const double upper = cosine_[j] * column[j] + sine_[j] * column[j + 1];
      column[j + 1] = -sine_[j] * column[j] + cosine_[j] * column[j + 1];
      column[j] = upper;
    }
    const double length = std::sqrt(column[k] * column[k] + rest * rest);
    cosine_[k] = length > 0 ? column[k] / length : 1;
    sine_[k] = length > 0 ? rest / length : 0;
    column[k] = length;
    rhs_[k + 1] = -sine_[k] * rhs_[k];
    rhs_[k] = cosine_[k] * rhs_[k];
  }

  const Vectors& vectors_;
  std::size_t restart_;
  std::vector<std::vector<double>> basis_;
  std::vector<std::vector<double>> h_;
  std::vector<double> cosine_;
  std::vector<double> sine_;
  std::vector<double> rhs_;
  std::size_t columns_ = 0;
  double size_ = 0;
};

}  // namespace

int gmres(const Vectors& vectors, const Product& product, std::span<const double> b, std::span<double> x,
          int restart, const KrylovLimits& limits) {
  Cycle cycle(vectors, restart);
  int products = 0;
  while (products < limits.products) {
    std::vector<double>& r = cycle.start();
    product(x, r);
    ++products;
    vectors.each([&](std::size_t i) { r[i] = b[i] - r[i]; });
    if (!(vectors.largest(r) > limits.goal) || ask(limits) || !cycle.begin()) return products;
    double left = 1;
    while (!cycle.full() && products < limits.products && left > 0) {
      left = cycle.extend(product);
      ++products;
      if (ask(limits)) break;
      if (left <= limits.goal) break;  // the largest element is not above the 2-norm
    }
    cycle.add_to(x);
  }
  return products;
}

}  // namespace calando::bellman
