// SPDX-License-Identifier: MIT
// What the tests against golden values share: the scripts' gradients (tests/golden/optimizers/golden.py), distances, a model, a summary.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "calando/optimizer.h"

namespace calando::golden {

inline constexpr int kSteps = 100;
inline constexpr std::array<int, 3> kShown = {
    1, 2, 10};  // steps whose first elements are kept beside the last step

/// The scripts' numbers, from the same counter.
inline double uniform(std::uint64_t seed, std::uint64_t step, std::uint64_t index) {
  std::uint64_t z = ((seed << 32) + (step << 12) + index + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  z ^= z >> 31;
  return (static_cast<double>(z >> 40) - 0x1p23) / 0x1p23;
}

inline double gradient(std::uint64_t seed, int step, std::size_t i) {
  if (i == 5 && step % 3 == 0) return 0;
  return uniform(seed, static_cast<std::uint64_t>(step), i) / std::pow(4, i % 4);
}

inline double largest(const std::vector<double>& values) {
  double most = 0;
  for (const double v : values) most = std::max(most, std::abs(v));
  return most;
}

/// Of the elements that b has; infinity where a value is not finite.
inline double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double most = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    const double d = std::abs(a.at(i) - b[i]);
    if (!(d <= most)) most = std::isfinite(d) ? d : HUGE_VAL;
  }
  return most;
}

/// Files of fresh cases can be checked by naming their folder.
inline std::filesystem::path folder() {
  const char* given = std::getenv("CALANDO_GOLDEN");
  return given != nullptr ? given : CALANDO_GOLDEN_FOLDER "/optimizers";
}

/// What a table says of a rule.
struct Summary {
  int cases = 0;
  double difference = 0;  // in double, of the largest parameter
  double ratio = 0;       // of our error in float to the peer's

  void add(double more_difference, double more_ratio) {
    ++cases;
    difference = std::max(difference, more_difference);
    ratio = std::max(ratio, more_ratio);
  }
};

/// By rule and peer.
using Summaries = std::map<std::pair<std::string, std::string>, Summary>;

/// What a case's line goes under: "adam" and "torch".
inline std::pair<std::string, std::string> row_of(const nlohmann::json& one) {
  return {one.at("rule"), one.at("peer")};
}

inline void print(const Summaries& rows) {
  fmt::print("{:20}{:20}{:>7}{:>22}{:>30}\n", "rule", "peer", "cases", "largest difference",
             "float error / the peer's own");
  for (const auto& [name, sum] : rows) {
    fmt::print("{:20}{:20}{:>7}{:>22.2g}{:>30.2f}\n", name.first, name.second, sum.cases, sum.difference,
               sum.ratio);
  }
}

using Shapes = std::vector<std::vector<std::size_t>>;

/// The scripts' model under a rule of ours.
template <class T>
class Trained {
 public:
  Trained(const RuleOptions& rule, std::uint64_t seed, const Shapes& shapes, int threads = 1)
      : rule_(rule), seed_(seed), optimizer_(rule, parameters(shapes), {.threads = threads}) {}

  void step() {
    ++done_;
    for (std::size_t i = 0; i < g_.size(); ++i) g_[i] = static_cast<T>(gradient(seed_, done_, i));
    optimizer_.step(rule_.rate ? (*rule_.rate)(done_ - 1) : 0.01);
  }
  void steps(int count) {
    for (int i = 0; i < count; ++i) step();
  }
  /// Goes on from another run, whose state is read back.
  void resume(const Trained& other) { resume(other, other.state()); }
  void resume(const Trained& other, const OptimizerState& state) {
    std::copy(other.p_.begin(), other.p_.end(), p_.begin());
    optimizer_.restore(state);
    done_ = other.done_;
  }
  OptimizerState state() const { return optimizer_.state(); }
  std::vector<double> values() const { return {p_.begin(), p_.end()}; }
  /// The weights to evaluate with.
  std::vector<double> evaluated() const {
    std::vector<double> all;
    for (std::size_t i = 0; i < sizes_.size(); ++i) {
      std::vector<T> own(sizes_[i]);
      optimizer_.evaluated(i, std::span<T>(own));
      all.insert(all.end(), own.begin(), own.end());
    }
    return all;
  }

 private:
  std::vector<Parameter> parameters(const Shapes& shapes) {
    std::size_t size = 0;
    for (const auto& shape : shapes) {
      sizes_.push_back(1);
      for (const std::size_t axis : shape) sizes_.back() *= axis;
      size += sizes_.back();
    }
    p_.resize(size), g_.resize(size);
    for (std::size_t i = 0; i < size; ++i) p_[i] = static_cast<T>(2 * uniform(seed_, 0, i));
    std::vector<Parameter> made;
    std::size_t first = 0;
    for (const auto& shape : shapes) {
      const std::size_t count = sizes_[made.size()];
      made.push_back({fmt::format("p{}", made.size()), std::span(p_).subspan(first, count),
                      std::span<const T>(g_).subspan(first, count), shape});
      first += count;
    }
    return made;
  }

  RuleOptions rule_;
  std::uint64_t seed_;
  std::vector<std::size_t> sizes_;
  std::vector<T> p_, g_;
  Optimizer optimizer_;
  int done_ = 0;
};

}  // namespace calando::golden
