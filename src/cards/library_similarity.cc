// SPDX-License-Identifier: MIT
// Similarity: two vectors, and what happens in many dimensions.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>

#include "calando/contrastive.h"
#include "calando/error.h"
#include "calando/search.h"
#include "calando/similarity.h"
#include "src/cards/library.h"
#include "src/cpu/random.h"

namespace calando::cards {
namespace {

double similarity_of(Given& given) {
  const std::vector<double>& a = given.list();
  return cosine_similarity(a, given.list());
}
double similarity_or_zero(Given& given) {
  const std::vector<double>& a = given.list();
  return cosine_similarity(a, given.list(), Undefined::zero);
}
double distance_of(Given& given) {
  const std::vector<double>& a = given.list();
  return cosine_distance(a, given.list());
}
double angle_of(Given& given) {
  const std::vector<double>& a = given.list();
  return angle(a, given.list());
}
double degrees_of(Given& given) { return angle_of(given) * 180 / std::numbers::pi; }

double norm_of(Given& given) {
  const std::vector<double>& a = given.list();
  return norms(vector_of(std::span<const double>(a))).front();
}

double error_bound(Given& given) {
  return similarity_error_bound(Element::f32,
                                static_cast<std::size_t>(std::max<std::int64_t>(1, given.whole())));
}

/// A vector of random signs: 64 from each draw.
void draw_signs(const cpu::Random& random, std::uint64_t first, std::vector<double>& signs) {
  for (std::size_t i = 0; i < signs.size(); i += 64) {
    std::uint64_t bits = random.bits(first + i / 64);
    const std::size_t end = std::min(i + 64, signs.size());
    for (std::size_t j = i; j < end; ++j, bits >>= 1) signs[j] = (bits & 1U) != 0 ? 1 : -1;
  }
}

/// The root of the mean squared similarity of a thousand pairs of vectors of random signs.
double typical_similarity(Given& given) {
  constexpr std::int64_t kLargest = 4096;
  constexpr std::uint64_t kPairs = 1000;
  const std::int64_t dimension = given.whole();
  if (dimension < 1 || dimension > kLargest) {
    throw UsageError(fmt::format("{}: dimension {}, expected 1 to {}", given.name(), dimension, kLargest));
  }
  const cpu::Random random(1, cpu::Purpose::test);
  std::vector<double> a(static_cast<std::size_t>(dimension));
  std::vector<double> b(a.size());
  double sum = 0;
  for (std::uint64_t pair = 0; pair < kPairs; ++pair) {
    draw_signs(random, 2 * pair * kLargest, a);
    draw_signs(random, (2 * pair + 1) * kLargest, b);
    const double similarity = cosine_similarity(a, b);
    sum += similarity * similarity;
  }
  return std::sqrt(sum / static_cast<double>(kPairs));
}

/// [query], rank, [row], ...: the rank-th nearest of the rows, by calando::search.
Match neighbour(Given& given) {
  const std::vector<double>& query = given.list();
  const std::int64_t rank = given.whole();
  std::vector<double> rows;
  std::int64_t count = 0;
  for (; given.more(); ++count) {
    const std::vector<double>& row = given.list();
    if (row.size() != query.size())
      throw UsageError(
          fmt::format("{}: rows and query of {} numbers are needed", given.name(), query.size()));
    rows.insert(rows.end(), row.begin(), row.end());
  }
  if (rank < 1 || rank > count)
    throw UsageError(fmt::format("{}: rank {}, expected 1 to {}", given.name(), rank, count));
  const Corpus corpus(vectors_of(std::span<const double>(rows), query.size()), 1);
  const Matches found = search(corpus, vector_of(std::span<const double>(query)),
                               static_cast<std::size_t>(rank), {.threads = 1});
  if (found.of(0).size() < static_cast<std::size_t>(rank)) return {.id = 0, .similarity = std::nan("")};
  return found.of(0)[static_cast<std::size_t>(rank) - 1];
}
double neighbour_similarity(Given& given) { return neighbour(given).similarity; }
double neighbour_id(Given& given) { return static_cast<double>(neighbour(given).id); }

/// A query and a thousand random rows, the same for every position of a slider: laid out once.
struct RandomRows {
  static constexpr std::size_t kRows = 1000, kDimension = 8;
  std::vector<double> numbers = std::vector<double>((kRows + 1) * kDimension);
  std::optional<Corpus> corpus;

