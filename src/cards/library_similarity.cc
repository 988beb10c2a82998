// SPDX-License-Identifier: MIT
// Similarity: two vectors, and what happens in many dimensions.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <numbers>

#include "calando/error.h"
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

/// The root of the mean squared similarity of a thousand pairs of random vectors of the cube from -1/2 to 1/2.
double typical_similarity(Given& given) {
  constexpr std::int64_t kLargest = 4096;
  constexpr int kPairs = 1000;
  const std::int64_t dimension = given.whole();
  if (dimension < 1 || dimension > kLargest) {
    throw UsageError(fmt::format("{}: dimension {}, expected 1 to {}", given.name(), dimension, kLargest));
  }
  const cpu::Random random(1, cpu::Purpose::test);
  std::uint64_t drawn = 0;
  std::vector<double> a(static_cast<std::size_t>(dimension));
  std::vector<double> b(a.size());
  double sum = 0;
  for (int pair = 0; pair < kPairs; ++pair) {
    for (double& x : a) x = random.uniform(drawn++) - 0.5;
    for (double& x : b) x = random.uniform(drawn++) - 0.5;
    const double similarity = cosine_similarity(a, b);
    sum += similarity * similarity;
  }
  return std::sqrt(sum / kPairs);
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

constexpr std::array<Computation, 8> kComputations = {{
    {"similarity", "[a], [b]", "their cosine similarity", similarity_of},
    {"similarity_or_zero", "[a], [b]", "the same, 0 with a vector of zeros", similarity_or_zero},
    {"distance", "[a], [b]", "their cosine distance", distance_of},
    {"angle", "[a], [b]", "their angle in radians", angle_of},
    {"degrees", "[a], [b]", "their angle in degrees", degrees_of},
    {"norm", "[a]", "the Euclidean norm", norm_of},
    {"typical_similarity", "dimension", "of random directions, measured", typical_similarity},
    {"similarity_error", "dimension", "the error bound of a similarity of float32 vectors", error_bound},
}};

constexpr std::array<Picture, 1> kPictures = {{
    {"vectors", "[x, y], ...", "vectors in the plane", vectors_picture},
}};

}  // namespace

std::span<const Computation> similarity_computations() { return kComputations; }
std::span<const Picture> similarity_pictures() { return kPictures; }

}  // namespace calando::cards
