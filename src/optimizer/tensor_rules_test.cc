// SPDX-License-Identifier: MIT
// Rules that see whole tensors: against the peers (tests/golden/optimizers/tensor_golden.py), threads, states, wrong input.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "calando/error.h"
#include "calando/optimizer.h"
#include "src/cpu/matmul_bf16.h"
#include "src/optimizer/golden_testing.h"
#include "src/optimizer/orthogonal.h"

namespace calando {
namespace {

using namespace golden;

const Shapes kShapes = {{8, 12}, {12, 8}, {64}};

struct WholeGolden : testing::TestWithParam<std::string> {};

void check(const nlohmann::json& one, Summary& sum) {
  const RuleOptions rule = parse_rule(one.at("text").get<std::string>());
  const auto seed = one.at("seed").get<std::uint64_t>();
  const Shapes shapes = one.contains("shapes") ? one.at("shapes").get<Shapes>() : kShapes;
  Trained<double> wide(rule, seed, shapes);
  Trained<float> narrow(rule, seed, shapes);
  double difference = 0;
  const auto compare = [&](const std::vector<double>& ours, const nlohmann::json& expected) {
    const auto theirs = expected.get<std::vector<double>>();
    difference = std::max(difference, distance(ours, theirs) / largest(theirs));
  };
  for (int step = 1; step <= kSteps; ++step) {
    wide.step();
    narrow.step();
    const auto shown = std::ranges::find(kShown, step);
    if (shown != kShown.end())
      compare(wide.values(), one.at("shown").at(static_cast<std::size_t>(shown - kShown.begin())));
  }
  compare(wide.values(), one.at("final"));
  double ratio = distance(narrow.values(), wide.values()) / one.at("float_error").get<double>();
  if (one.contains("evaluated")) {
    compare(wide.evaluated(), one.at("evaluated"));
    ratio = std::max(ratio, distance(narrow.evaluated(), wide.evaluated()) /
                                one.at("evaluated_float_error").get<double>());
  }
  EXPECT_LE(difference, 1e-9) << one.at("text");
  EXPECT_LE(ratio, 2) << one.at("text") << ", seed " << seed;
  sum.add(difference, ratio);
}

TEST_P(WholeGolden, SameAsThePeer) {
  std::ifstream file(folder() / (GetParam() + ".json"));
  ASSERT_TRUE(file) << folder();
  const nlohmann::json golden = nlohmann::json::parse(file);
  Summaries rows;
  for (const nlohmann::json& one : golden.at("cases")) check(one, rows[row_of(one)]);
  print(rows);
}

INSTANTIATE_TEST_SUITE_P(Peers, WholeGolden, testing::Values("tensor", "wrapped"),
                         [](const auto& chosen) { return chosen.param; });

const std::vector<std::string> kRules = {"lamb(weight_decay=0.1)",
                                         "lars(weight_decay=0.1)",
                                         "novograd(weight_decay=0.1)",
                                         "adafactor",
                                         "adafactor(epsilon_place=floor, beta1=0.9, smallest_factored=300)",
                                         "muon",
                                         "muon(nesterov=False, scale=match_rms)",
                                         "prodigy(weight_decay=0.1, d0=0.001)",
                                         "dadapt_adam(d0=0.001)",
                                         "dadapt_sgd(momentum=0.9)",
                                         "shampoo(momentum=0.9, beta=0.99, frequency=2, largest=200)",
                                         "soap(frequency=2, largest=200)"};

TEST(TensorRules, SameBitsForAnyNumberOfThreads) {
  const std::vector<std::vector<std::size_t>> shapes = {{300, 170}, {150, 400}, {20000}, {3, 40, 50}};
  for (const std::string& text : kRules) {
    Trained<float> one(parse_rule(text), 7, shapes, 1), three(parse_rule(text), 7, shapes, 3);
    one.steps(3);
    three.steps(3);
    EXPECT_EQ(one.values(), three.values()) << text;
    EXPECT_TRUE(std::isfinite(largest(one.values()))) << text;
  }
}

TEST(TensorRules, ResumedIsUninterrupted) {
  for (const std::string& text : kRules) {
    Trained<float> whole(parse_rule(text), 7, kShapes), first(parse_rule(text), 7, kShapes);
    whole.steps(8);
    first.steps(4);
    Trained<float> second(parse_rule(text), 7, kShapes);
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

/// Numbers whose squares overflow or vanish are scaled by a power of two and back.
TEST(TensorRules, NormsWhoseSquaresDoNotFitADouble) {
  const auto after = [](const std::string& text, double of_p, double of_g) {
    std::vector<double> p = {3, -1, 2, 5, 0.5, -4}, g = {1, 2, -3, 0.25, 4, -1};
    for (double& x : p) x *= of_p;
    for (double& x : g) x *= of_g;
    Optimizer made(parse_rule(text), {{"p", p, g, {2, 3}}});
    made.step(0.1);
    made.step(0.1);
    for (double& x : p) x /= of_p;
    return p;
  };
  for (const double size : {0x1p600, 0x1p-600}) {
    EXPECT_EQ(after("novograd(epsilon=0)", 1, size), after("novograd(epsilon=0)", 1, 1)) << size;
    EXPECT_EQ(after("lars(weight_decay=0, trust=1)", size, size),
              after("lars(weight_decay=0, trust=1)", 1, 1))
        << size;
    EXPECT_EQ(after("lars(norm=decayed, weight_decay=0.25)", size, size),
              after("lars(norm=decayed, weight_decay=0.25)", 1, 1))
        << size;
    EXPECT_EQ(after("lamb", size, 1), after("lamb", 1, 1)) << size;
  }
  const std::vector<double> large = after("muon", 1, 0x1p600), usual = after("muon", 1, 1);
  for (std::size_t i = 0; i < usual.size(); ++i)
    EXPECT_NEAR(large[i], usual[i], 1e-14);  // by the norm's last bit
}

TEST(TensorRules, NaNStaysVisible) {
  for (const std::string& text : kRules) {
    std::vector<float> p(12, 1), g(12, 1);
    g[4] = NAN;
    Optimizer made(parse_rule(text), {{"p", p, g, {3, 4}}});
    made.step(0.1);
    made.step(0.1);  // soap changes nothing at its first
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
