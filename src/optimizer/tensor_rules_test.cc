// SPDX-License-Identifier: MIT
// Rules that see whole tensors: against the peers (tests/golden/optimizers/tensor_golden.py), threads, states, wrong input.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "calando/error.h"
#include "calando/optimizer.h"
#include "src/cpu/matmul_bf16.h"
#include "src/optimizer/orthogonal.h"

namespace calando {
namespace {

constexpr int kSteps = 100;
const std::vector<std::vector<std::size_t>> kShapes = {{8, 12}, {12, 8}, {64}};

/// The scripts' gradients, from the same counter: golden.py.
double uniform(std::uint64_t seed, std::uint64_t step, std::uint64_t index) {
  std::uint64_t z = ((seed << 32) + (step << 12) + index + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  z ^= z >> 31;
  return (static_cast<double>(z >> 40) - 0x1p23) / 0x1p23;
}

double gradient(std::uint64_t seed, int step, std::size_t i) {
  if (i == 5 && step % 3 == 0) return 0;
  return uniform(seed, static_cast<std::uint64_t>(step), i) / std::pow(4, i % 4);
}

/// The scripts' model under a rule of ours.
template <class T>
class Trained {
 public:
  Trained(const RuleOptions& rule, std::uint64_t seed, int threads = 1,
      std::vector<std::vector<std::size_t>> shapes = kShapes)
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
  void resume(const Trained& other) {
    p_ = other.p_;
    for (std::size_t i = 0; i < p_.size(); ++i) p_[i] = other.p_[i];
    optimizer_.restore(other.optimizer_.state());
    done_ = other.done_;
  }
  std::vector<double> values() const { return {p_.begin(), p_.end()}; }

 private:
  std::vector<Parameter> parameters(const std::vector<std::vector<std::size_t>>& shapes) {
    std::size_t size = 0;
    for (const auto& shape : shapes) size += size_of(shape);
    p_.resize(size), g_.resize(size);
    for (std::size_t i = 0; i < size; ++i) p_[i] = static_cast<T>(2 * uniform(seed_, 0, i));
    std::vector<Parameter> made;
    std::size_t first = 0;
    for (const auto& shape : shapes) {
      const std::size_t count = size_of(shape);
      made.push_back({fmt::format("p{}", made.size()), std::span(p_).subspan(first, count),
                      std::span<const T>(g_).subspan(first, count), shape});
      first += count;
    }
    return made;
  }
  static std::size_t size_of(const std::vector<std::size_t>& shape) {
    std::size_t size = 1;
    for (const std::size_t axis : shape) size *= axis;
    return size;
  }

  RuleOptions rule_;
  std::uint64_t seed_;
  std::vector<T> p_, g_;
  Optimizer optimizer_;
  int done_ = 0;
};

double largest(const std::vector<double>& values) {
  double most = 0;
  for (const double v : values) most = std::max(most, std::abs(v));
  return most;
}

/// Infinity where a value is not finite.
double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double most = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    const double d = std::abs(a.at(i) - b[i]);
    if (!(d <= most)) most = std::isfinite(d) ? d : HUGE_VAL;
  }
  return most;
}

TEST(TensorRules, SameAsThePeer) {
  std::ifstream file(CALANDO_GOLDEN_FOLDER "/optimizers/tensor.json");
  ASSERT_TRUE(file);
  const nlohmann::json golden = nlohmann::json::parse(file);
  struct Summary {
    int cases = 0;
    double difference = 0, ratio = 0;
  };
  std::map<std::string, Summary> rules;
  for (const nlohmann::json& one : golden.at("cases")) {
    const RuleOptions rule = parse_rule(one.at("text").get<std::string>());
    const auto seed = one.at("seed").get<std::uint64_t>();
    Trained<double> wide(rule, seed);
    Trained<float> narrow(rule, seed);
    double difference = 0;
    const auto compare = [&](const nlohmann::json& expected) {
      const auto theirs = expected.get<std::vector<double>>();
      difference = std::max(difference, distance(wide.values(), theirs) / largest(theirs));
    };
    for (int step = 1; step <= kSteps; ++step) {
      wide.step();
      narrow.step();
      if (step == 1) compare(one.at("shown").at(0));
      if (step == 2) compare(one.at("shown").at(1));
      if (step == 10) compare(one.at("shown").at(2));
    }
    compare(one.at("final"));
    const double ratio = distance(narrow.values(), wide.values()) / one.at("float_error").get<double>();
    EXPECT_LE(difference, 1e-9) << one.at("text");
    EXPECT_LE(ratio, 2) << one.at("text");
    Summary& sum = rules[one.at("rule").get<std::string>()];
    ++sum.cases;
    sum.difference = std::max(sum.difference, difference);
    sum.ratio = std::max(sum.ratio, ratio);
  }
  fmt::print("{:20}{:>7}{:>22}{:>30}\n", "rule", "cases", "largest difference",
             "float error / the peer's own");
  for (const auto& [rule, sum] : rules)
    fmt::print("{:20}{:>7}{:>22.2g}{:>30.2f}\n", rule, sum.cases, sum.difference, sum.ratio);
}

const std::vector<std::string> kRules = {"lamb(weight_decay=0.1)",
                                         "lars(weight_decay=0.1)",
                                         "novograd(weight_decay=0.1)",
                                         "adafactor",
                                         "adafactor(epsilon_place=floor, beta1=0.9, smallest_factored=300)",
                                         "muon",
                                         "muon(nesterov=False, scale=match_rms)"};

TEST(TensorRules, SameBitsForAnyNumberOfThreads) {
  const std::vector<std::vector<std::size_t>> shapes = {{300, 170}, {150, 400}, {20000}, {3, 40, 50}};
  for (const std::string& text : kRules) {
    Trained<float> one(parse_rule(text), 7, 1, shapes), three(parse_rule(text), 7, 3, shapes);
    one.steps(3);
    three.steps(3);
    EXPECT_EQ(one.values(), three.values()) << text;
    EXPECT_TRUE(std::isfinite(largest(one.values()))) << text;
  }
}

TEST(TensorRules, ResumedIsUninterrupted) {
  for (const std::string& text : kRules) {
    Trained<float> whole(parse_rule(text), 7), first(parse_rule(text), 7);
    whole.steps(8);
    first.steps(4);
    Trained<float> second(parse_rule(text), 7);
    second.resume(first);
    second.steps(4);
    EXPECT_EQ(second.values(), whole.values()) << text;
  }
}

TEST(TensorRules, TextsAreReadBack) {
  for (const std::string& text : kRules) EXPECT_EQ(to_string(parse_rule(text)), text);
}

TEST(TensorRules, MuonsProductsInBfloat16) {
  for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{300, 70}, {33, 200}, {1, 40}}) {
    std::vector<float> full(rows * cols);
    for (std::size_t i = 0; i < full.size(); ++i) full[i] = static_cast<float>(uniform(5, 1, i));
    std::vector<float> rounded = full, same = full;
    optimizer::NewtonSchulz how{5, 3.4445, -4.7750, 2.0315, 1e-7};
    cpu::Team one(1), three(3);
    optimizer::orthogonalize<float>(one, full, rows, cols, how);
    how.bf16 = true;
    optimizer::orthogonalize<float>(one, rounded, rows, cols, how);
    optimizer::orthogonalize<float>(three, same, rows, cols, how);
    EXPECT_EQ(rounded, same);
    if (!cpu::has_bf16_products()) {
      EXPECT_EQ(rounded, full);
      continue;
    }
    EXPECT_NE(rounded, full);
    // Five iterations of the polynomial bring what lies between 0.02 and 1 to between 0.6818 and 1.1344; a hundredth
    // of the mean square is left for the rounding.
    double square = 0;
    for (const float x : rounded) square += static_cast<double>(x) * x;
    const auto rank = static_cast<double>(std::min(rows, cols));
    EXPECT_GT(square, (0.6818 * 0.6818 - 0.01) * rank) << rows << " x " << cols;
    EXPECT_LT(square, (1.1344 * 1.1344 + 0.01) * rank) << rows << " x " << cols;
  }
}

