// SPDX-License-Identifier: MIT
// Rules and dialects against the peers themselves: tests/golden/optimizers holds what they computed, and the scripts that ran them.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "calando/error.h"
#include "calando/optimizer.h"
#include "src/cpu/map.h"
#include "src/optimizer/golden_testing.h"
#include "src/optimizer/rule_text.h"

namespace calando {
namespace {

using namespace golden;

struct Path {
  std::vector<std::vector<double>> shown;
  std::vector<double> last, evaluated;
};

/// The rule's own loop, compiled plainly, in T.
template <class T, class Rule, std::size_t... I>
Path follow(const RuleOptions& options, const Rule& rule, std::uint64_t seed, std::size_t size,
            std::index_sequence<I...> indices) {
  std::vector<T> p(size), g(size);
  std::array<std::vector<T>, cpu::kMostStates> states;
  std::array<T*, cpu::kMostStates> pointers{};
  for (std::size_t s = 0; s < rule.states(); ++s) {
    double first = 0;
    if constexpr (requires { rule.initial_state(s); }) first = rule.initial_state(s);
    states[s].assign(size, static_cast<T>(first));
    pointers[s] = states[s].data();
  }
  for (std::size_t i = 0; i < size; ++i) p[i] = static_cast<T>(2 * uniform(seed, 0, i));
  typename Rule::Scalars scalars;
  Path path;
  for (int step = 1; step <= kSteps; ++step) {
    AnyRule now = rule;
    for (const auto& [name, schedule] : options.scheduled)
      optimizer::set_option(now, name, schedule(step - 1));
    const auto k = std::get<Rule>(now).template at<T>(step, (*options.rate)(step - 1), scalars);
    for (std::size_t i = 0; i < size; ++i) g[i] = static_cast<T>(gradient(seed, step, i));
    if constexpr (cpu::kTakesStates<Rule, T, sizeof...(I)>) {
      cpu::update_all<Rule, T>(k, T{1}, p.data(), g.data(), pointers, size, indices);
    }
    if (std::find(kShown.begin(), kShown.end(), step) != kShown.end())
      path.shown.emplace_back(p.begin(), p.begin() + 4);
  }
  path.last.assign(p.begin(), p.end());
  if constexpr (requires(T x) { rule.evaluated(x, pointers[I][0]...); }) {
    for (std::size_t i = 0; i < size; ++i) path.evaluated.push_back(rule.evaluated(p[i], pointers[I][i]...));
  }
  return path;
}

template <class T>
Path follow(const RuleOptions& options, std::uint64_t seed, std::size_t size) {
  return std::visit(
      [&]<class Rule>(const Rule& rule) -> Path {
        if constexpr (!rules::kElementwise<Rule>) {
          throw UsageError("compared in tensor_rules_test.cc");
        } else {
          switch (rule.states()) {
            case 0:
              return follow<T>(options, rule, seed, size, std::index_sequence<>());
            case 1:
              return follow<T>(options, rule, seed, size, std::make_index_sequence<1>());
            case 2:
              return follow<T>(options, rule, seed, size, std::make_index_sequence<2>());
            case 3:
              return follow<T>(options, rule, seed, size, std::make_index_sequence<3>());
            default:
              return follow<T>(options, rule, seed, size, std::make_index_sequence<4>());
          }
        }
      },
      options.rule);
}

struct Golden : testing::TestWithParam<std::string> {};

void check(const nlohmann::json& golden, Summary& sum) {
  const RuleOptions options = parse_rule(golden.at("text").get<std::string>());
  const auto seed = golden.at("seed").get<std::uint64_t>();
  const auto final = golden.at("final").get<std::vector<double>>();
  const auto size = golden.at("size").get<std::size_t>();
  const Path path = follow<double>(options, seed, size);
  const Path narrow = follow<float>(options, seed, size);
  double difference = distance(path.last, final) / largest(final);
  for (std::size_t s = 0; s < kShown.size(); ++s) {
    const auto shown = golden.at("shown").at(s).get<std::vector<double>>();
    difference = std::max(difference, distance(path.shown[s], shown) / largest(shown));
  }
  // The file has the peer's first values in double; for the rest ours stand, which are the same but for their last digits.
  double ratio = distance(narrow.last, path.last) / golden.at("float_error").get<double>();
  if (golden.contains("evaluated")) {
    const auto evaluated = golden.at("evaluated").get<std::vector<double>>();
    difference = std::max(difference, distance(path.evaluated, evaluated) / largest(evaluated));
    ratio = std::max(
        ratio, distance(narrow.evaluated, path.evaluated) / golden.at("evaluated_float_error").get<double>());
  }
  EXPECT_LE(difference, 1e-9) << golden.at("text");
  EXPECT_LE(ratio, 2) << golden.at("text");
  sum.add(difference, ratio);
}

TEST_P(Golden, SameAsThePeer) {
  std::ifstream file(folder() / (GetParam() + ".json"));
  ASSERT_TRUE(file) << folder();
  const nlohmann::json golden = nlohmann::json::parse(file);
  Summaries rows;
  for (const nlohmann::json& one : golden.at("cases")) check(one, rows[row_of(one)]);
  print(rows);
}

INSTANTIATE_TEST_SUITE_P(Peers, Golden, testing::Values("torch", "optax", "keras", "packages"),
                         [](const auto& chosen) { return chosen.param; });

}  // namespace
}  // namespace calando
