// SPDX-License-Identifier: MIT
#include "src/bellman/anderson.h"

#include <cmath>
#include <deque>

#include "src/bellman/dense.h"
#include "src/bellman/krylov.h"

namespace calando::bellman {
namespace {

constexpr std::size_t kMemory = 5;

/// Differences of neighbouring iterates: of images T v, and of changes T v - v.
class Memory {
 public:
  explicit Memory(const Vectors& vectors) : vectors_(vectors) {}

  void clear() {
    images_.clear();
    changes_.clear();
  }

  void add(cpu::Array<double> image, std::vector<double> change) {
    images_.push_back(std::move(image));
    changes_.push_back(std::move(change));
    if (images_.size() <= kMemory + 1) return;
    images_.pop_front();
    changes_.pop_front();
  }

  /// The mixture of images, into `mixture`; false where there is too little to mix.
  bool mix(std::span<double> mixture) const {
    const std::size_t count = images_.size();
    if (count < 2) return false;
    // Of f_last + sum_i x_i (f_i - f_last), the smallest: (D'D + tiny) x = -D' f_last.
    const std::vector<double>& last = changes_.back();
    const std::size_t m = count - 1;
    std::vector<std::vector<double>> d(m, std::vector<double>(last.size()));
    for (std::size_t i = 0; i < m; ++i) {
      vectors_.each([&](std::size_t s) { d[i][s] = changes_[i][s] - last[s]; });
    }
    std::vector<double> gram(m * m);
    std::vector<double> x(m);
    double trace = 0;
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j <= i; ++j) gram[i * m + j] = gram[j * m + i] = vectors_.dot(d[i], d[j]);
      x[i] = -vectors_.dot(d[i], last);
      trace += gram[i * m + i];
    }
    for (std::size_t i = 0; i < m; ++i) gram[i * m + i] += 1e-12 * trace;
    solve_dense(gram, x);
    for (const double weight : x) {
      if (!std::isfinite(weight)) return false;
    }
    vectors_.each([&](std::size_t s) {
      double sum = images_.back()[s];
      for (std::size_t i = 0; i < m; ++i) sum += x[i] * (images_[i][s] - images_.back()[s]);
      mixture[s] = sum;
    });
    return true;
  }

 private:
  const Vectors& vectors_;
  std::deque<cpu::Array<double>> images_;
  std::deque<std::vector<double>> changes_;
};

double size_of(const CertifiedIterate& iterate) {
  return iterate.model().uniform() ? iterate.extremes().span() : iterate.extremes().size();
}

}  // namespace

void anderson(CertifiedIterate& iterate) {
  const Vectors vectors(iterate.model().team(), iterate.v.size());
  Memory memory(vectors);
  cpu::Array<double> plain;  // what a plain sweep had given, while v is a mixture
  double before = 0;
  while (!iterate.improve()) {
    const double now = size_of(iterate);
    if (!plain.empty() && !(now <= before)) {
      iterate.v.swap(plain);
      plain.clear();
      memory.clear();
      continue;
    }
    before = now;
    std::vector<double> change(iterate.v.size());
    vectors.each([&](std::size_t s) { change[s] = iterate.next[s] - iterate.v[s]; });
    memory.add(iterate.next, std::move(change));
    plain = iterate.next;
    if (memory.mix(iterate.next)) {
      iterate.accept();
    } else {
      plain.clear();
      iterate.accept();
    }
  }
}

}  // namespace calando::bellman
