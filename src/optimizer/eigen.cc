// SPDX-License-Identifier: MIT
// Everything works on rows: vectors lie in rows, so that each loop runs over neighbours.
#include "src/optimizer/eigen.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "src/optimizer/blocks.h"

namespace calando::optimizer {
namespace {

constexpr int kMostIterations = 60;  // of QL for one eigenvalue; two or three are usual
constexpr std::size_t kRows = 16;    // a task's

double dot(std::span<const double> a, std::span<const double> b) {
  constexpr std::size_t kLanes = 8;
  double lanes[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= a.size(); i += kLanes) {
    for (std::size_t l = 0; l < kLanes; ++l) lanes[l] += a[i + l] * b[i + l];
  }
  for (std::size_t l = 0; i < a.size(); ++i, ++l) lanes[l] += a[i] * b[i];
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

void add(std::span<double> a, double factor, std::span<const double> b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += factor * b[i];
}

/// x becomes v with (I - v v^T) x = -+ |x| e1 and |v|^2 = 2; the first element of the image is returned. v = 0 where nothing is to do.
double reflect_to_axis(std::span<double> x) {
  const double largest = std::abs(*std::ranges::max_element(x, {}, [](double e) { return std::abs(e); }));
  if (largest == 0) return 0;
  for (double& e : x) e /= largest;
  const double norm = std::sqrt(dot(x, x)), image = x[0] > 0 ? -norm : norm;
  x[0] -= image;
  const double length = std::sqrt(std::abs(image * x[0]));  // |v|^2 / 2 before it is scaled
  for (double& e : x) e /= length;
  return image * largest;
}

/// Q^T A Q = tridiagonal, by reflections; `vectors` becomes Q^T.
struct Tridiagonal {
  std::size_t size;
  std::vector<double> diagonal, beside;  // beside[i]: between i and i + 1
  std::vector<double> vectors;

  std::span<double> row(std::vector<double>& m, std::size_t i, std::size_t from) const {
    return std::span(m).subspan(i * size + from, size - from);
  }

  Tridiagonal(cpu::Team& team, std::vector<double>& a, std::size_t n)
      : size(n), diagonal(n), beside(n), vectors(n * n) {
    std::vector<std::vector<double>> reflections;
    for (std::size_t k = 0; k < n; ++k) {
      diagonal[k] = a[k * n + k];
      if (k + 1 == n) break;
      std::vector<double> v(n - k - 1);
      for (std::size_t i = 0; i < v.size(); ++i) v[i] = a[(k + 1 + i) * n + k];
      beside[k] = reflect_to_axis(v);
      if (beside[k] != 0) apply_both_sides(team, a, k + 1, v);
      reflections.push_back(std::move(v));
    }
    for (std::size_t i = 0; i < n; ++i) vectors[i * n + i] = 1;
    for (std::size_t k = reflections.size(); k-- > 0;) apply_to_vectors(team, k + 1, reflections[k]);
  }

 private:
  /// A <- (I - v v^T) A (I - v v^T) from row and column `first` on: A - v w^T - w v^T, w = A v - (v A v / 2) v.
  void apply_both_sides(cpu::Team& team, std::vector<double>& a, std::size_t first,
                        std::span<const double> v) const {
    std::vector<double> w(v.size());
    for_blocks(team, v.size(), kRows, [&](std::size_t, Block rows) {
      for (std::size_t i = rows.first; i < rows.last; ++i) w[i] = dot(row(a, first + i, first), v);
    });
    add(w, -dot(v, w) / 2, v);
    for_blocks(team, v.size(), kRows, [&](std::size_t, Block rows) {
      for (std::size_t i = rows.first; i < rows.last; ++i) {
        const auto own = row(a, first + i, first);
        for (std::size_t j = 0; j < own.size(); ++j) own[j] -= v[i] * w[j] + w[i] * v[j];
      }
    });
  }

  /// vectors <- vectors (I - v v^T): each row is a vector.
  void apply_to_vectors(cpu::Team& team, std::size_t first, std::span<const double> v) {
    for_blocks(team, size - first, kRows, [&](std::size_t, Block rows) {
      for (std::size_t i = rows.first; i < rows.last; ++i) {
        const auto own = row(vectors, first + i, first);
        add(own, -dot(own, v), v);
      }
    });
  }
};

/// Rows i and i + 1 turned: what QL does to the vectors.
struct Turn {
  std::size_t at;
  double c, s;
};

/// One sweep of QL from m down to l, with Wilkinson's shift; the turns that it made.
void sweep(Tridiagonal& t, std::size_t l, std::size_t m, std::vector<Turn>& turns) {
  std::vector<double>&d = t.diagonal, &e = t.beside;
  double g = (d[l + 1] - d[l]) / (2 * e[l]);
  const double r = std::hypot(g, 1.0);
  g = d[m] - d[l] + e[l] / (g + std::copysign(r, g));
  double s = 1, c = 1, p = 0;
  for (std::size_t i = m; i-- > l;) {
    const double f = s * e[i], b = c * e[i], length = std::hypot(f, g);
    e[i + 1] = length;
    if (length == 0) {
      d[i + 1] -= p;
      e[m] = 0;
      return;
    }
    s = f / length;
    c = g / length;
    g = d[i + 1] - p;
    const double q = (d[i] - g) * s + 2 * c * b;
    p = s * q;
    d[i + 1] = g + p;
    g = c * q - b;
    turns.push_back({i, c, s});
  }
  d[l] -= p;
  e[l] = g;
  e[m] = 0;
}

/// The turns on the vectors, in columns that stay in cache.
void turn_rows(cpu::Team& team, Tridiagonal& t, const std::vector<Turn>& turns) {
  for_blocks(team, t.size, 64, [&](std::size_t, Block cols) {
    for (const Turn& turn : turns) {
      double *a = t.vectors.data() + turn.at * t.size, *b = a + t.size;
      for (std::size_t k = cols.first; k < cols.last; ++k) {
        const double x = a[k], y = b[k];
        b[k] = turn.s * x + turn.c * y;
        a[k] = turn.c * x - turn.s * y;
      }
    }
  });
}

/// Makes t diagonal; false where that does not come to an end.
bool diagonalize(cpu::Team& team, Tridiagonal& t) {
  const auto negligible = [&](std::size_t i) {
    const double around = std::abs(t.diagonal[i]) + std::abs(t.diagonal[i + 1]);
    return std::abs(t.beside[i]) <= std::numeric_limits<double>::epsilon() * around;
  };
  std::vector<Turn> turns;
  for (std::size_t l = 0; l < t.size; ++l) {
    for (int iteration = 0;; ++iteration) {
      std::size_t m = l;
      while (m + 1 < t.size && !negligible(m)) ++m;
      if (m == l) break;
      if (iteration == kMostIterations) return false;
      sweep(t, l, m, turns);
      if (turns.size() < 64 * t.size) continue;
      turn_rows(team, t, turns);
      turns.clear();
    }
  }
  turn_rows(team, t, turns);
  return true;
}

}  // namespace

Eigen eigen(cpu::Team& team, std::vector<double> a, std::size_t size) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Eigen none{std::vector<double>(size, nan), std::vector<double>(size * size, nan)};
  if (!std::ranges::all_of(a, [](double x) { return std::isfinite(x); })) return none;
  Tridiagonal t(team, a, size);
  if (!diagonalize(team, t)) return none;
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order,
                           [&](std::size_t i, std::size_t j) { return t.diagonal[i] > t.diagonal[j]; });
  Eigen made;
  for (const std::size_t i : order) {
    made.values.push_back(t.diagonal[i]);
    made.vectors.insert(made.vectors.end(), t.row(t.vectors, i, 0).begin(), t.row(t.vectors, i, 0).end());
  }
  return made;
}

