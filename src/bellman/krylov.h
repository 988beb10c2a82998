// SPDX-License-Identifier: MIT
// Linear systems (I - P) x = r by Krylov subspaces: products with a matrix, and inner products in a fixed order.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <span>
#include <vector>

#include "src/cpu/threads.h"

namespace calando::bellman {

/// Operations on vectors, shared out in pieces that depend on the length only: the same bits for any number of threads.
class Vectors {
 public:
  Vectors(cpu::Team& team, std::size_t length) : team_(team), length_(length) {}

  double dot(std::span<const double> a, std::span<const double> b) const { return dot_of(a, b); }
  double dot(std::span<const float> a, std::span<const float> b) const { return dot_of(a, b); }
  /// Sums of several things in one pass: element(i, sums) adds to `sums`.
  template <std::size_t kCount, class Element>
  std::array<double, kCount> sums(const Element& element) const {
    std::vector<std::array<double, kCount>> of_piece(pieces());
    team_.run(of_piece.size(), [&](std::size_t piece) {
      std::array<std::array<double, kCount>, 4>
          lanes{};  // interleaved, so that no addition waits for the last
      std::size_t i = piece * kPiece;
      const std::size_t end = std::min(length_, i + kPiece);
      for (; i + 4 <= end; i += 4) {
        element(i, lanes[0]);
        element(i + 1, lanes[1]);
        element(i + 2, lanes[2]);
        element(i + 3, lanes[3]);
      }
      for (; i < end; ++i) element(i, lanes[0]);
      for (std::size_t k = 0; k < kCount; ++k)
        of_piece[piece][k] = (lanes[0][k] + lanes[1][k]) + (lanes[2][k] + lanes[3][k]);
    });
    std::array<double, kCount> all{};
    for (const auto& of : of_piece) {
      for (std::size_t k = 0; k < kCount; ++k) all[k] += of[k];
    }
    return all;
  }
  /// In absolute value; a NaN is the largest of all.
  template <class Real>
  double largest(std::span<const Real> a) const {
    std::vector<Real> largest(pieces());
    team_.run(largest.size(), [&](std::size_t piece) {
      Real most = 0;
      const std::size_t end = std::min(length_, (piece + 1) * kPiece);
      for (std::size_t i = piece * kPiece; i < end; ++i)
        most = std::abs(a[i]) <= most ? most : std::abs(a[i]);
      largest[piece] = most;
    });
    Real most = 0;
    for (const Real of_piece : largest) most = of_piece <= most ? most : of_piece;
    return most;
  }
  /// element(i) for each i.
  template <class Element>
  void each(const Element& element) const {
    team_.run(pieces(), [&](std::size_t piece) {
      const std::size_t end = std::min(length_, (piece + 1) * kPiece);
      for (std::size_t i = piece * kPiece; i < end; ++i) element(i);
    });
  }
  std::size_t length() const noexcept { return length_; }

 private:
  static constexpr std::size_t kPiece = 4096;
  template <class Real>
  double dot_of(std::span<const Real> a, std::span<const Real> b) const {
    return sums<1>([&](std::size_t i, auto& sum) {
      sum[0] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    })[0];
  }
  std::size_t pieces() const noexcept { return (length_ + kPiece - 1) / kPiece; }

  cpu::Team& team_;
  std::size_t length_;
};

/// y = A x.
template <class Real>
using ProductOf = std::function<void(std::span<const Real> x, std::span<Real> y)>;
using Product = ProductOf<double>;

/// What to stop at: a residual whose largest element is at most `goal`, a number of products, or `over()`.
struct KrylovLimits {
  double goal = 0;
  int products = 0;
  std::function<bool()> over = {};  // asked once a product
};

/// Improves x. Returns the number of products that it took. Where the method breaks down, it starts again from there.
///
/// Source:  van der Vorst 1992.
int bicgstab(const Vectors& vectors, const Product& product, std::span<const double> b, std::span<double> x,
             const KrylovLimits& limits);
/// The same with `inverse`, about that of the product: the nearer it is, the fewer products are taken. Linear in its argument.
int bicgstab(const Vectors& vectors, const Product& product, const Product& inverse,
             std::span<const double> b, std::span<double> x, const KrylovLimits& limits);
/// The same in single precision, its inner products in double.
int bicgstab(const Vectors& vectors, const ProductOf<float>& product, std::span<const float> b,
             std::span<float> x, const KrylovLimits& limits);

/// The first, restarted after `restart` products.
///
/// Source:  Saad & Schultz 1986, with modified Gram-Schmidt and Givens rotations.
int gmres(const Vectors& vectors, const Product& product, std::span<const double> b, std::span<double> x,
          int restart, const KrylovLimits& limits);

}  // namespace calando::bellman
