// SPDX-License-Identifier: MIT
#include "calando/contrastive.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "calando/error.h"
#include "src/similarity/exponential.h"
#include "src/similarity/kernel.h"
#include "src/similarity/prepare.h"

namespace calando {
namespace {

using similarity::Scale;

/// Rows in double, as unit vectors, and the sums that their gradients become.
class Embeddings {
 public:
  Embeddings(const char* function, const EmbeddingRows& rows, std::size_t dimension) : dimension_(dimension) {
    if (dimension == 0 || rows.values.size() % dimension != 0)
      throw UsageError(std::string(function) + ": " + std::to_string(rows.values.size()) +
                       " numbers do not make rows of " + std::to_string(dimension));
    if (!rows.gradients.empty() && rows.gradients.size() != rows.values.size())
      throw UsageError(std::string(function) + ": " + std::to_string(rows.gradients.size()) +
                       " gradients for " + std::to_string(rows.values.size()) + " numbers");
    out_ = rows.gradients;
    numbers_.assign(rows.values.begin(), rows.values.end());
    if (!out_.empty()) sums_.assign(numbers_.size(), 0);
    squares_.resize(count());
    const Scale one;
    for (std::size_t i = 0; i < count(); ++i)
      similarity::squares({Element::f64, reinterpret_cast<const char*>(row(i)), 0, 1, &one}, dimension,
                          &squares_[i]);
    units_ = numbers_;
    for (std::size_t k = 0; k < units_.size(); ++k) {
      const double square = squares_[k / dimension];
      units_[k] = square == 0 ? 0 : units_[k] / std::sqrt(square);
    }
  }

  std::size_t count() const noexcept { return numbers_.size() / dimension_; }
  bool wants_gradients() const noexcept { return !out_.empty(); }

  double similarity(std::size_t i, const Embeddings& others, std::size_t j) const {
    const similarity::Sums sums =
        similarity::pair_sums(Element::f64, {row(i), {}}, {others.row(j), {}}, dimension_);
    return similarity::similarity_of(sums.dot, sums.aa, sums.bb, Undefined::zero);
  }

  /// Adds what a slope of the similarity of rows i and j means for row i:
  ///
  ///   ds/da = (b / |b| - s a / |a|) / |a|
  void add_slope(std::size_t i, const Embeddings& others, std::size_t j, double s, double slope) {
    if (!wants_gradients() || slope == 0 || squares_[i] == 0 || others.squares_[j] == 0) return;
    const double factor = slope / std::sqrt(squares_[i]);
    const double* const a = units_.data() + i * dimension_;
    const double* const b = others.units_.data() + j * dimension_;
    double* const sum = sums_.data() + i * dimension_;
    for (std::size_t k = 0; k < dimension_; ++k) sum[k] += factor * (b[k] - s * a[k]);
  }

  void write_gradients() const {
    for (std::size_t k = 0; k < out_.size(); ++k) out_[k] = static_cast<float>(sums_[k]);
  }

 private:
  const double* row(std::size_t i) const { return numbers_.data() + i * dimension_; }

  std::size_t dimension_;
  std::span<float> out_;
  std::vector<double> numbers_;
  std::vector<double> squares_;
  std::vector<double> units_;
  std::vector<double> sums_;
};

/// Both ends of a pair.
void add_slopes(Embeddings& a, std::size_t i, Embeddings& b, std::size_t j, double s, double slope) {
  a.add_slope(i, b, j, s, slope);
  b.add_slope(j, a, i, s, slope);
}

void require_as_many(const char* function, const Embeddings& a, const Embeddings& b) {
  if (a.count() != b.count())
    throw UsageError(std::string(function) + ": " + std::to_string(a.count()) + " rows and " +
                     std::to_string(b.count()) + ", expected as many");
}

/// What a contrastive loss is about: which keys a query may see, and which it should find.
template <class Sees, class Finds>
double contrastive_loss(Embeddings& queries, Embeddings& keys, double temperature, const Sees& sees,
                        const Finds& finds) {
  const std::size_t n = queries.count(), m = keys.count();
  std::vector<std::size_t> positives(n, 0);
  std::size_t terms = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < m; ++j) positives[i] += sees(i, j) && finds(i, j) ? 1 : 0;
    terms += positives[i] > 0 ? 1 : 0;
  }
  double total = 0;
  std::vector<double> s(m), weight(m);
  for (std::size_t i = 0; i < n; ++i) {
    if (positives[i] == 0) continue;
    // exp(s/T - largest/T) cannot overflow, and one of them is 1.
    double largest = -1;
    for (std::size_t j = 0; j < m; ++j) {
      s[j] = queries.similarity(i, keys, j);
      if (sees(i, j) && !(s[j] <= largest)) largest = s[j];
    }
    double sum = 0, found = 0;
    for (std::size_t j = 0; j < m; ++j) {
      weight[j] = sees(i, j) ? similarity::exp_of_negative((s[j] - largest) / temperature) : 0;
      sum += weight[j];
      if (sees(i, j) && finds(i, j)) found += s[j] - largest;
    }
    const double share = 1 / static_cast<double>(positives[i]);
    total += similarity::log_from_one(sum) - share * found / temperature;
    const double scale = 1 / (temperature * static_cast<double>(terms));
    for (std::size_t j = 0; j < m; ++j) {
      if (!sees(i, j)) continue;
      add_slopes(queries, i, keys, j, s[j], scale * (weight[j] / sum - (finds(i, j) ? share : 0)));
    }
  }
  return terms == 0 ? 0 : total / static_cast<double>(terms);
}

