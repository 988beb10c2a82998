// SPDX-License-Identifier: MIT
#include "src/bellman/krylov.h"

#include "src/cpu/arena.h"

namespace calando::bellman {
namespace {

bool usable(double x) { return std::isfinite(x) && x != 0; }

bool ask(const KrylovLimits& limits) { return limits.over && limits.over(); }

}  // namespace

namespace {

/// `inverse` is about that of the product; where there is none, the identity.
template <class Real>
int bicgstab_of(const Vectors& vectors, const ProductOf<Real>& product, const ProductOf<Real>& inverse,
                std::span<const Real> b, std::span<Real> x, const KrylovLimits& limits) {
  const std::size_t n = vectors.length();
  cpu::Array<Real> r(n);
  cpu::Array<Real> shadow(n);
  cpu::Array<Real> p(n);
  cpu::Array<Real> ap(n);
  cpu::Array<Real> as(n);
  cpu::Array<Real> of_p(inverse ? n : 0);  // the inverse of p, and of r
  cpu::Array<Real> of_r(of_p.size());
  const cpu::Array<Real>& along_p = inverse ? of_p : p;
  const cpu::Array<Real>& along_r = inverse ? of_r : r;
  const auto dot = [&](const cpu::Array<Real>& a, const cpu::Array<Real>& c) {
    return vectors.dot(std::span<const Real>(a), std::span<const Real>(c));
  };
  const auto largest = [&] { return vectors.largest(std::span<const Real>(r)); };
  int products = 0;
  while (products < limits.products) {
    product(x, r);
    ++products;
    vectors.each([&](std::size_t i) {
      r[i] = b[i] - r[i];
      shadow[i] = r[i];
      p[i] = r[i];
    });
    if (!(largest() > limits.goal) || ask(limits)) return products;
    // A product of its own tells the residual; what follows carries it along.
    double rho = dot(shadow, r);
    while (products < limits.products) {
      if (inverse) inverse(p, of_p);
      product(along_p, ap);
      const double curvature = dot(shadow, ap);
      if (!usable(curvature)) break;
      const auto alpha = static_cast<Real>(rho / curvature);
      vectors.each([&](std::size_t i) { r[i] -= alpha * ap[i]; });
      if (inverse) inverse(r, of_r);
      product(along_r, as);
      products += 2;
      const auto [size, along] = vectors.sums<2>([&](std::size_t i, auto& sum) {
        const double of_as = as[i];
        sum[0] += of_as * of_as;
        sum[1] += of_as * static_cast<double>(r[i]);
      });
      const auto omega = static_cast<Real>(usable(size) ? along / size : 0);
      const auto [next, square] = vectors.sums<2>([&](std::size_t i, auto& sum) {
        x[i] += alpha * along_p[i] + omega * along_r[i];
        r[i] -= omega * as[i];
        const double left = r[i];
        sum[0] += static_cast<double>(shadow[i]) * left;
        sum[1] += left * left;
      });
      // The largest element lies between the 2-norm and its share of a root of n.
      const bool near = !(square > limits.goal * limits.goal * static_cast<double>(n));
      if (ask(limits) || ask(limits) || (near && !(largest() > limits.goal))) return products;
      if (!usable(omega) || !usable(next)) break;
      const auto beta =
          static_cast<Real>(next / rho * (static_cast<double>(alpha) / static_cast<double>(omega)));
      rho = next;
      vectors.each([&](std::size_t i) { p[i] = r[i] + beta * (p[i] - omega * ap[i]); });
    }
  }
  return products;
}

}  // namespace

int bicgstab(const Vectors& vectors, const Product& product, std::span<const double> b, std::span<double> x,
             const KrylovLimits& limits) {
  return bicgstab_of(vectors, product, {}, b, x, limits);
}

int bicgstab(const Vectors& vectors, const Product& product, const Product& inverse,
             std::span<const double> b, std::span<double> x, const KrylovLimits& limits) {
  return bicgstab_of(vectors, product, inverse, b, x, limits);
}

int bicgstab(const Vectors& vectors, const ProductOf<float>& product, std::span<const float> b,
             std::span<float> x, const KrylovLimits& limits) {
  return bicgstab_of(vectors, product, {}, b, x, limits);
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
    size_ = std::sqrt(dot(basis_[0], basis_[0]));
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
      column[j] = dot(basis_[j], w);
      vectors_.each([&, c = column[j]](std::size_t i) { w[i] -= c * basis_[j][i]; });
    }
    const double rest = std::sqrt(dot(w, w));
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
  double dot(std::span<const double> a, std::span<const double> b) const { return vectors_.dot(a, b); }

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
    if (!(vectors.largest(std::span<const double>(r)) > limits.goal) || ask(limits) || !cycle.begin())
      return products;
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