  RandomRows() {
    const cpu::Random random(2, cpu::Purpose::test);
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = random.uniform(i) - 0.5;
    corpus.emplace(vectors_of(std::span<const double>(numbers).subspan(kDimension), kDimension), 1);
  }
  Vectors query() const { return vector_of(std::span<const double>(numbers).first(kDimension)); }
};

/// k, looked: of the k nearest of a thousand random rows, how many are found by looking at so many of them only.
double found_among(Given& given) {
  static const RandomRows rows;
  const std::int64_t k = given.whole();
  const std::int64_t looked = given.whole();
  if (k < 1 || k > std::int64_t{RandomRows::kRows})
    throw UsageError(fmt::format("{}: k = {}, expected 1 to {}", given.name(), k, RandomRows::kRows));
  const Matches exact = search(*rows.corpus, rows.query(), static_cast<std::size_t>(k), {.threads = 1});
  double found = 0;
  for (const Match& match : exact.of(0)) found += static_cast<std::int64_t>(match.id) < looked ? 1 : 0;
  return found;
}

/// [similarities], temperature: the loss of a query whose similarities with the keys these are, the first the one that belongs to it
double info_nce(Given& given) {
  std::vector<float> keys;
  std::vector<std::int64_t> labels;
  for (const double s : given.list()) {
    if (!(std::fabs(s) <= 1))
      throw UsageError(fmt::format("{}: similarity {}, expected -1 to 1", given.name(), s));
    keys.push_back(static_cast<float>(s));
    keys.push_back(static_cast<float>(std::sqrt(1 - s * s)));
    labels.push_back(static_cast<std::int64_t>(labels.size()));
  }
  const std::array<float, 2> query = {1, 0};
  const std::array<std::int64_t, 1> own = {0};
  return info_nce_loss({query}, {keys}, 2, given.number(), own, labels);
}

/// Two arrows from the origin.
plot::Figure vectors_picture(Given& given) {
  plot::Figure figure;
  figure.description = "Vectors from the origin.";
  double reach = 0;
  for (int number = 1; given.more(); ++number) {
    const std::vector<double>& v = given.list();
    if (v.size() < 2) throw UsageError("vectors: expected vectors of two numbers");
    figure.layers.emplace_back(plot::Line{.name = {}, .x = {0, v[0]}, .y = {0, v[1]}});
    figure.layers.emplace_back(
        plot::Mark{.x = v[0], .y = v[1], .text = std::string(1, static_cast<char>('A' + number - 1))});
    reach = std::max({reach, std::fabs(v[0]), std::fabs(v[1])});
  }
  reach = reach > 0 ? 1.15 * reach : 1;
  figure.x = {.label = "x", .low = -reach, .high = reach};
  figure.y = {.label = "y", .low = -reach, .high = reach};
  return figure;
}

constexpr std::array<Computation, 12> kComputations = {{
    {"similarity", "[a], [b]", "their cosine similarity", similarity_of},
    {"similarity_or_zero", "[a], [b]", "the same, 0 with a vector of zeros", similarity_or_zero},
    {"distance", "[a], [b]", "their cosine distance", distance_of},
    {"angle", "[a], [b]", "their angle in radians", angle_of},
    {"degrees", "[a], [b]", "their angle in degrees", degrees_of},
    {"norm", "[a]", "the Euclidean norm", norm_of},
    {"typical_similarity", "dimension", "of vectors of random signs, measured", typical_similarity},
    {"similarity_error", "dimension", "the error bound of a similarity of float32 vectors", error_bound},
    {"neighbour", "[query], rank, [row], ...", "the number of the row that is found at a rank, from 0",
     neighbour_id},
    {"neighbour_similarity", "[query], rank, [row], ...", "its similarity", neighbour_similarity},
    {"found_among", "k, looked", "of the k nearest of 1000 random rows, how many are among the first",
     found_among},
    {"info_nce", "[similarities], temperature", "InfoNCE of one query, whose own key comes first", info_nce},
}};

constexpr std::array<Picture, 1> kPictures = {{
    {"vectors", "[x, y], ...", "vectors in the plane", vectors_picture},
}};

}  // namespace

std::span<const Computation> similarity_computations() { return kComputations; }
std::span<const Picture> similarity_pictures() { return kPictures; }

}  // namespace calando::cards