void require_temperature(const char* function, double temperature) {
  if (!(temperature > 0) || std::isinf(temperature))
    throw UsageError(std::string(function) + ": temperature " + std::to_string(temperature) +
                     ", expected a number above 0");
}

void require_labels(const char* function, std::size_t labels, std::size_t rows) {
  if (labels != rows)
    throw UsageError(std::string(function) + ": " + std::to_string(labels) + " labels for " +
                     std::to_string(rows) + " rows");
}

}  // namespace

double cosine_embedding_loss(const EmbeddingRows& a, const EmbeddingRows& b, std::size_t dimension,
                             std::span<const std::int8_t> targets, double margin) {
  constexpr const char* kName = "cosine_embedding_loss";
  Embeddings x(kName, a, dimension), y(kName, b, dimension);
  require_as_many(kName, x, y);
  require_labels(kName, targets.size(), x.count());
  const double n = static_cast<double>(x.count());
  double total = 0;
  for (std::size_t i = 0; i < x.count(); ++i) {
    if (targets[i] != 1 && targets[i] != -1)
      throw UsageError(std::string(kName) + ": target " + std::to_string(targets[i]) + ", expected 1 or -1");
    const double s = x.similarity(i, y, i);
    const bool alike = targets[i] == 1;
    const double excess = alike ? 1 - s : s - margin;
    if (!alike && excess <= 0) continue;
    total += excess;
    add_slopes(x, i, y, i, s, (alike ? -1 : 1) / n);
  }
  x.write_gradients();
  y.write_gradients();
  return x.count() == 0 ? 0 : total / n;
}

double triplet_loss(const EmbeddingRows& anchors, const EmbeddingRows& positives,
                    const EmbeddingRows& negatives, std::size_t dimension, double margin) {
  constexpr const char* kName = "triplet_loss";
  Embeddings a(kName, anchors, dimension), p(kName, positives, dimension), q(kName, negatives, dimension);
  require_as_many(kName, a, p);
  require_as_many(kName, a, q);
  const double n = static_cast<double>(a.count());
  double total = 0;
  for (std::size_t i = 0; i < a.count(); ++i) {
    const double near = a.similarity(i, p, i), far = a.similarity(i, q, i);
    const double excess = far - near + margin;
    if (excess <= 0) continue;
    total += excess;
    add_slopes(a, i, p, i, near, -1 / n);
    add_slopes(a, i, q, i, far, 1 / n);
  }
  a.write_gradients();
  p.write_gradients();
  q.write_gradients();
  return a.count() == 0 ? 0 : total / n;
}

double info_nce_loss(const EmbeddingRows& queries, const EmbeddingRows& keys, std::size_t dimension,
                     double temperature, std::span<const std::int64_t> query_labels,
                     std::span<const std::int64_t> key_labels) {
  constexpr const char* kName = "info_nce_loss";
  require_temperature(kName, temperature);
  Embeddings q(kName, queries, dimension), k(kName, keys, dimension);
  const bool labelled = !query_labels.empty() || !key_labels.empty();
  if (labelled) {
    require_labels(kName, query_labels.size(), q.count());
    require_labels(kName, key_labels.size(), k.count());
  } else {
    require_as_many(kName, q, k);
  }
  const double loss = contrastive_loss(
      q, k, temperature, [](std::size_t, std::size_t) { return true; },
      [&](std::size_t i, std::size_t j) { return labelled ? query_labels[i] == key_labels[j] : i == j; });
  q.write_gradients();
  k.write_gradients();
  return loss;
}

double nt_xent_loss(const EmbeddingRows& rows, std::size_t dimension, double temperature,
                    std::span<const std::int64_t> labels) {
  constexpr const char* kName = "nt_xent_loss";
  require_temperature(kName, temperature);
  Embeddings x(kName, rows, dimension);
  const std::size_t half = x.count() / 2;
  if (!labels.empty()) {
    require_labels(kName, labels.size(), x.count());
  } else if (x.count() % 2 != 0) {
    throw UsageError(std::string(kName) + ": " + std::to_string(x.count()) +
                     " rows are not two views of as many");
  }
  const double loss = contrastive_loss(
      x, x, temperature, [](std::size_t i, std::size_t j) { return i != j; },
      [&](std::size_t i, std::size_t j) {
        return labels.empty() ? j == (i < half ? i + half : i - half) : labels[i] == labels[j];
      });
  x.write_gradients();
  return loss;
}

}  // namespace calando