std::vector<double> orthogonal_rows(cpu::Team& team, std::vector<double> a, std::size_t size) {
  const auto row = [size](std::vector<double>& m, std::size_t i, std::size_t from) {
    return std::span(m).subspan(i * size + from, size - from);
  };
  std::vector<std::vector<double>> reflections;
  for (std::size_t k = 0; k < size; ++k) {
    const auto own = row(a, k, k);
    std::vector<double> v(own.begin(), own.end());
    reflect_to_axis(v);
    for_blocks(team, size - k - 1, kRows, [&](std::size_t, Block rows) {
      for (std::size_t i = rows.first; i < rows.last; ++i) {
        const auto other = row(a, k + 1 + i, k);
        add(other, -dot(other, v), v);
      }
    });
    reflections.push_back(std::move(v));
  }
  std::vector<double> q(size * size);
  for (std::size_t i = 0; i < size; ++i) q[i * size + i] = 1;
  for (std::size_t k = size; k-- > 0;) {
    for_blocks(team, size - k, kRows, [&](std::size_t, Block rows) {
      for (std::size_t i = rows.first; i < rows.last; ++i) {
        const auto own = row(q, k + i, k);
        add(own, -dot(own, reflections[k]), reflections[k]);
      }
    });
  }
  return q;
}

}  // namespace calando::optimizer