TEST(TensorRules, AGroupTakesAMatrixOutOfMuon) {
  std::vector<float> p(6, 1), g(6, 1);
  Optimizer muon(Muon{.adam_scale = 1}, {{"head", p, g, {2, 3}}}, {.groups = {{"head", "matrix=false"}}});
  muon.step(0.5);
  for (const float x : p) EXPECT_NEAR(x, 0.5, 1e-6);
  EXPECT_EQ(muon.state().tensors.count("head/v"), 1U);
}

TEST(TensorRules, OptionsOutOfRangeAreNamed) {
  const auto refused = [](const std::string& text) {
    std::vector<float> p(1), g(1);
    try {
      Optimizer(parse_rule(text), {{"p", p, g}});
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string("(not refused)");
  };
  for (const char* text :
       {"lamb(beta1=1)", "lars(trust=0)", "novograd(epsilon=-1)", "adafactor(smallest_factored=0)",
        "muon(steps=100)", "muon(steps=2.5)", "muon(scale=best)"}) {
    const std::string option = std::string(text).substr(std::string(text).find('(') + 1);
    EXPECT_NE(refused(text).find(option.substr(0, option.find('='))), std::string::npos) << refused(text);
  }
}

TEST(TensorRules, NaNStaysVisible) {
  for (const std::string& text : kRules) {
    std::vector<float> p(12, 1), g(12, 1);
    g[4] = NAN;
    Optimizer(parse_rule(text), {{"p", p, g, {3, 4}}}).step(0.1);
    EXPECT_TRUE(std::isnan(p[4])) << text;
  }
}

/// Diagonal matrices keep to the polynomial exactly enough to be told by hand.
TEST(Orthogonal, AppliesItsPolynomialToSingularValues) {
  const auto team = make_team(1);
  std::vector<double> x = {3, 0, 0, 0, 4, 0};
  optimizer::orthogonalize<double>(*team, x, 2, 3, {1, 3.4445, -4.7750, 2.0315, 1e-7});
  const auto f = [](double s) { return 3.4445 * s - 4.7750 * s * s * s + 2.0315 * std::pow(s, 5); };
  EXPECT_NEAR(x[0], f(0.6), 1e-14);
  EXPECT_NEAR(x[4], f(0.8), 1e-14);
  EXPECT_EQ(x[1] + x[2] + x[3] + x[5], 0);
}

TEST(Orthogonal, ATallMatrixIsItsTranspose) {
  const auto team = make_team(2);
  const std::size_t rows = 150, cols = 40;
  std::vector<float> tall(rows * cols), wide(rows * cols);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j)
      tall[i * cols + j] = wide[j * rows + i] = static_cast<float>(uniform(1, 2, i * cols + j));
  }
  const optimizer::NewtonSchulz how{5, 3.4445, -4.7750, 2.0315, 1e-7};
  optimizer::orthogonalize<float>(*team, tall, rows, cols, how);
  optimizer::orthogonalize<float>(*team, wide, cols, rows, how);
  float most = 0;  // the norms are summed in another order
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j)
      most = std::max(most, std::abs(tall[i * cols + j] - wide[j * rows + i]));
  }
  EXPECT_LT(most, 1e-5F);
}

}  // namespace
}  // namespace calando
